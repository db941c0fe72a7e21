"""`wakeup dsar export|erase|reapply|hold|unhold`: access and erasure requests of customers, and legal holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wakeup.cli.commands.shared import BY, console, fail, note, say, say_json, settings_or_exit
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CustomerId

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.erasures import Erasure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.personal_data import forget
    from wakeup.usecases.repositories.erasure import Dossier
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

Customer = Annotated[str, typer.Argument(help="The bank's id of the customer.")]
FORMAT = "wakeup-dossier-1"


@app.command("export")
def export(
    customer: Customer,
    *,
    to: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A new file to write; by default the terminal.")
    ] = None,
) -> None:
    """Export all data about a customer as JSON. It names other people too: review it before you hand it out."""
    from wakeup.usecases.personal_data import dossier

    if to is not None and to.exists():
        fail(f"{to} exists already; give the name of a new file")
    who = CustomerId(customer)

    async def read(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Dossier, datetime]:
        now = infra.clock.now()
        # The export is recorded first.
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


@app.command("erase")
def erase(
    customer: Customer,
    *,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a customer for good: key, words, recordings and all that identifies them. Timeline and decisions stay."""
    from wakeup.runtime.record_erasure import keep_erasures
    from wakeup.storage.erasures import Erasure
    from wakeup.usecases.personal_data import forget

    if not sure and (as_json or not sys.stdin.isatty()):
        fail("cannot ask for confirmation without a terminal; add --yes")
    if not sure and not typer.confirm("Erase this customer for good?", err=True):
        raise SystemExit(1)
    who = CustomerId(customer)

    async def act(store: Store[SqlUnit], infra: Infrastructure) -> tuple[forget.Erased, datetime]:
        now = infra.clock.now()
        return await store.run(forget.erase, who, BY, now), now

    gone, at = run_in_store(act)
    try:
        keep_erasures(settings_or_exit(), [Erasure(who, at)])
    except OSError as error:
        fail(f"erased, but not recorded for a later restore: {error.filename}: {error.strerror}", code=1)
    words = f"erased; {gone.cases} cases, {gone.recordings} recordings, which a running service now deletes"
    if gone.unreadable:
        words += "; the customer's key was lost, so what was encrypted with it was unreadable already"
    told = {"customer": customer, "cases": gone.cases, "recordings": gone.recordings, "was_unreadable": gone.unreadable}
    say(told, words, as_json=as_json)


@app.command("reapply")
def reapply(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="The erasures file of a node: <its anchors file>.erasures."),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Repeat the erasures that were lost by restoring an older copy of the database. Safe to run twice."""
    from wakeup.storage.erasures import drop_old_pages, read_erasures

    kept = read_erasures(file, settings_or_exit().keys.audit.get_secret_value())
    if kept.wrong and not kept.erasures:
        fail(f"{file}: no line was written by a node with this WAKEUP_KEYS__AUDIT")

    again, left = run_in_store(lambda store, infra: _erase_again(store, infra, kept.erasures))
    drop_old_pages(settings_or_exit().database_url.get_secret_value())
    if as_json:
        say_json({"erasures": len(kept.erasures), "erased_again": again, "left": left, "wrong_lines": list(kept.wrong)})
    else:
        console.print(f"{len(kept.erasures)} erasures, {again} of them repeated")
        for customer, why in left.items():
            console.print(f"not erased: {customer}: {why}", markup=False)
    # A line that does not verify will never verify; it is only a warning, or the command could never succeed.
    for line in kept.wrong:
        note(f"{file}:{line}: the line was altered, so it is ignored", style="yellow")
    raise SystemExit(1 if left else 0)


async def _erase_again(
    store: Store[SqlUnit], infra: Infrastructure, erased: Sequence[Erasure]
) -> tuple[int, dict[str, str]]:
    """Return how many customers were back and are erased again, and why others must stay for now."""
    from wakeup.usecases.personal_data import forget

    again, left = 0, dict[str, str]()
    for one in erased:
        try:
            gone = await store.run(forget.erase_again, one.customer_id, one.at, BY, infra.clock.now())
        except ConflictError as obstacle:
            left[one.customer_id] = obstacle.reason
        else:
            again += gone is not None
    return again, left


@app.command("hold")
def hold(
    customer: Customer,
    *,
    ticket: Annotated[str, typer.Option(help="Reference of the order: letters, digits, - _ . /")],
    as_json: Json = False,
) -> None:
    """Set a legal hold: nothing of this customer is deleted while it lasts."""
    from wakeup.usecases.personal_data import dossier

    run_in_store(lambda store, infra: store.run(dossier.hold, CustomerId(customer), ticket, BY, infra.clock.now()))
    say(
        {"customer": customer, "held": True},
        "the legal hold is set: nothing of this customer is deleted",
        as_json=as_json,
    )


@app.command("unhold")
def unhold(customer: Customer, *, as_json: Json = False) -> None:
    """End a legal hold. Data past its retention time is deleted within hours."""
    from wakeup.usecases.personal_data import dossier

    run_in_store(lambda store, infra: store.run(dossier.lift, CustomerId(customer), BY, infra.clock.now()))
    say({"customer": customer, "held": False}, "the legal hold has ended", as_json=as_json)


def _plain(value: Any) -> str:
    """Return times as ISO 8601 and amounts as they are written."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
