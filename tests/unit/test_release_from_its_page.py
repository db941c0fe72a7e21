"""A release rests on what its page showed: whatever has come since that speaks against it refuses it, and ends the
request that waits for a second person, whether or not the transfer was guarded before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import PHONE, Desk, said, someone
from tests.unit.test_cannot_talk import presses_5
from tests.unit.test_older_page import HELD, LATER, Happens, cannot_talk, notes, says, too_old
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.party import Payee
from wakeup.domain.review import Reason
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import TransferView, read_case
from wakeup.usecases.deciding.overrule import DecisionRef, Released, confirm_release, hold, release
from wakeup.usecases.deciding.record_label import NewLabel, label
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import LabelIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event, record_bank_label
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.contest import answer_contest, record_contest
from wakeup.usecases.review.review import give_back, send_to_police

T1, T2 = TransferId("t_1"), TransferId("t_2")
WHY = (Reason.PAYEE_CHECKED, "rang her landlord")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, *map(a_staff, ("ann", "ben", "cy")))
    return desk


def held(desk: Desk, tier: Tier = Tier.HIGH, *, guarded: bool = False, **changes: Any) -> CaseId:
    case_id = CaseId(desk.flag(1, tier=tier, phone=PHONE, customer_id="u_1", **changes).case_id)
    if guarded:
        presses_5(desk, case_id, T0 + 5 * MINUTE)
    desk.run(settle_case, case_id, HELD)
    assert desk.transfer(T1).guarded is guarded
    take(desk, "ann", case_id, HELD)
    return case_id


def shown(desk: Desk, case_id: CaseId) -> TransferView:
    return next(one for one in desk.run(read_case, case_id, LATER).transfers if one.transfer.id == T1)


def the_page(desk: Desk, case_id: CaseId) -> DecisionRef:
    one = shown(desk, case_id)
    return DecisionRef(transfer_id=T1, sequence=one.transfer.sequence, binds=one.binds)


def flagged_again(**changes: Any) -> Happens:
    def happens(desk: Desk, _case_id: CaseId) -> None:
        again = {"customer_id": "u_1", "phone": PHONE, "tier": Tier.HIGH, "event_id": "again", "content_hash": "other"}
        desk.flag(**{"n": 1, "now": LATER, **again, **changes})

    return happens


def labelled(truth: Truth) -> Happens:
    def happens(desk: Desk, _case_id: CaseId) -> None:
        said = LabelIn(event_id="late", content_hash="h", transfer_id=T1, label=truth, recovered=Decimal(0),
                       occurred_at=LATER)  # fmt: skip
        desk.run(record_bank_label, said, LATER)

    return happens


def a_colleague(act: Callable[[Desk, CaseId], object]) -> Happens:
    """Another user works on the case, and gives it back."""

    def happens(desk: Desk, case_id: CaseId) -> None:
        take(desk, "cy", case_id, LATER)
        act(desk, case_id)
        desk.run(give_back, order(desk, "cy", case_id), LATER)

    return happens


def to_police(desk: Desk, case_id: CaseId) -> None:
    desk.run(send_to_police, order(desk, "cy", case_id, Reason.SCAM_LIKELY), LATER)


def keeps_the_hold(desk: Desk, case_id: CaseId) -> None:
    desk.run(record_contest, order(desk, "cy", case_id, Reason.BY_PHONE), LATER)
    desk.run(answer_contest, order(desk, "cy", case_id, Reason.VICTIM_PERSISTS, "three banks report it"), LATER)


def labels_it(desk: Desk, case_id: CaseId) -> None:
    desk.run(label, order(desk, "cy", case_id), NewLabel(transfer_id=T1, label=Truth.SCAM), LATER)


def says_in_another_case(outcome: Outcome) -> Happens:
    """The customer's next payment has a case of its own, and they say in its call that it is a scam."""

    def happens(desk: Desk, case_id: CaseId) -> None:
        other = CaseId(desk.flag(2, HELD + MINUTE, customer_id="u_1", phone=PHONE, tier=Tier.HIGH).case_id)
        assert other != case_id

        def hear(file: CaseFile) -> None:
            record_evidence(file, "callee", said(outcome, T2, file.now, 3))
            settle_file(file)

        desk.on(other, LATER, hear)

    return happens


WARNINGS = {
    "the label scam": labelled(Truth.SCAM),
    "another amount": flagged_again(amount=Decimal(99_999)),
    "another payee": flagged_again(payee=Payee(name="Mule", account="another")),
    "a swapped SIM": flagged_again(sim_swapped_at=LATER - MINUTE),
    "forwarded calls": flagged_again(forwarding=True),
    "danger in the family": flagged_again(signals=("family_risk",)),
    "another number": flagged_again(customer=someone("+6598887777", "u_1")),
    "not me, in another case": says_in_another_case(Outcome.NOT_ME),
    "distress, in another case": says_in_another_case(Outcome.DISTRESS),
    "coached, in another case": says_in_another_case(Outcome.COACHED),
    "already paid, in another case": says_in_another_case(Outcome.ALREADY_PAID),
    "a wish for a human": says(Outcome.AGENT_REQUESTED),
    "who cannot talk": cannot_talk,
    "who is put through": notes("hand_over_begun"),
}
"""None of them makes a newer decision about this transfer that would refuse an older page."""
STAFF = {"the police queue": to_police, "an answer to the objection": keeps_the_hold, "their label": labels_it}


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("news", [*WARNINGS, "a higher tier"])
def test_no_release_from_a_page_that_does_not_show_what_speaks_against_it(
    desk: Desk, news: str, *, guarded: bool
) -> None:
    case_id = held(desk, guarded=guarded)
    page = the_page(desk, case_id)
    {**WARNINGS, "a higher tier": flagged_again(tier=Tier.CRITICAL)}[news](desk, case_id)
    before = desk.timeline(case_id)
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE))
    assert desk.transfer(T1).state is TransferState.HELD
    assert desk.timeline(case_id) == before, "nothing is changed"
    sent_again = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), LATER + MINUTE)
    assert sent_again in {Released.RELEASED, Released.SECOND_NEEDED}


