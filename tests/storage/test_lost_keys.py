"""A lost key is given up on both databases: everything that the service reads of the customer can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import TypeVar

import pytest

from tests.unit.builders import T0
from tests.unit.desk import PHONE, dependencies, wait
from tests.unit.guardian_steps import guardian
from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.ids import CustomerId
from wakeup.domain.party import UNREADABLE
from wakeup.domain.review import Act, ReviewAct
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import TransferState
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing, SealError, key_id
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.personal_data.lost_keys import GivenUp, find_lost_keys, give_up_key
from wakeup.usecases.repositories.lost_keys import LostKey

T = TypeVar("T")
SECOND = timedelta(seconds=1)
WHO, OLD, NEW = CustomerId("u_1"), b"o" * 32, b"n" * 32
ID = key_id(OLD).hex()
_n = count(1)


@contextmanager
def under(url: str, master: bytes) -> Iterator[SqlUnit]:
    """A transaction of a process with this master key."""
    dice = Random(master[0]).randbytes
    vault = Vault(KeyRing([master], dice), [b"i" * 32], dice)
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            yield unit_maker(replace(dependencies(), vault=vault, ids=SeededIds(next(_n))))(connection)
    finally:
        engine.dispose()


def does(url: str, master: bytes, work: Callable[[SqlUnit], T]) -> T:
    with under(url, master) as unit:
        return work(unit)


def test_customers_of_a_lost_master_key_are_found_and_given_a_new_key(migrated_url: str) -> None:
    def asks(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), T0) as file:
            assert ask_guardian(file, "test") is None

    flagged = wait(1, phone=PHONE, guardians=(guardian(),))
    case_id = does(migrated_url, OLD, lambda unit: open_case(unit, flagged, T0)).case_id
    does(migrated_url, OLD, asks)
    does(migrated_url, NEW, lambda unit: open_case(unit, wait(2), T0))
    lost = does(migrated_url, NEW, lambda unit: find_lost_keys(unit, ""))
    assert (lost.found, lost.last) == ([LostKey(customer_id=WHO, fault=ID, unsettled=True)], None)
    assert does(migrated_url, NEW, lambda unit: unit.key_loss.find("", 1)).last == WHO
    assert does(migrated_url, NEW, lambda unit: give_up_key(unit, WHO, (), "kim", T0)) is None
    assert does(migrated_url, NEW, lambda unit: give_up_key(unit, WHO, (ID,), "kim", T0)) == GivenUp(cases=1, held=1)
    with under(migrated_url, NEW) as unit:
        case = unit.cases.lock(case_id)
        assert [party.phone for party in unit.parties.of_case(case)] == [UNREADABLE] * 2
        assert [sms.phone for sms in unit.texts.of_case(case_id)] == [UNREADABLE]
        [transfer] = unit.transfers.of_case(case_id)
        assert unit.transfers.payee(transfer).unreadable and transfer.guarded
    does(migrated_url, NEW, lambda unit: settle_case(unit, case_id, T0 + timedelta(minutes=31)))
    with under(migrated_url, NEW) as unit:
        assert [t.state for t in unit.transfers.of_case(case_id)] == [TransferState.HELD]
        [message] = unit.outbox.listed(None, 9)
        assert message.body is not None and '"decision":"hold"' in message.body


def test_what_people_did_on_the_case_hinders_nothing_and_stays(migrated_url: str) -> None:
    """Their acts are append-only. What they wrote under the lost key reads as no words, and what they write now is
    read."""

    def acts(unit: SqlUnit) -> list[tuple[Act, str]]:
        return [(act.act, act.text) for act in unit.reviews.acts(case_id, WHO)]

    def does_so(master: bytes, act: Act, text: str, at: datetime) -> None:
        done = ReviewAct(
            id=f"act_{next(_n)}", case_id=case_id, customer_id=WHO, transfer_id=None, act=act, reason=None,
            by=StaffId("usr_kim"), name="kim", person=PersonId("p_kim"), at=at, text=text,
        )  # fmt: skip
        does(migrated_url, master, lambda unit: unit.reviews.add_act(done))

    case_id = does(migrated_url, OLD, lambda unit: open_case(unit, wait(1, phone=PHONE), T0)).case_id
    does_so(OLD, Act.CLAIMED, "", T0)
    does_so(OLD, Act.NOTED, "rang the payee", T0 + SECOND)
    with pytest.raises(SealError):
        does(migrated_url, NEW, acts)
    assert does(migrated_url, NEW, lambda unit: give_up_key(unit, WHO, (ID,), "kim", T0)) == GivenUp(cases=1, held=1)
    does_so(NEW, Act.NOTED, "rang again", T0 + 2 * SECOND)
    assert does(migrated_url, NEW, acts) == [(Act.CLAIMED, ""), (Act.NOTED, ""), (Act.NOTED, "rang again")]
