"""A warning about a person reaches all that is still open for them, including the case of an earlier payment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import Desk, said
from tests.unit.guardian_steps import DAUGHTER, SON, asks, enrol, guardian, reasons, texts
from wakeup.domain.case import Case, CaseState
from wakeup.domain.ids import CaseId, GuardianId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.deciding.bulk_release import Span, preview
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.settle_case import settle_case

MEI: dict[str, Any] = {"customer_id": "u_1", "phone": "+6591234567"}
T1 = TransferId("t_1")
CRITICAL: dict[str, Any] = {"tier": Tier.CRITICAL}
SWAPPED: dict[str, Any] = {"sim_swapped_at": T0 + 14 * MINUTE}
WARNINGS: list[dict[str, Any]] = [
    CRITICAL, SWAPPED, {"phone_changed_at": T0 + 14 * MINUTE}, {"forwarding": True}, {**CRITICAL, **SWAPPED},
]  # fmt: skip


def on_hold(desk: Desk, tier: Tier, **changes: Any) -> CaseId:
    """Mei said yes to a payment whose window has closed. It is on hold, and its case is in review."""
    case_id = CaseId(desk.flag(1, tier=tier, minutes=10, **MEI, **changes).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + 5 * MINUTE, 1), T0 + 5 * MINUTE)
    desk.run(settle_case, case_id, T0 + 10 * MINUTE)
    assert desk.transfer(T1).state is TransferState.HELD
    return case_id


def another(desk: Desk, n: int = 2, **changes: Any) -> CaseId:
    """The bank flags another payment of Mei's."""
    return CaseId(desk.flag(n, T0 + 15 * MINUTE, **{**MEI, **changes}).case_id)


def same_again(desk: Desk, **changes: Any) -> None:
    """The bank sends another event about the second payment."""
    desk.flag(2, T0 + 15 * MINUTE, **{**MEI, "event_id": "again", "content_hash": "again", **changes})


def taps(desk: Desk, now: datetime) -> None:
    news = TransferEventIn(
        event_id="tap", content_hash="h", transfer_id=T1, kind=TransferNews.CONFIRMED_IN_APP,
        occurred_at=now,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, now)


def case_of(desk: Desk, case_id: CaseId) -> Case:
    return desk.on(case_id, T0 + HOUR, lambda file: file.case)


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_confirmation_by_the_new_holder_of_a_sim_releases_nothing(desk: Desk, warning: dict[str, Any]) -> None:
    case_id = on_hold(desk, Tier.HIGH)
    assert another(desk, **{"tier": Tier.HIGH, **warning}) != case_id
    taps(desk, T0 + 16 * MINUTE)
    for minutes in (16, 31, 60):
        desk.run(settle_case, case_id, T0 + minutes * MINUTE)
    assert desk.transfer(T1).state is TransferState.HELD


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_payment_that_was_cooling_cools_no_more_after_a_warning(desk: Desk, warning: dict[str, Any]) -> None:
    case_id = on_hold(desk, Tier.MEDIUM)
    another(desk, **warning)
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    held = desk.transfer(T1)
    assert (held.state, held.allow_at) == (TransferState.HELD, None)
    assert "cooling_ended" in [row["kind"] for row in desk.timeline(case_id)]


def test_without_a_warning_the_earlier_one_goes_its_way(desk: Desk) -> None:
    case_id = on_hold(desk, Tier.MEDIUM)
    before = desk.timeline(case_id)
    another(desk)
    assert desk.timeline(case_id) == before
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    assert desk.transfer(T1).state is TransferState.ALLOWED


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_second_event_about_a_later_payment_protects_the_earlier_one(desk: Desk, warning: dict[str, Any]) -> None:
    case_id = on_hold(desk, Tier.MEDIUM)
    another(desk)
    same_again(desk, **warning)
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    assert desk.transfer(T1).state is TransferState.HELD


def test_a_second_event_about_the_earlier_payment_protects_the_later_one(desk: Desk) -> None:
    first = on_hold(desk, Tier.MEDIUM)
    second = another(desk)
    desk.flag(1, T0 + 15 * MINUTE, **MEI, **CRITICAL, event_id="again", content_hash="again", forwarding=True)
    assert case_of(desk, first).tier is case_of(desk, second).tier is Tier.CRITICAL
    assert desk.transfer(TransferId("t_2")).guarded
    assert case_of(desk, second).state is CaseState.OPEN


