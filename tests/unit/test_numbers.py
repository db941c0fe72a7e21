"""Every figure has its numerator and its denominator, and none is made up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.usecases.numbers import Figure, numbers_of, read_figures
from wakeup.usecases.records import Label
from wakeup.usecases.settle_case import settle_case

DAY = timedelta(days=1)


def labelled(desk: Desk, transfer_id: str, label: str) -> None:
    truth = Label(
        transfer_id=TransferId(transfer_id), label=label, recovered=Decimal(0), occurred_at=T0, received_at=T0 + DAY
    )
    desk.run(lambda unit: unit.records.label(truth))


def test_figures_over_a_small_day() -> None:
    desk = Desk()
    for n, (outcome, label) in enumerate(
        ((Outcome.DISSUADED, "scam"), (Outcome.PERSISTS, "scam"), (Outcome.NO_INPUT, "genuine")), start=1
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


def test_nothing_is_counted_out_of_nothing() -> None:
    empty = numbers_of("all", [], lambda amount, _: amount)
    assert all(share.value is None for share in empty.shares)
    assert (empty.cases, empty.protected, empty.first_call_s) == (0, Decimal(0), None)
