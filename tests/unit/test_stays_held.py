"""A hold by staff or by the bank is undone by no timer, no tap in the app and no bulk release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.overrule import DecisionRef, Released, confirm_release, hold, refuse_release, release
from wakeup.usecases.deciding.record_label import NewLabel, label
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import LabelIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event, record_bank_label
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.contest import answer_contest, record_contest
from wakeup.usecases.review.review import send_to_police

T1, T2, T3 = TransferId("t_1"), TransferId("t_2"), TransferId("t_3")
HELD_AT, NOW, COOLED = T0 + 30 * MINUTE, T0 + 31 * MINUTE, T0 + timedelta(hours=2)
WHY = (Reason.PAYEE_CHECKED, "her landlord")
Says = Callable[[Desk, CaseId], None]


def late_yes(desk: Desk, tier: Tier) -> CaseId:
    """A good talk shortly before the window closed: on hold, and cooling or waiting for the tap in the app."""
    case_id = desk.flag(1, tier=tier, amount=Decimal(12_000)).case_id
    at = T0 + 25 * MINUTE
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, at, 1), at)
    desk.run(settle_case, case_id, HELD_AT)
    assert desk.transfer(T1).state is TransferState.HELD
    return case_id


def tells(desk: Desk, kind: TransferNews) -> None:
    news = TransferEventIn(
        event_id=kind, content_hash="h", transfer_id=T1, kind=kind, occurred_at=NOW
    )  # fmt: skip
    desk.run(apply_transfer_event, news, NOW)


def taps(desk: Desk) -> None:
    tells(desk, TransferNews.CONFIRMED_IN_APP)


def aim(desk: Desk) -> DecisionRef:
    return DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)


def asks(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id, NOW)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), NOW) is Released.SECOND_NEEDED


def confirms(desk: Desk, case_id: CaseId) -> Released:
    return desk.run(confirm_release, order(desk, "ben", case_id, *WHY), aim(desk), NOW)


def refuses(desk: Desk, case_id: CaseId) -> None:
    asks(desk, case_id)
    desk.run(refuse_release, order(desk, "cat", case_id, Reason.SCAM_LIKELY), aim(desk), NOW)


def answers_a_contest(desk: Desk, case_id: CaseId) -> None:
    desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE, "it is mine"), NOW)
    take(desk, "cat", case_id, NOW)
    desk.run(answer_contest, order(desk, "cat", case_id, Reason.REMOTE_CONTROL, "somebody sees her screen"), NOW)


def hands_to_the_police(desk: Desk, case_id: CaseId) -> None:
    take(desk, "kim", case_id, NOW)
    desk.run(send_to_police, order(desk, "kim", case_id, Reason.SCAM_LIKELY), NOW)


def bank_labels(desk: Desk, truth: Truth = Truth.SCAM) -> None:
    told = LabelIn(
        event_id="evt_label", content_hash="h", transfer_id=T1, label=truth, recovered=Decimal(0),
        occurred_at=NOW,
    )  # fmt: skip
    assert desk.run(record_bank_label, told, NOW)


def test_a_label_may_not_recover_more_than_was_paid(desk: Desk) -> None:
    """Cents reported as whole units would appear in every figure. The console accepts no such label either."""
    desk.flag(1)
    amount = desk.transfer(T1).amount
    told = LabelIn(
        event_id="evt_label", content_hash="h", transfer_id=T1, label=Truth.SCAM, recovered=amount * 100,
        occurred_at=NOW,
    )  # fmt: skip
    with pytest.raises(ConflictError) as refused:
        desk.run(record_bank_label, told, NOW)
    assert refused.value.field == "recovered"
    assert desk.run(record_bank_label, replace(told, recovered=amount), NOW), "put right, the same message is new"


def bank_says_scam(desk: Desk, case_id: CaseId) -> None:
    bank_labels(desk)


def supervisor_says_scam(desk: Desk, case_id: CaseId) -> None:
    take(desk, "cat", case_id, NOW)
    desk.run(label, order(desk, "cat", case_id), NewLabel(transfer_id=T1, label=Truth.SCAM), NOW)


HOLD_STAYS = [refuses, answers_a_contest, hands_to_the_police, bank_says_scam, supervisor_says_scam]


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.HIGH])
def test_a_late_yes_is_released_when_it_has_cooled_unless_a_supervisor_speaks_against_it(
    desk: Desk, tier: Tier
) -> None:
    case_id = late_yes(desk, tier)
    if tier is Tier.HIGH:
        taps(desk)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.ALLOWED


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.HIGH])
@pytest.mark.parametrize("says", HOLD_STAYS)
def test_where_a_person_says_that_the_hold_stays_neither_clock_nor_tap_ends_it(
    desk: Desk, tier: Tier, says: Says
) -> None:
    case_id = late_yes(desk, tier)
    before = desk.decisions(T1)
    says(desk, case_id)
    if tier is Tier.HIGH:
        taps(desk)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.HELD
    assert desk.decisions(T1) == before, "the hold that stands says it already"


@pytest.mark.parametrize("says", HOLD_STAYS)
def test_a_cooling_payment_cools_no_longer_once_a_person_says_that_the_hold_stays(desk: Desk, says: Says) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    assert desk.transfer(T1).allow_at is not None
    says(desk, case_id)
    assert desk.transfer(T1).allow_at is None
    assert [row["reason"] for row in desk.timeline(case_id) if row["kind"] == "cooling_ended"] == ["release_guarded"]


@pytest.mark.parametrize("says", HOLD_STAYS)
def test_a_payment_whose_hold_stays_can_still_be_released_by_two_persons(desk: Desk, says: Says) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    says(desk, case_id)
    take(desk, "ann", case_id, COOLED)
    desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), COOLED)
    take(desk, "ben", case_id, COOLED)
    assert desk.run(confirm_release, order(desk, "ben", case_id, *WHY), aim(desk), COOLED) is Released.RELEASED


@pytest.mark.parametrize("says", [hands_to_the_police, bank_says_scam, supervisor_says_scam])
def test_a_word_against_the_payment_between_two_persons_ends_the_requested_release(desk: Desk, says: Says) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    asks(desk, case_id)
    says(desk, case_id)
    assert confirms(desk, case_id) is Released.CHANGED
    assert desk.transfer(T1).state is TransferState.HELD


def test_a_label_before_the_window_closes_decides_nothing_and_no_yes_releases_it_any_more(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    bank_labels(desk)
    assert (desk.transfer(T1).state, desk.transfer(T1).sequence) == (TransferState.PENDING, 1)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    assert desk.decisions(T1)[-1].reason == "release_guarded"


def test_a_label_that_it_was_genuine_lifts_nothing_and_forbids_nothing(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    before = desk.transfer(T1)
    bank_labels(desk, Truth.GENUINE)
    assert desk.transfer(T1) == before
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.ALLOWED


def test_a_label_changes_nothing_about_a_payment_that_is_gone(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    desk.run(settle_case, case_id, COOLED)
    desk.deliver(COOLED)
    before = desk.transfer(T1)
    bank_labels(desk)
    assert desk.transfer(T1) == before


def holds(desk: Desk, case_id: CaseId) -> None:
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim(desk), NOW)


SPOKEN = [*HOLD_STAYS, holds]


def comes_next(desk: Desk, at: datetime) -> CaseId:
    """Another payment of the same customer, and a good talk about it."""
    case_id = desk.flag(2, at, customer_id="u_1").case_id
    desk.teach(case_id, said(Outcome.CONSISTENT, T2, at + MINUTE, 2), at + MINUTE)
    return case_id


@pytest.mark.parametrize("says", SPOKEN)
def test_a_word_against_one_payment_guards_the_one_that_comes_next(desk: Desk, says: Says) -> None:
    says(desk, late_yes(desk, Tier.MEDIUM))
    case_id = comes_next(desk, NOW + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    assert desk.decisions(T2)[-1].reason == "release_guarded"


@pytest.mark.parametrize("says", SPOKEN)
def test_a_word_against_one_payment_guards_another_that_was_cooling_already(desk: Desk, says: Says) -> None:
    first = late_yes(desk, Tier.MEDIUM)
    case_id = comes_next(desk, NOW - MINUTE / 2)
    assert desk.transfer(T2).allow_at is not None
    says(desk, first)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T2).state is TransferState.HELD
    # The first one is refused meanwhile, without a decision by a user.
    desk.run(settle_case, first, desk.transfer(T1).hold_max)
    assert desk.transfer(T1).state is TransferState.REFUSED
    desk.run(settle_case, case_id, desk.transfer(T2).hold_max - MINUTE / 4)
    assert desk.transfer(T2).state is TransferState.HELD


@pytest.mark.parametrize("back", [timedelta(), timedelta(days=1)])
def test_a_warning_in_another_case_ends_the_cooling_though_the_clock_was_set_back_before_it(
    desk: Desk, back: timedelta
) -> None:
    """It would be dated before the payment that it must hold."""
    case_id = late_yes(desk, Tier.MEDIUM)
    other = CaseId(desk.flag(2, NOW - back, customer_id="u_1", phone="+6590000001").case_id)
    assert other != case_id

    def learn(file: CaseFile) -> None:
        record_evidence(file, "callee", said(Outcome.COACHED, T2, NOW - back, 2))
        settle_file(file)

    desk.on(other, NOW - back, learn)
    assert [d.reason for d in desk.decisions(T2)][1:] == ["coached"]
    desk.run(settle_case, other, NOW - back)
    assert len(desk.decisions(T2)) == 2, "the hold is sent once"
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.HELD


def test_a_payment_that_joins_a_case_in_which_people_spoke_waits_for_people(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    take(desk, "kim", case_id, T0)
    desk.run(send_to_police, order(desk, "kim", case_id, Reason.SCAM_LIKELY), T0)
    assert comes_next(desk, T0 + MINUTE) == case_id
    desk.run(settle_case, case_id, COOLED)
    assert desk.decisions(T2)[-1].reason == "release_guarded"


@pytest.mark.parametrize("released_at", [T0 + 5 * MINUTE, COOLED])
def test_a_release_of_one_payment_releases_no_other_with_it(desk: Desk, released_at: datetime) -> None:
    """The talk about the second was good, and it was held because of the first: before or after its window."""
    case_id = desk.flag(1).case_id
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim(desk), T0)
    later = comes_next(desk, T0 + MINUTE)
    desk.run(settle_case, later, released_at)
    take(desk, "ann", case_id, released_at)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), released_at) is Released.RELEASED
    desk.run(settle_case, later, COOLED + MINUTE)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (TransferState.ALLOWED, TransferState.HELD)


def test_a_word_against_the_first_payment_guards_the_third_by_way_of_the_second(desk: Desk) -> None:
    """The first was released before the third came. The second, which is held because of it, still counts."""
    case_id = desk.flag(1).case_id
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim(desk), T0)
    later = comes_next(desk, T0 + MINUTE)
    desk.run(settle_case, later, T0 + 5 * MINUTE)
    take(desk, "ann", case_id, T0 + 5 * MINUTE)
    desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), T0 + 5 * MINUTE)
    third = desk.flag(3, T0 + 6 * MINUTE, customer_id="u_1").case_id
    desk.teach(third, said(Outcome.CONSISTENT, T3, T0 + 7 * MINUTE, 3), T0 + 7 * MINUTE)
    desk.run(settle_case, third, COOLED)
    assert desk.decisions(T3)[-1].reason == "release_guarded"


def test_a_payment_that_staff_release_after_all_guards_no_later_one(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    refuses(desk, case_id)
    take(desk, "ann", case_id, NOW)
    desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), NOW)
    take(desk, "ben", case_id, NOW + 11 * MINUTE)
    desk.run(confirm_release, order(desk, "ben", case_id, *WHY), aim(desk), NOW + 11 * MINUTE)
    assert desk.transfer(T1).state is TransferState.ALLOWED
    later = comes_next(desk, NOW + 12 * MINUTE)
    desk.run(settle_case, later, COOLED)
    assert desk.transfer(T2).state is TransferState.ALLOWED


@pytest.mark.parametrize("says", [holds, bank_says_scam])
@pytest.mark.parametrize("joins", [True, False])
def test_a_release_of_one_payment_does_not_release_another_that_was_cooling(
    desk: Desk, says: Says, joins: bool
) -> None:
    """The second is on hold and cooling when something is said of the first, which is then released."""
    case_id = desk.flag(1, minutes=10).case_id
    came = T0 if joins else T0 + 10 * MINUTE
    if not joins:
        desk.run(settle_case, case_id, came)
    later = desk.flag(2, came, customer_id="u_1", minutes=10).case_id
    assert (later == case_id) is joins
    desk.teach(later, said(Outcome.CONSISTENT, T2, came + MINUTE, 2), came + MINUTE)
    desk.run(settle_case, later, came + 10 * MINUTE)
    cooled = desk.transfer(T2).allow_at
    assert cooled is not None and desk.transfer(T2).state is TransferState.HELD
    at = came + 11 * MINUTE
    if says is holds:
        desk.run(hold, order(desk, "ben", case_id, Reason.SCAM_LIKELY), aim(desk), at)
    else:
        bank_labels(desk)
    take(desk, "ann", case_id, at)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), at) is Released.RELEASED
    desk.run(settle_case, later, cooled)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (TransferState.ALLOWED, TransferState.HELD)


def test_a_payment_that_the_bank_released_itself_still_guards_the_next(desk: Desk) -> None:
    """The bank did not report that it had examined the payment."""
    case_id = late_yes(desk, Tier.MEDIUM)
    holds(desk, case_id)
    tells(desk, TransferNews.RELEASED)
    assert desk.transfer(T1).state is TransferState.RELEASED
    later = comes_next(desk, NOW + MINUTE)
    desk.run(settle_case, later, COOLED)
    assert desk.transfer(T2).state is TransferState.HELD


def test_a_payment_that_was_over_before_guards_no_later_one(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    hands_to_the_police(desk, case_id)
    over = desk.transfer(T1).hold_max
    desk.run(settle_case, case_id, over)
    later = comes_next(desk, over + MINUTE)
    desk.run(settle_case, later, over + timedelta(minutes=20))
    assert desk.transfer(T2).state is TransferState.ALLOWED


def test_a_payment_that_staff_released_guards_no_later_one_when_it_is_paid_out(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    desk.run(hold, order(desk, "ben", case_id, Reason.SCAM_LIKELY), aim(desk), NOW)
    take(desk, "ann", case_id, NOW)
    desk.run(release, order(desk, "ann", case_id, *WHY), aim(desk), NOW)
    take(desk, "ben", case_id, NOW)
    confirms(desk, case_id)
    tells(desk, TransferNews.RELEASED)
    assert desk.transfer(T1).state is TransferState.RELEASED
    desk.run(settle_case, comes_next(desk, NOW + MINUTE), COOLED)
    assert desk.transfer(T2).state is TransferState.ALLOWED