def test_a_form_of_an_older_version_counts_as_older_than_all(desk: Desk) -> None:
    case_id = held(desk)
    page = replace(the_page(desk, case_id), binds="")
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER))


@pytest.mark.parametrize("happens", [notes("turn"), labelled(Truth.GENUINE), flagged_again(), notes("sms_delivered")])
def test_what_speaks_against_nothing_refuses_no_release(desk: Desk, happens: Happens) -> None:
    case_id = held(desk)
    page = the_page(desk, case_id)
    happens(desk, case_id)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE) is Released.RELEASED


def test_an_objection_of_the_customer_refuses_no_release_because_that_is_what_they_want(desk: Desk) -> None:
    case_id = held(desk)
    page = the_page(desk, case_id)
    news = TransferEventIn(
        event_id="c", content_hash="h", transfer_id=T1, kind=TransferNews.CONTESTED, occurred_at=LATER
    )
    desk.run(apply_transfer_event, news, LATER)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE) is Released.RELEASED


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("news", [*WARNINGS, *STAFF])
def test_a_request_lapses_with_each_objection_though_the_transfer_was_guarded_before(
    desk: Desk, news: str, *, guarded: bool
) -> None:
    case_id = held(desk, Tier.CRITICAL, guarded=guarded)
    asked = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), HELD + MINUTE)
    assert asked is Released.SECOND_NEEDED
    if news in STAFF:
        a_colleague(STAFF[news])(desk, case_id)
    else:
        WARNINGS[news](desk, case_id)
    assert shown(desk, case_id).asked is None, "the page offers it no more"
    take(desk, "ben", case_id, LATER)
    answer = desk.run(confirm_release, order(desk, "ben", case_id, *WHY), the_page(desk, case_id), LATER + MINUTE)
    assert answer is Released.CHANGED
    assert desk.transfer(T1).state is TransferState.HELD


def test_a_request_lapses_when_staff_hold_another_transfer_of_the_case(desk: Desk) -> None:
    """Neither the decision nor the guard of this one changes."""
    case_id = CaseId(desk.flag(1, tier=Tier.CRITICAL, phone=PHONE, customer_id="u_1").case_id)
    assert desk.flag(2, tier=Tier.CRITICAL, phone=PHONE, customer_id="u_1").case_id == case_id
    desk.run(settle_case, case_id, HELD)
    take(desk, "ann", case_id, HELD)
    desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), HELD + MINUTE)
    other = DecisionRef(transfer_id=T2, sequence=desk.transfer(T2).sequence)
    desk.run(hold, order(desk, "cy", case_id, Reason.SCAM_LIKELY), other, LATER)
    take(desk, "ben", case_id, LATER)
    answer = desk.run(confirm_release, order(desk, "ben", case_id, *WHY), the_page(desk, case_id), LATER)
    assert answer is Released.CHANGED


def test_an_unchanged_page_releases_and_a_second_person_confirms_from_theirs(desk: Desk) -> None:
    case_id = held(desk, Tier.CRITICAL, guarded=True)
    asked = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), HELD + MINUTE)
    assert asked is Released.SECOND_NEEDED
    take(desk, "ben", case_id, LATER)
    page = the_page(desk, case_id)
    assert desk.run(confirm_release, order(desk, "ben", case_id, *WHY), page, LATER) is Released.RELEASED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(900)}, "amount"), ({"currency": "USD"}, "currency"),
        ({"payee": Payee(name="Mule", account="another")}, "payee.account"),
    ],
)  # fmt: skip
def test_two_persons_release_a_transfer_for_which_the_bank_has_named_another_payment(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    case_id = held(desk)
    assert not shown(desk, case_id).two_needed and not shown(desk, case_id).other
    flagged_again(**change)(desk, case_id)
    assert shown(desk, case_id).two_needed and shown(desk, case_id).other == {field}
    asked = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), LATER)
    assert asked is Released.SECOND_NEEDED


def test_the_sum_of_the_day_is_unknown_with_another_payment_of_the_customer(desk: Desk) -> None:
    case_id = held(desk)
    other = desk.flag(2, HELD + MINUTE, customer_id="u_1", phone=PHONE, tier=Tier.HIGH)
    assert other.case_id != case_id and not shown(desk, case_id).two_needed
    flagged_again(n=2, amount=Decimal(90_000))(desk, case_id)
    assert shown(desk, case_id).two_needed and not shown(desk, case_id).other


def test_the_transfer_itself_counts_though_it_was_flagged_days_ago(desk: Desk) -> None:
    held(desk, amount=Decimal(20_000), hold_max=T0 + timedelta(days=9))
    much_later = T0 + timedelta(days=3)
    case_id = desk.transfer(T1).case_id
    [view] = desk.run(read_case, case_id, much_later).transfers
    assert view.two_needed
