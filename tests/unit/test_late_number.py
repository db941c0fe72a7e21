"""The first event of a case has no number that can be rung; a later event has one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, Desk, someone
from tests.unit.test_last_checks import rings, told
from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.party import Party, Payee, Role
from wakeup.domain.transfer import Tier
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.climb import call_alternate

OTHER_PHONE = "+6598887777"
SON, OTHER = someone("+6598886666", "g_1"), someone(OTHER_PHONE, "u_1")
LATER = T0 + MINUTE
AGAIN, JOINS = {"n": 1, "event_id": "again", "content_hash": "other"}, {"n": 2}


def unreachable(desk: Desk, **changes: Any) -> CaseId:
    """The number that the bank has on file is not a valid one."""
    return desk.flag(1, customer_id="u_1", phone=None, tier=Tier.HIGH, minutes=60, **changes).case_id


def named(desk: Desk, event: dict[str, Any], **changes: Any) -> None:
    usual = {"customer_id": "u_1", "phone": PHONE, "tier": Tier.HIGH, "minutes": 60, "now": LATER}
    desk.flag(**{**usual, **event, **changes})


def people(desk: Desk, case_id: CaseId) -> list[Party]:
    return desk.run(lambda unit: list(unit.parties.of_case(unit.cases.lock(case_id))))


@pytest.mark.parametrize("event", [JOINS, AGAIN])
def test_the_number_that_a_later_event_names_is_rung(desk: Desk, event: dict[str, Any]) -> None:
    case_id = unreachable(desk, guardians=(SON,))
    assert told(desk, "ladder_ended")[0]["reason"] == "no_number"
    named(desk, event, guardians=(SON,), alternates=(OTHER,))
    attempt_id, intent = rings(desk, LATER)
    assert intent is not None
    assert intent.order.to == PHONE
    roles = sorted(party.role for party in people(desk, case_id))
    assert roles == [Role.ALTERNATE, Role.CUSTOMER, Role.GUARDIAN], "the guardian once"
    assert told(desk, "other_number") == [], "it is no second number"
    assert desk.run(lambda unit: unit.attempts.get(attempt_id)).n == 1


@pytest.mark.parametrize("event", [JOINS, AGAIN])
def test_a_late_number_may_be_known_as_an_alternate_one(desk: Desk, event: dict[str, Any]) -> None:
    case_id = unreachable(desk, alternates=(OTHER,))
    assert OTHER.number is not None
    named(desk, event, phone=OTHER.number.e164)
    assert Role.CUSTOMER in {party.role for party in people(desk, case_id)}
    _, intent = rings(desk, LATER)
    assert intent is not None
    assert intent.order.to == OTHER.number.e164


@pytest.mark.parametrize("event", [JOINS, AGAIN])
def test_a_late_number_is_recorded_once(desk: Desk, event: dict[str, Any]) -> None:
    case_id = unreachable(desk, alternates=(OTHER,))
    named(desk, event, alternates=(OTHER,))
    named(desk, {"n": 3}, alternates=(OTHER,))
    assert sorted(party.role for party in people(desk, case_id)) == [Role.ALTERNATE, Role.CUSTOMER]
    assert len(told(desk, "number_named")) == 1


@pytest.mark.parametrize(("first", "then"), [({"forwarding": True}, {}), ({}, {"forwarding": True})])
@pytest.mark.parametrize("event", [JOINS, AGAIN])
def test_a_line_in_doubt_is_not_rung_whichever_event_doubts_it(
    desk: Desk, event: dict[str, Any], first: dict[str, Any], then: dict[str, Any]
) -> None:
    case_id = unreachable(desk, **first)
    named(desk, event, **then)
    assert [party.ringable for party in people(desk, case_id)] == [False]
    assert rings(desk, LATER)[1] is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "number_suspicious"


@pytest.mark.parametrize("event", [JOINS, AGAIN])
@pytest.mark.parametrize("phone", [None, PHONE])
@pytest.mark.parametrize(("first", "then"), [({"sim_swapped_at": T0}, {}), ({}, {"sim_swapped_at": T0})])
def test_a_line_in_doubt_is_not_rung_as_an_alternate_number_either(
    event: dict[str, Any], phone: str | None, first: dict[str, Any], then: dict[str, Any]
) -> None:
    desk, also = Desk(), (someone(PHONE, "u_1"), OTHER)
    case_id = desk.flag(1, customer_id="u_1", phone=phone, tier=Tier.HIGH, minutes=60, alternates=also, **first).case_id
    named(desk, event, alternates=also, **then)
    known = people(desk, case_id)
    assert {(p.phone, p.ringable) for p in known} == {(PHONE, False), ("+6598887777", True)}
    assert desk.on(case_id, LATER, call_alternate) is None
    rung = desk.run(lambda unit: unit.attempts.of_case(case_id))[-1].party_id
    assert [p.phone for p in known if p.id == rung] == ["+6598887777"]


def test_a_guardian_with_the_very_number_is_left_out(desk: Desk) -> None:
    case_id = unreachable(desk, guardians=(someone(PHONE, "g_1"),))
    named(desk, JOINS)
    assert [p.barred for p in people(desk, case_id) if p.role is Role.GUARDIAN] == ["customers_number"]


def test_a_late_number_for_a_held_transfer_is_recorded_and_not_rung(desk: Desk) -> None:
    case_id = unreachable(desk)
    desk.run(settle_case, case_id, T0 + 60 * MINUTE)
    named(desk, AGAIN, now=T0 + 61 * MINUTE)
    assert [party.phone for party in people(desk, case_id)] == [PHONE]
    attempts = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert [a for a in attempts if a.state is AttemptState.PLANNED] == []
    assert desk.transfer(TransferId("t_1")).case_id == case_id


def test_a_payees_number_that_is_named_as_the_customers_own_is_not_rung(desk: Desk) -> None:
    """The first event named it as another number of the customer's, and its payee had it, too."""
    unreachable(desk, alternates=(OTHER,), payee=Payee(name="W", account="a", phone=OTHER_PHONE))
    named(desk, JOINS, phone=OTHER_PHONE)
    [party] = [
        party for party in people(desk, CaseId(desk.transfer(TransferId("t_1")).case_id)) if party.role is Role.CUSTOMER
    ]
    assert not party.ringable
