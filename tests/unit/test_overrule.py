"""Overruling by staff: four eyes, one state of the case, protection at once and release slowly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.desk import POLICY, Desk, said
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Act, Reason
from wakeup.domain.staff import PersonId, StaffId, StaffRole
from wakeup.domain.transfer import Tier, Transfer, TransferState
from wakeup.usecases.console.sign_in import close_account
from wakeup.usecases.deciding.deliver import take_messages
from wakeup.usecases.deciding.overrule import (
    DecisionRef,
    Released,
    confirm_release,
    extend,
    hold,
    refuse_release,
    release,
)
from wakeup.usecases.intake.settle_case import settle_case

LATER = T0 + timedelta(hours=1)
T1 = TransferId("t_1")
WHY = (Reason.IDENTIFIED_BY_CALL_BACK, "rang her on the number we have known for years")


class ReviewDesk(Desk):
    """Two supervisors, a colleague with two accounts, an agent, an administrator, and a held transfer."""

    def __init__(self, tier: Tier = Tier.MEDIUM, **changes: Any) -> None:
        super().__init__()
        hire(
            self,
            a_staff("ann"),
            a_staff("ben"),
            a_staff("ann2", person=PersonId("p_ann")),
            a_staff("ann3", person=PersonId(" P_Ann")),
            a_staff("kim", StaffRole.AGENT),
            a_staff("root", StaffRole.ADMIN),
            a_staff("gone", disabled_at=T0),
        )
        self.case_id = CaseId(self.flag(1, tier=tier, **changes).case_id)
        self.run(settle_case, self.case_id, LATER)

    @property
    def held(self) -> Transfer:
        return self.transfer(T1)

    def aim(self, **changes: Any) -> DecisionRef:
        return replace(DecisionRef(transfer_id=T1, sequence=self.held.sequence), **changes)

    def asks(self, name: str, now: Any = LATER, **changes: Any) -> Released:
        take(self, name, self.case_id, now)
        return self.run(release, order(self, name, self.case_id, *WHY, **changes), self.aim(), now)

    def confirms(self, name: str, now: Any = LATER) -> Released:
        take(self, name, self.case_id, now)
        return self.run(confirm_release, order(self, name, self.case_id, *WHY), self.aim(), now)


def test_one_person_releases_a_small_payment_that_is_not_critical() -> None:
    desk = ReviewDesk()
    assert desk.held.state is TransferState.HELD
    assert desk.asks("ann") is Released.RELEASED
    newest = desk.decisions(T1)[-1]
    assert (newest.ruling, newest.reason, newest.decided_by) == (Ruling.ALLOW, "released_by_person", "ann")
    assert desk.transfer(T1).state is TransferState.ALLOWED
    assert desk.told(T1) == [2, 3]
    [sent] = desk.run(take_messages, T0 + HOUR, 1).messages
    body = json.loads(sent.envelope.body)
    assert (body["decision"], body["decided_by"], body["sequence"]) == ("allow", "ann", 3)


@pytest.mark.parametrize(
    "changes",
    [{"tier": Tier.CRITICAL}, {"amount": Decimal("10000.01")}, {"currency": "XAU", "amount": Decimal(1)}],
)
def test_a_critical_large_or_unpriced_payment_needs_two_persons(changes: dict[str, Any]) -> None:
    desk = ReviewDesk(**changes)
    assert desk.asks("ann") is Released.SECOND_NEEDED
    assert desk.held.state is TransferState.HELD
    assert desk.confirms("ben") is Released.RELEASED
    assert desk.decisions(T1)[-1].decided_by == "ann+ben"


def test_splitting_a_sum_over_the_day_does_not_spare_the_second_person() -> None:
    desk = ReviewDesk(amount=Decimal(6000))
    desk.flag(2, customer_id="u_1", phone="+6590000001", amount=Decimal(6000))
    assert desk.asks("ann") is Released.SECOND_NEEDED


def test_a_payment_released_today_counts_though_it_was_flagged_long_ago() -> None:
    desk = ReviewDesk(amount=Decimal(6000), minutes=30, hold_max=T0 + timedelta(days=9))
    assert desk.asks("ann") is Released.RELEASED
    much_later = T0 + timedelta(hours=24, minutes=30)
    other = desk.flag(2, now=much_later - timedelta(hours=1), customer_id="u_1", phone="+6590000001",
                       amount=Decimal(6000))  # fmt: skip
    desk.run(settle_case, CaseId(other.case_id), much_later)
    take(desk, "ann", CaseId(other.case_id), much_later)
    wish = order(desk, "ann", CaseId(other.case_id), *WHY)
    aim = DecisionRef(transfer_id=TransferId("t_2"), sequence=desk.transfer(TransferId("t_2")).sequence)
    assert desk.run(release, wish, aim, much_later) is Released.SECOND_NEEDED


@pytest.mark.parametrize("again", ["ann", "ann2", "ann3"])
def test_the_second_is_another_person_not_another_account(again: str) -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    with pytest.raises(ConflictError) as refused:
        desk.confirms(again)
    assert refused.value.field == "person"
    assert desk.held.state is TransferState.HELD


def test_a_wish_lapses_after_a_quarter_of_an_hour() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    assert desk.confirms("ben", LATER + POLICY.review.second_within) is Released.TOO_OLD
    assert desk.held.state is TransferState.HELD
    assert desk.asks("ben", LATER + 16 * MINUTE) is Released.SECOND_NEEDED


def test_a_wish_lapses_with_any_change_to_what_it_rests_on() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    desk.teach(desk.case_id, said(Outcome.HUNG_UP, T1, LATER, 1), LATER)
    assert desk.confirms("ben") is Released.CHANGED
    assert desk.held.state is TransferState.HELD


def test_a_hold_meanwhile_ends_the_wish() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    desk.run(hold, order(desk, "kim", desk.case_id, Reason.SCAM_LIKELY), desk.aim(), LATER)
    assert desk.confirms("ben") is Released.CHANGED


def test_a_wish_lapses_when_the_account_of_the_asker_is_closed() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    desk.run(close_account, StaffId("usr_root"), StaffId("usr_ann"), LATER)
    assert desk.confirms("ben") is Released.WITHDRAWN
    assert desk.held.state is TransferState.HELD
    assert desk.asks("ben") is Released.SECOND_NEEDED


def test_the_second_person_may_refuse_a_release() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    no = order(desk, "ben", desk.case_id, Reason.NOT_CONVINCED)
    assert desk.run(refuse_release, no, desk.aim(), LATER) is Released.REFUSED
    with pytest.raises(ConflictError):
        desk.confirms("ben")


def test_the_second_person_sees_the_first_ones_reason() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    asked = desk.run(lambda unit: unit.reviews.asked(T1))
    assert asked is not None
    case = desk.run(lambda unit: unit.cases.lock(desk.case_id))
    acts = desk.run(lambda unit: unit.reviews.acts(case.id, case.customer_id))
    first = next(act for act in acts if act.id == asked.act_id)
    assert (first.act, first.reason, first.text) == (Act.RELEASE_ASKED, *WHY)


@pytest.mark.parametrize("name", ["kim", "root", "gone"])
def test_only_a_supervisor_releases(name: str) -> None:
    desk = ReviewDesk()
    with pytest.raises(ForbiddenError):
        desk.run(release, order(desk, name, desk.case_id, *WHY), desk.aim(), LATER)
    with pytest.raises(ForbiddenError):
        desk.run(confirm_release, order(desk, name, desk.case_id, *WHY), desk.aim(), LATER)


def test_a_release_needs_the_case_in_hand() -> None:
    desk = ReviewDesk()
    with pytest.raises(ConflictError) as refused:
        desk.run(release, order(desk, "ann", desk.case_id, *WHY), desk.aim(), LATER)
    assert refused.value.field == "claim"
    take(desk, "ann", desk.case_id, LATER)
    wish = order(desk, "ann", desk.case_id, *WHY)
    with pytest.raises(ConflictError) as refused:
        desk.run(release, wish, desk.aim(), LATER + POLICY.review.lock)
    assert refused.value.field == "claim"


def test_only_the_payment_that_was_meant_is_released_in_a_case_of_two() -> None:
    desk = ReviewDesk(minutes=90)
    other, now = TransferId("t_2"), T0 + 2 * HOUR
    joined = desk.flag(2, LATER, customer_id="u_1", phone="+6590000001", minutes=30)
    assert joined.case_id == desk.case_id
    desk.run(settle_case, desk.case_id, now)
    assert desk.transfer(other).state is TransferState.HELD
    take(desk, "ann", desk.case_id, now)
    meant = DecisionRef(transfer_id=other, sequence=desk.transfer(other).sequence)
    assert desk.run(release, order(desk, "ann", desk.case_id, *WHY), meant, now) is Released.RELEASED
    assert (desk.transfer(other).state, desk.held.state) == (TransferState.ALLOWED, TransferState.HELD)


def test_a_supervisor_who_looked_too_long_ago_is_told_so() -> None:
    desk = ReviewDesk()
    take(desk, "ann", desk.case_id, LATER)
    version, sequence = review_of(desk, desk.case_id).version, desk.held.sequence
    for seen, aimed in ((0, sequence), (version, 1)):
        wish = order(desk, "ann", desk.case_id, *WHY, version=seen)
        with pytest.raises(ConflictError) as refused:
            desk.run(release, wish, desk.aim(sequence=aimed), LATER)
        assert refused.value.field == "version"
    assert desk.held.state is TransferState.HELD


def test_only_a_held_payment_can_be_released() -> None:
    desk = ReviewDesk(minutes=90)
    assert desk.held.state is TransferState.PENDING
    with pytest.raises(ConflictError) as refused:
        desk.asks("ann", T0 + MINUTE)
    assert refused.value.field == "transfer"


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.CRITICAL])
def test_no_person_releases_an_unrefused_transfer_from_the_legal_limit_on(tier: Tier) -> None:
    desk = ReviewDesk(tier, hold_max=LATER + 5 * MINUTE)
    asked = tier is Tier.CRITICAL and desk.asks("ann")
    assert desk.held.state is TransferState.HELD
    with pytest.raises(ConflictError) as refused:
        (desk.confirms if asked else desk.asks)("ben", desk.held.hold_max)
    assert refused.value.field == "transfer"
    assert desk.decisions(T1)[-1].ruling is Ruling.HOLD


def test_a_reason_is_given_and_other_is_explained() -> None:
    desk = ReviewDesk()
    take(desk, "ann", desk.case_id, LATER)
    for reason, text, field in (
        (None, "x", "reason"),
        (Reason.NOT_CONVINCED, "x", "reason"),
        (Reason.OTHER, " ", "text"),
    ):
        with pytest.raises(ConflictError) as refused:
            desk.run(release, order(desk, "ann", desk.case_id, reason, text), desk.aim(), LATER)
        assert refused.value.field == field


def test_a_payment_that_staff_hold_is_not_released_by_the_machine() -> None:
    desk = ReviewDesk(minutes=90)
    desk.teach(desk.case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.held.allow_at is not None
    desk.run(hold, order(desk, "kim", desk.case_id, Reason.SCAM_LIKELY), desk.aim(), T0 + 2 * MINUTE)
    assert desk.decisions(T1)[-1].decided_by == "kim"
    desk.run(settle_case, desk.case_id, T0 + timedelta(hours=2))
    assert desk.held.state is TransferState.HELD


def test_a_window_is_extended_within_the_legal_limit_and_the_core_is_told() -> None:
    desk = ReviewDesk(minutes=90)
    stay = (Reason.WAITING_FOR_CALLBACK,)
    for at, field in ((T0 + 80 * MINUTE, "decide_by"), (T0 + timedelta(hours=7), "decide_by")):
        with pytest.raises(ConflictError) as refused:
            desk.run(extend, order(desk, "ann", desk.case_id, *stay), desk.aim(), at, T0 + MINUTE)
        assert refused.value.field == field
    later = T0 + timedelta(hours=3)
    desk.run(extend, order(desk, "ann", desk.case_id, *stay), desk.aim(), later, T0 + MINUTE)
    assert (desk.held.state, desk.held.decide_by) == (TransferState.PENDING, later)
    newest = desk.decisions(T1)[-1]
    assert (newest.ruling, newest.reason, newest.decide_by) == (Ruling.HOLD, "window_extended", later)
    assert desk.told(T1) == [2]
    with pytest.raises(ForbiddenError):
        desk.run(release, order(desk, "kim", desk.case_id, *WHY), desk.aim(), T0 + MINUTE)


def test_broken_glass_holds_and_extends_with_an_alarm_and_never_releases() -> None:
    desk = ReviewDesk(minutes=90)
    later = T0 + timedelta(hours=3)
    stay = order(desk, "root", desk.case_id, Reason.POLICE_ASKED)
    desk.run(extend, stay, desk.aim(), later, T0 + MINUTE)
    assert "alarm:break_glass" in desk.wakes
    desk.run(hold, order(desk, "root", desk.case_id, Reason.POLICE_ASKED), desk.aim(), T0 + MINUTE)
    assert "alarm:break_glass" in desk.wakes
    assert desk.held.state is TransferState.HELD
    broken = [
        row["break_glass"] for row in desk.timeline(desk.case_id) if row["kind"] in {"review_extended", "review_held"}
    ]
    assert broken == [True, True], "and the timeline says so"
    with pytest.raises(ForbiddenError):
        desk.run(release, order(desk, "root", desk.case_id, *WHY), desk.aim(), LATER)


@pytest.mark.parametrize("name", ["vera", "audra", "gone"])
def test_a_viewer_or_an_auditor_may_not_break_the_glass(name: str) -> None:
    desk = ReviewDesk(minutes=90)
    hire(desk, a_staff("vera", StaffRole.VIEWER), a_staff("audra", StaffRole.AUDITOR))
    why = order(desk, name, desk.case_id, Reason.POLICE_ASKED)
    with pytest.raises(ForbiddenError):
        desk.run(hold, why, desk.aim(), T0 + MINUTE)
    with pytest.raises(ForbiddenError):
        desk.run(extend, why, desk.aim(), LATER + HOUR, T0 + MINUTE)


def test_the_outcome_stays_and_the_reviews_stand_beside_it() -> None:
    desk = ReviewDesk(Tier.CRITICAL)
    desk.asks("ann")
    desk.confirms("ben")
    rulings = [(d.sequence, d.ruling, d.decided_by) for d in desk.decisions(T1)]
    assert rulings == [(1, Ruling.HOLD, "system"), (2, Ruling.HOLD, "system"), (3, Ruling.ALLOW, "ann+ben")]
    assert review_of(desk, desk.case_id).version == 4
