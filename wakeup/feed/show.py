"""Show a feed on the terminal: a bar while it runs, a table when it is over."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from wakeup.feed.feeding import FeedReport

SHOWN_FAULTS = 20


class FeedProgress:
    """A progress bar over the bytes of the file; call it with each report."""

    def __init__(self, console: Console, file: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task(file, total=None, counts="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, report: FeedReport) -> None:
        counts = f"{report.accepted} new, {report.known} known, {report.rejected} rejected"
        self._bar.update(self._task, completed=report.position, total=report.size, counts=counts)


def shown(report: FeedReport) -> Group:
    """Return the totals and the first rejected rows."""
    totals = Table("rows", "in earlier runs", "new", "known", "rejected", title=report.file)
    counts = (report.rows, report.earlier, report.accepted, report.known, report.rejected)
    totals.add_row(*(str(count) for count in counts))
    parts: list[Table | str] = [totals]
    if report.faults:
        faults = Table("line", "column", "why", title="rejected rows")
        for fault in report.faults[:SHOWN_FAULTS]:
            lines = str(fault.line) if fault.line == fault.last_line else f"{fault.line} to {fault.last_line}"
            faults.add_row(lines, fault.column or "(row)", fault.why)
        parts.append(faults)
    if len(report.faults) > SHOWN_FAULTS:
        parts.append(f"… and {len(report.faults) - SHOWN_FAULTS} more: --report FILE lists them all")
    anew = f"delete {report.checkpoint} to feed the file from its start"
    if report.earlier_rejected:
        rejected = f"rejected and listed by earlier runs: {report.earlier_rejected}"
        parts.append(f"{rejected}; correct these rows, and {anew}")
    elif report.earlier == report.rows and not report.stopped:
        parts.append(f"nothing was left to send; {anew}")
    if report.stopped:
        parts.append(f"stopped: {report.stopped}; run the same command again to continue")
    return Group(*parts)
