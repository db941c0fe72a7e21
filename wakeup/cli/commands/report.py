"""`wakeup report`: print the figures of the last days, each share with its counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from wakeup.cli.commands.shared import console, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json

if TYPE_CHECKING:
    from wakeup.usecases.figures.case_figures import Figures
    from wakeup.usecases.repositories.views import GuardianNumbers
    from wakeup.usecases.unit import Unit

_NAMES = {
    "contact": "right person reached, of cases called",
    "answer": "answered, of all attempts",
    "window_hit": "reached before the deadline, of all cases",
    "dissuaded_raw": "dissuaded or kept on hold, of those reached",
    "dissuaded_scam": "the same, of labelled scams",
    "precision": "labelled scam, of all labelled",
    "leak": "labelled scam and allowed, of labelled scams",
    "friction": "labelled genuine and held, of all genuine",
}


def report(
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="Cases opened in the last so many days.")] = 7,
    as_json: Json = False,
) -> None:
    """Print the key figures: reached, dissuaded, stopped, and what guardians added."""
    figures, guardians = run_in_store(lambda store, infra: store.read(_read, days, infra.clock.now()))
    if as_json:
        say_json(as_data(figures, guardians))
        return
    table = Table("figure", "value", "from", title=f"{figures.whole.cases} cases in {days} days")
    for share in figures.whole.shares:
        table.add_row(_NAMES[share.figure.value], _percent(share.value), f"{share.part} of {share.whole}")
    first = figures.whole.first_call_s
    table.add_row("seconds to the first call, median", "–" if first is None else f"{first[0]:.1f}", "")
    table.add_row("amount stopped, in the base currency", f"{figures.whole.stopped:.2f}", "")
    table.add_section()
    asked = f"{guardians.cases_asked} of {guardians.cases}"
    table.add_row("guardian asked, of all cases", _percent(guardians.share), asked)
    answered = f"{guardians.answered} of {guardians.asked}"
    table.add_row("guardian answered, of those asked", _percent(guardians.reply_rate), answered)
    minutes = guardians.median_minutes
    table.add_row("minutes to a guardian's answer, median", "–" if minutes is None else f"{minutes:.1f}", "")
    console.print(table)


def as_data(figures: Figures, guardians: GuardianNumbers) -> dict[str, object]:
    """Return the report as `--json` prints it."""
    whole = figures.whole
    return {
        "since": figures.since.isoformat(),
        "cases": whole.cases,
        "complete": figures.complete,
        "shares": {share.figure.value: [share.part, share.whole] for share in whole.shares},
        "first_call_s": whole.first_call_s,
        "stopped": str(whole.stopped),
        "protected": str(whole.protected),
        "guardians": {
            "share": [guardians.cases_asked, guardians.cases],
            "replies": [guardians.answered, guardians.asked],
            "median_minutes": guardians.median_minutes,
        },
    }


def _read(unit: Unit, days: int, now: datetime) -> tuple[Figures, GuardianNumbers]:
    from wakeup.usecases.figures.case_figures import read_figures
    from wakeup.usecases.figures.guardian_figures import read_guardian_numbers

    return read_figures(unit, days, now), read_guardian_numbers(unit, timedelta(days=days), now)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
