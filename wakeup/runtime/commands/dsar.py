"""`wakeup dsar export|erase|hold|unhold`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from wakeup.domain.ids import CustomerId
from wakeup.runtime.commands.shared import BY, console, fail, say_json
from wakeup.runtime.commands.with_store import run_in_store
from wakeup.runtime.surroundings import Surroundings
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases import dossier, forget
from wakeup.usecases.retention_shelf import Dossier

FORMAT = "wakeup-dossier-1"


def export(customer: str, to: Path | None) -> None:
    """Written down first, then shown."""
    if to is not None and to.exists():
        fail(f"{to} is there already: name a new file")
    who = CustomerId(customer)

    async def read(store: Store[SqlUnit], around: Surroundings) -> tuple[Dossier, datetime]:
        now = around.clock.now()
        await store.run(dossier.begin_export, who, BY, now)
        return await store.read(dossier.export, who), now

    found, at = run_in_store(read)
    text = json.dumps(
        {"format": FORMAT, "customer": who, "made_at": at.isoformat(), "tables": found.tables},
        ensure_ascii=False, indent=1, default=_plain,
    )  # fmt: skip
    if to is None:
        sys.stdout.write(text + "\n")
        return
    try:
        to.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{to}: {error.strerror}")
    console.print(f"{sum(map(len, found.tables.values()))} rows in {to}", markup=False)


def erase(customer: str, *, sure: bool, as_json: bool) -> None:
    """Asked for once more, unless that was answered already."""
    if not sure and (as_json or not sys.stdin.isatty()):
        fail("nobody can be asked whether it is meant: add --yes")
    if not sure and not typer.confirm("For good?", err=True):
        raise SystemExit(1)
    gone = run_in_store(lambda store, around: store.run(forget.erase, CustomerId(customer), BY, around.clock.now()))
    if as_json:
        say_json({"customer": customer, "cases": gone.cases, "recordings": gone.recordings})
        return
    console.print(f"erased; cases {gone.cases}, recordings that a running service deletes now {gone.recordings}")


def hold(customer: str, ticket: str, *, as_json: bool) -> None:
    run_in_store(lambda store, around: store.run(dossier.hold, CustomerId(customer), ticket, BY, around.clock.now()))
    _say(customer, held=True, as_json=as_json)


def unhold(customer: str, *, as_json: bool) -> None:
    run_in_store(lambda store, around: store.run(dossier.lift, CustomerId(customer), BY, around.clock.now()))
    _say(customer, held=False, as_json=as_json)


def _say(customer: str, *, held: bool, as_json: bool) -> None:
    if as_json:
        say_json({"customer": customer, "held": held})
    else:
        console.print("nothing of this customer is deleted now" if held else "the legal hold has ended")


def _plain(value: Any) -> str:
    """Times as ISO 8601, amounts as they are written."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
