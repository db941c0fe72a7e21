"""Show the demo in the terminal: progress, the most urgent transfers, calls, decisions, totals."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from wakeup.demo.guardian_summary import WORRIED, told
from wakeup.demo.run import Progress

ROWS = 12
_TIER = {"critical": "bold red", "high": "yellow", "medium": "cyan"}
_RULING = {"allow": "bold green", "hold": "bold magenta", "refuse": "bold red"}
_IN_FLIGHT = {"queued": "dim", "initiated": "dim", "ringing": "yellow", "in-progress": "bold green"}


class Screen:
    """A live display, redrawn a few times a second."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=4, transient=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        self._live.update(picture(progress))


def picture(progress: Progress) -> Group:
    """Return the whole screen for one moment."""
    columns = Table.grid(expand=True, padding=(0, 1))
    columns.add_column(ratio=3)
    columns.add_column(ratio=2)
    columns.add_row(_transfers(progress), Group(_calls(progress), _totals(progress)))
    return Group(_head(progress), columns)


def _head(progress: Progress) -> Panel:
    now, report = progress.clock.now(), progress.report
    fed = 0 if report is None else report.rows
    text = Text.assemble(
        ("Wakeup", "bold"), "  simulated time ", (f"{now:%H:%M:%S}", "bold"), f" UTC, {progress.stage.speed:g}x   ",
        ("risk events ", "dim"), f"{fed}/{progress.total}",
    )  # fmt: skip
    places = Text("  ".join(f"{name} {url}" for name, url in progress.addresses.items()), style="dim")
    console = Text.assemble(
        ("Console ", "bold"),
        progress.addresses.get("console", ""),
        _people(progress),
        ("   Handset ", "bold"),
        progress.addresses.get("handset", ""),
    )
    bar = ProgressBar(total=max(progress.total, 1), completed=fed)
    decided = "" if progress.ending is None else f"All decided. {told(progress.ending.families)} "
    ending = Text(f"{decided}Ctrl-C ends the demo.", style="dim")
    # The bar comes last: it does not end its own line.
    return Panel(Group(text, console, places, ending, bar))


def _people(progress: Progress) -> str:
    who = progress.sign_in
    return "" if who is None else f"   sign in as {', '.join(who.names)} with {who.password}"


def _transfers(progress: Progress) -> Panel:
    """Return the table of transfers: first the undecided by time left, then the newest decisions."""
    table = Table(expand=True, box=None)
    for name in ("transfer", "tier", "amount", "left", "decision"):
        table.add_column(name, justify="right" if name in {"amount", "left"} else "left", no_wrap=True)
    now, decided = progress.clock.now(), _decided(progress)
    open_first = sorted(progress.events.items(), key=lambda item: (item[0] in decided, item[1]["decide_by"]))
    waiting = [item for item in open_first if item[0] not in decided][:ROWS]
    recent = sorted(
        (item for item in progress.events.items() if item[0] in decided),
        key=lambda item: decided[item[0]]["at"], reverse=True,
    )  # fmt: skip
    for transfer_id, event in (waiting + recent)[: ROWS + 4]:
        table.add_row(*_row(transfer_id, event, decided.get(transfer_id), now))
    return Panel(table, title="transfers")


def _row(transfer_id: str, event: dict[str, Any], decided: dict[str, Any] | None, now: datetime) -> list[Text]:
    left = datetime.fromisoformat(event["decide_by"]) - now
    return [
        Text(transfer_id[-12:]),
        Text(event["tier"], style=_TIER.get(event["tier"], "")),
        Text(f"{event['amount']} {event['currency']}"),
        Text("" if decided else _clock(left), style="bold red" if left < timedelta(minutes=1) else ""),
        _ruling(decided),
    ]


def _ruling(decided: dict[str, Any] | None) -> Text:
    """Return the last decision sent to the core, and whether it was due to a guardian."""
    if decided is None:
        return Text("…", style="dim")
    ruling = Text(decided["decision"], style=_RULING[decided["decision"]])
    return ruling.append(" guardian", style="bold cyan") if decided.get("reason") == WORRIED else ruling


def _clock(left: timedelta) -> str:
    seconds = max(0, int(left.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _decided(progress: Progress) -> dict[str, dict[str, Any]]:
    return {fact["transfer"]: fact for fact in progress.snapshot.transfers}


def _calls(progress: Progress) -> Panel:
    flying = [call for call in progress.snapshot.calls if call["status"] in _IN_FLIGHT]
    table = Table(expand=True, box=None)
    for name in ("call", "to", "state"):
        table.add_column(name, no_wrap=True)
    for call in flying[:ROWS]:
        table.add_row(call["sid"][-8:], call["to"], Text(call["status"], style=_IN_FLIGHT[call["status"]]))
    return Panel(table, title=f"calls in flight: {len(flying)}")


def _totals(progress: Progress) -> Panel:
    phone, core = progress.snapshot.phone, progress.snapshot.core
    decisions = Counter(core.get("decisions", {}))
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("calls placed", phone.get("calls_placed", 0)),
        ("answered", phone.get("answered", 0)),
        ("conversations", phone.get("conversations", 0)),
        ("duplicate calls", phone.get("duplicate_rings", 0)),
        ("allowed", decisions["allow"]),
        ("held", decisions["hold"]),
        ("undecided", core.get("undecided", 0)),
        ("late", core.get("late_decisions", 0)),
        ("texts sent", phone.get("messages", 0)),
        ("texts received", phone.get("messages_received", 0)),
        ("held for a worried guardian", progress.snapshot.held_for_guardians),
    ):
        table.add_row(name, str(value))
    return Panel(table, title="ledgers of the simulators")