def test_a_second_event_about_a_payment_that_is_over_protects_one_that_is_not(desk: Desk) -> None:
    over = CaseId(desk.flag(2, **MEI).case_id)
    news = TransferEventIn(
        event_id="cancel", content_hash="h", transfer_id="t_2", occurred_at=T0,
        kind=TransferNews.CANCELLED_IN_APP,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, T0)
    assert case_of(desk, over).state is CaseState.SETTLED
    case_id = on_hold(desk, Tier.MEDIUM)
    same_again(desk, **SWAPPED)
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    assert desk.transfer(T1).state is TransferState.HELD


def test_the_machine_rings_a_doubted_line_in_no_case_of_the_customer(desk: Desk) -> None:
    case_id = on_hold(desk, Tier.MEDIUM)
    another(desk, **SWAPPED)
    assert [p.ringable for p in desk.on(case_id, T0 + HOUR, lambda file: file.unit.parties.of_case(file.case))] == [
        False
    ]


def test_after_a_graver_warning_one_person_alone_releases_nothing() -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = on_hold(desk, Tier.HIGH)
    another(desk, **CRITICAL)
    take(desk, "ann", case_id, T0 + HOUR)
    wish = order(desk, "ann", case_id, Reason.PAYEE_CHECKED, "rang them")
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, wish, aim, T0 + HOUR) is Released.SECOND_NEEDED


@pytest.mark.parametrize(("warning", "why"), [(CRITICAL, "critical"), (SWAPPED, "guarded")])
def test_a_payment_is_in_no_bulk_release_after_a_warning(desk: Desk, warning: dict[str, Any], why: str) -> None:
    on_hold(desk, Tier.HIGH, model="v7")
    another(desk, **warning)
    found = desk.run(preview, Span(model="v7", since=T0, until=T0 + MINUTE), T0 + HOUR)
    assert (found.takes, found.left_out) == ((), {why: 1})


def test_a_family_that_may_be_the_danger_is_not_asked_in_the_earlier_case_either(desk: Desk) -> None:
    case_id = on_hold(desk, Tier.HIGH, guardians=(guardian(),))
    another(desk, signals=("family_risk",))
    assert asks(desk, case_id, T0 + 16 * MINUTE) == "family_risk"


@pytest.mark.parametrize(("known_as", "enrolled"), [("g_1", True), ("crm-77", True), ("crm-9", False), (None, True)])
def test_a_guardian_named_as_connected_is_left_out_whatever_they_are_called(
    desk: Desk, known_as: str | None, *, enrolled: bool
) -> None:
    """Known from the event before, from the bank's list, or only from the list, which could still choose them."""
    before = () if known_as is None else (guardian(bank_id=known_as),)
    case_id = CaseId(desk.flag(1, **MEI, guardians=before).case_id)
    if enrolled:
        enrol(desk, customer=MEI["customer_id"])
    for n in (2, 3):
        named = (guardian(bank_id="crm-77", linked=True),)
        assert desk.flag(n, T0 + n * MINUTE, **MEI, guardians=named).case_id == case_id
    assert asks(desk, case_id, T0 + 4 * MINUTE) == "linked"
    left_out = [row for row in desk.timeline(case_id) if row["kind"] == "guardian_left_out"]
    assert [row["reason"] for row in left_out] == ["linked"], "said once"


def test_a_warning_that_comes_when_all_is_over_marks_no_customer(desk: Desk) -> None:
    case_id = on_hold(desk, Tier.MEDIUM)
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    assert case_of(desk, case_id).state is CaseState.SETTLED
    known = {"event_id": "again", "content_hash": "again", "guardians": (guardian(linked=True),)}
    desk.flag(1, T0 + HOUR, **MEI, **known)
    assert "guardian_left_out" not in [row["kind"] for row in desk.timeline(case_id)]


def test_a_guardian_named_as_connected_is_left_out_of_the_earlier_case_too(desk: Desk) -> None:
    case_id = on_hold(desk, Tier.HIGH, guardians=(guardian(SON, "g_2"),))
    another(desk, guardians=(guardian(SON, "g_2", linked=True),))
    assert asks(desk, case_id, T0 + 16 * MINUTE) == "linked"
    assert "linked" in reasons(desk, case_id)


def test_a_linked_guardian_is_left_out_though_the_case_knows_the_id_by_another_number(desk: Desk) -> None:
    case_id = desk.flag(1, **MEI, guardians=(guardian(SON, "g_1"),)).case_id
    enrol(desk, id=GuardianId("g_9"))
    another(desk, guardians=(guardian(DAUGHTER, "g_1", linked=True),))
    asks(desk, case_id, T0 + 16 * MINUTE)
    assert DAUGHTER not in [sms.phone for sms in texts(desk, case_id)]
