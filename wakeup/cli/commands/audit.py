"""`wakeup audit verify|begin-anew`: verify the timeline, and let a node begin a new anchors file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from wakeup.cli.commands.shared import BY, console, fail, say, say_json, settings_or_exit
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.runtime.clock import SystemClock, monotonic

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

AT_ONCE = 32
"""Cases per commit on SQLite."""
TOLD_EVERY_S = 10.0
UNALTERED = "no row of the timeline and of the administration log was altered, and no decision"


@app.command("verify")
def verify(
    *,
    anchors: Annotated[Path | None, typer.Option(help="The anchors file; by default the one in the settings.")] = None,
    as_json: Json = False,
) -> None:
    """Check that no row of any timeline was altered, removed or forged."""
    from wakeup.runtime.audit_verify import find_faults
    from wakeup.storage.unreachable import connection_lost_code

    settings = settings_or_exit()
    path = anchors or Path(settings.audit.anchors_file)
    if anchors is not None and not anchors.exists():
        fail(f"{anchors}: no such file")
    # A named file may be a copy or another node's: only the node's own file must contain the anchor it wrote last.
    node = settings.node.name if anchors is None else None
    url, key = settings.database_url.get_secret_value(), settings.keys.audit.get_secret_value()
    clock = settings.clock
    today = SystemClock(clock.speed, clock.epoch, clock.epoch_real).now()
    try:
        faults = find_faults(url, key, path, node=node, today=today, progress=_Told())
    except Exception as error:
        if (code := connection_lost_code(error)) is None:
            raise
        fail(f"the database connection was lost ({code}), so the check is incomplete; try again")
    if as_json:
        say_json({"faults": [asdict(fault) for fault in faults], "anchors": path.exists()})
    elif faults:
        table = Table("fault", "case", "row or line")
        for fault in faults:
            table.add_row(fault.kind, fault.case_id or "", str(fault.n or ""))
        console.print(table)
    else:
        console.print(UNALTERED + ("" if path.exists() else "; there are no anchors to compare with"))
    raise SystemExit(1 if faults else 0)


class _Told:
    """Writes to standard error how far a long verification is, a line every ten seconds."""

    def __init__(self) -> None:
        self._next = monotonic() + TOLD_EVERY_S

    def __call__(self, done: int, cases: int) -> None:
        now = monotonic()
        if now >= self._next:
            self._next = now + TOLD_EVERY_S
            sys.stderr.write(f"{done:,} of {cases:,} cases verified\n")


@app.command("begin-anew")
def begin_anew(
    *,
    only_anchors: Annotated[
        bool,
        typer.Option(
            "--only-anchors",
            help="Only the anchors file was lost or moved, the database is no older copy: hold nothing.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """After a restore: begin a new anchors file, and hold what the copy would release by itself."""
    from wakeup.storage.anchors import last_anchor
    from wakeup.storage.audit import begin_anchors_anew

    settings = settings_or_exit()
    node, path = settings.node.name, settings.audit.anchors_file
    # No anchor can follow a line that is not an anchor.
    try:
        last_anchor(Path(path))
    except ValueError:
        fail(f"{path} ends in a line that is not an anchor: move the file away, keep it, and run this again")

    async def act(store: Store[SqlUnit], infra: Infrastructure) -> tuple[int, int]:
        # First: the holds are numbered above whatever the payment core may have from the lost time.
        left = await store.run(begin_anchors_anew, node, BY, infra.clock.now(), restored=not only_anchors)
        return left, 0 if only_anchors else await hold_all_restored(store, BY, infra.clock.now)

    left, held = run_in_store(act)
    words = f"no anchor of {node} is recorded, so there is nothing to leave behind"
    if left:
        words = (
            f"{left} anchors of {node} are left behind; the next one starts a new file, or continues an existing one"
        )
    if held:
        words += f"; {held} cases are held until a human decides"
    say({"node": node, "left_behind": left, "held_cases": held}, words, as_json=as_json)


async def hold_all_restored(store: Store[SqlUnit], by: str, now: Callable[[], datetime]) -> int:
    """Hold every case in which a restored copy would release something by itself, each in a transaction of its own.
    Return how many."""
    from wakeup.usecases.deciding.restored import hold_restored, note_restored

    held = 0
    cases = await store.read(lambda unit: unit.cases.undecided())
    for first in range(0, len(cases), AT_ONCE):
        some = cases[first : first + AT_ONCE]
        held += sum(await asyncio.gather(*(store.run(hold_restored, case_id, now()) for case_id in some)))
    if held:
        await store.run(note_restored, by, held, now())
    return held
