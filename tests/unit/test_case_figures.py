"""Every case figure has its numerator and its denominator, and none is invented."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import PHONE, Desk, said
from wakeup.domain.attempt import AttemptEvent, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CallSid, CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.transfer import TransferState
from wakeup.usecases.case.calls import advance_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.overrule import DecisionRef, hold
from wakeup.usecases.figures.case_figures import Figure, Tally, counts_of, read_figures, read_slice
from wakeup.usecases.figures.channel_figures import Touch, by_channel, lift_of
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.records import Label
from wakeup.usecases.repositories.views import CaseFacts, TransferFacts

DAY = timedelta(days=1)


def labelled(desk: Desk, transfer_id: str, label: Truth) -> None:
    truth = Label(
        transfer_id=TransferId(transfer_id), label=label, recovered=Decimal(0), occurred_at=T0, received_at=T0 + DAY
    )
    desk.run(lambda unit: unit.records.label(truth))


def test_the_figures_of_a_small_day_are_counted(desk: Desk) -> None:
    for n, (outcome, label) in enumerate(
        ((Outcome.DISSUADED, Truth.SCAM), (Outcome.PERSISTS, Truth.SCAM), (Outcome.NO_INPUT, Truth.GENUINE)), start=1
    ):
        case_id = CaseId(desk.flag(n, typology="romance" if n < 3 else "ticket", amount=Decimal(100 * n)).case_id)
        desk.teach(case_id, said(outcome, TransferId(f"t_{n}"), T0 + MINUTE, n), T0 + MINUTE)
        desk.run(settle_case, case_id, T0 + 40 * MINUTE)
        labelled(desk, f"t_{n}", label)
    desk.flag(9, now=T0 - 3 * DAY)
    figures = desk.run(read_figures, 2, T0 + DAY)
    whole = figures.whole
    assert (whole.cases, figures.complete) == (3, True)
    got = {share.figure: (share.part, share.whole) for share in whole.shares}
    assert got == {
        Figure.CONTACT: (3, 0), Figure.ANSWER: (0, 0), Figure.WINDOW_HIT: (3, 3), Figure.DISSUADED_RAW: (1, 3),
        Figure.DISSUADED_SCAM: (1, 2), Figure.PRECISION: (2, 3), Figure.LEAK: (0, 2), Figure.FRICTION: (1, 1),
    }  # fmt: skip
    assert (whole.protected, whole.stopped) == (Decimal(300), Decimal(600))
    assert [(one.name, one.cases) for one in figures.by_typology] == [("romance", 2), ("ticket", 1)]
    assert [one.name for one in figures.by_day] == ["2026-11-22"]
    assert whole.share(Figure.ANSWER).value is None and whole.first_call_s is None


def test_a_customer_reached_after_the_deadline_was_not_reached_within_the_window(desk: Desk) -> None:
    for n, minute in ((1, 5), (2, 35)):
        case_id = CaseId(desk.flag(n).case_id)
        desk.run(settle_case, case_id, T0 + 30 * MINUTE)
        at = T0 + minute * MINUTE
        desk.teach(case_id, said(Outcome.UNDECIDED, TransferId(f"t_{n}"), at, 1), at)
    share = desk.run(read_figures, 2, T0 + DAY).whole.share(Figure.WINDOW_HIT)
    assert (share.part, share.whole) == (1, 2)


def test_a_call_that_was_picked_up_was_placed_even_if_the_news_of_its_placing_never_came(desk: Desk) -> None:
    for n, news in enumerate(((AttemptEvent.ACCEPT, AttemptEvent.ANSWER), (AttemptEvent.ANSWER,)), start=1):
        case_id = CaseId(desk.flag(n).case_id)

        def ring(file: CaseFile, news: tuple[AttemptEvent, ...] = news) -> None:
            planned = file.unit.attempts.of_case(file.case.id)[0]
            attempt = replace(
                planned, state=AttemptState.SENDING, intent_at=T0, from_number=PHONE,
                call_sid=CallSid(f"CA{file.case.id}"), check_at=T0,
            )  # fmt: skip
            for event in news:
                attempt = advance_call(file, attempt, event)

        desk.on(case_id, T0 + MINUTE, ring)
    whole = desk.run(read_figures, 2, T0 + DAY).whole
    share = whole.share(Figure.ANSWER)
    assert (share.part, share.whole, share.value) == (2, 2, 1.0)
    assert whole.first_call_s == (0.0, 0.0)


def touched(
    *touches: tuple[int, str], state: TransferState = TransferState.HELD, label: Truth | None = None
) -> CaseFacts:
    transfer = TransferFacts(amount=Decimal(100), currency="SGD", state=state, decide_by=T0, label=label, was_held=True)
    return CaseFacts(
        opened_at=T0, typology="romance", rung=1, answered=1, first_rung_at=T0, right_party_at=None,
        outcomes=frozenset(), transfers=(transfer,), touches=tuple((T0 + n * MINUTE, who) for n, who in touches),
    )  # fmt: skip


def test_stopped_money_is_counted_by_the_last_channel_and_by_all_that_touched_it() -> None:
    facts = [
        touched((2, "guardian"), (1, "call"), label=Truth.SCAM),
        touched((1, "call"), state=TransferState.CANCELLED),
        touched((1, "person"), label=Truth.SCAM),
        touched(),
        touched((1, "call"), state=TransferState.RELEASED, label=Truth.SCAM),
    ]
    got = {
        one.touch: (one.transfers, int(one.stopped_last), int(one.stopped_touched), int(one.protected_touched))
        for one in by_channel(facts, lambda amount, _: amount)
    }
    assert got == {
        Touch.CALL: (0, 0, 200, 100), Touch.GUARDIAN: (1, 100, 100, 100), Touch.PERSON: (1, 100, 100, 100),
        Touch.APP: (1, 100, 100, 0), Touch.NOBODY: (1, 100, 100, 0),
    }  # fmt: skip
    lift = lift_of(facts)
    assert (lift.worried, lift.unworried, lift.points) == ((1, 1), (1, 2), 0.5)
    assert lift_of(facts[1:]).points is None


def test_touches_are_read_from_evidence_and_from_what_people_held() -> None:
    desk = Desk()
    case_id = CaseId(desk.flag(1).case_id)
    desk.teach(case_id, said(Outcome.PERSISTS, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + 40 * MINUTE)
    other = CaseId(desk.flag(2).case_id)
    hire(desk, a_staff("ann"))
    aim = DecisionRef(transfer_id=TransferId("t_2"), sequence=desk.transfer(TransferId("t_2")).sequence)
    desk.run(hold, order(desk, "ann", other, Reason.SCAM_LIKELY), aim, T0 + MINUTE)
    figures = desk.run(read_figures, 2, T0 + DAY)
    assert [one.touch for one in figures.channels if one.transfers] == [Touch.CALL, Touch.PERSON]


def test_the_figures_of_no_cases_are_empty() -> None:
    empty = counts_of([], lambda amount, _: amount).numbers("all")
    assert all(share.value is None for share in empty.shares)
    assert (empty.cases, empty.protected, empty.first_call_s) == (0, Decimal(0), None)


@pytest.mark.parametrize("minutes", [1, 2, 7, 60])
def test_however_a_span_is_cut_its_figures_are_the_same(desk: Desk, minutes: int) -> None:
    for n, outcome in enumerate((Outcome.DISSUADED, Outcome.PERSISTS, Outcome.UNDECIDED, Outcome.DISSUADED), 1):
        at = T0 + n * MINUTE
        case_id = CaseId(desk.flag(n, now=at, typology="romance" if n % 2 else "ticket").case_id)
        desk.teach(case_id, said(outcome, TransferId(f"t_{n}"), at, n), at)
        desk.run(settle_case, case_id, T0 + 40 * MINUTE)
        labelled(desk, f"t_{n}", Truth.SCAM if n < 3 else Truth.GENUINE)
    since, end = T0, T0 + 60 * MINUTE
    parts = Tally()
    for start in range(0, 60, minutes):
        cut = since + start * MINUTE, min(end, since + (start + minutes) * MINUTE)
        parts.add(desk.run(read_slice, *cut, parts.cases))
    whole = desk.run(lambda unit: read_slice(unit, since, end, 0))
    assert parts.cases == 4
    assert parts.figures(since) == whole.figures(since)
    assert whole.figures(since).whole.share(Figure.DISSUADED_RAW).whole == 4


def test_a_span_with_too_many_cases_is_counted_up_to_the_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wakeup.usecases.figures.case_figures.MAX_CASES", 2)
    for n in range(1, 5):
        desk.flag(n, now=T0 + n * MINUTE)
    figures = desk.run(read_figures, 2, T0 + DAY)
    assert (figures.whole.cases, figures.complete) == (3, False)
