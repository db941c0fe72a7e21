"""Choices, errors and people: small values with one promise each."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.domain import errors
from wakeup.domain.ids import CaseId, PartyId
from wakeup.domain.party import Party, Role
from wakeup.domain.policy import Policy
from wakeup.usecases.choosing import pick


@given(text=st.text(), count=st.integers(1, 50))
def test_a_choice_is_one_of_the_choices_and_always_the_same(text: str, count: int) -> None:
    assert 0 <= pick(text, count) < count
    assert pick(text, count) == pick(text, count)


def test_choices_are_spread_evenly() -> None:
    chosen = Counter(pick(f"customer {n}", 3) for n in range(3000))
    assert all(900 < times < 1100 for times in chosen.values())


def test_another_process_chooses_alike() -> None:
    code = "from wakeup.usecases.choosing import pick; print([pick(str(n), 7) for n in range(9)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == str([pick(str(n), 7) for n in range(9)])


def test_an_error_without_a_message_uses_its_docstring() -> None:
    assert str(errors.NotFoundError()) == "Not found."
    assert str(errors.NotFoundError("no such case")) == "no such case"
    assert errors.ConflictError("customer.id", "differs").field == "customer.id"
    assert str(errors.ConfigError(["one", "two"])) == "one\ntwo"
    assert errors.RemoteError().temporary


def test_errors_are_told_apart_by_blame() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    ours, theirs = errors.DomainError, errors.RemoteError
    assert not [kind for kind in kinds if issubclass(kind, ours) and issubclass(kind, theirs)]
    assert all(issubclass(kind, errors.WakeupError) for kind in kinds)


def test_a_party_shows_neither_number_nor_name() -> None:
    party = Party(
        id=PartyId("pty_1"), case_id=CaseId("case_1"), role=Role.GUARDIAN, phone="+6591234567", number_index="x",
        region="SG", line_type="mobile", name="Dora Tan",
    )  # fmt: skip
    assert "9123" not in repr(party)
    assert "Dora" not in repr(party)


@pytest.mark.parametrize(
    ("amount", "currency", "worth"), [("10", "SGD", "10"), ("10", "USD", "13.0"), ("10", "XAU", None)]
)
def test_money_is_exact_and_an_unknown_currency_has_no_worth(amount: str, currency: str, worth: str | None) -> None:
    policy = Policy(rates={"USD": Decimal("1.3")})
    assert policy.in_base(Decimal(amount), currency) == (None if worth is None else Decimal(worth))
