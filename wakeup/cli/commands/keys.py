"""`wakeup keys rewrap`: stored keys under the newest master key."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from wakeup.cli.commands.shared import BY, console, errors, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.usecases.repositories.wrapping import KeyKind

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

IF_LOST = (
    "is a master key missing in WAKEUP_KEYS__DATA? A customer whose key is lost for good is not called; the money is"
    " held, and refused at the end of the hold. When such a customer's cases are settled, run `wakeup dsar export` and"
    " `wakeup dsar erase`: then they come as a new customer. --json names them"
)


@app.callback()
def _keys() -> None:
    """Master keys."""


@app.command("rewrap")
def rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key with the newest of WAKEUP_KEYS__DATA, so that the older ones can be removed. The service
    may be running."""
    anew, unreadable = run_in_store(_wrap_all)
    count = sum(map(len, unreadable.values()))
    if as_json:
        say_json({"anew": dict(anew), "unreadable": count, "customers": unreadable[KeyKind.CUSTOMERS]})
    else:
        console.print(", ".join(f"{kind.value.replace('_', ' ')} {anew[kind]}" for kind in KeyKind) + " rewrapped")
        if count:
            errors.print(f"{count} could not be unwrapped: {IF_LOST}", style="red", markup=False)
    # What could not be read needs an older master key, which must stay.
    raise SystemExit(1 if count else 0)


async def _wrap_all(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Counter[KeyKind], dict[KeyKind, list[str]]]:
    from wakeup.usecases.personal_data.wrapping import end_wrapping, wrap_anew

    anew: Counter[KeyKind] = Counter(dict.fromkeys(KeyKind, 0))
    unreadable: dict[KeyKind, list[str]] = {kind: [] for kind in KeyKind}
    for kind in KeyKind:
        after: str | None = ""
        while after is not None:
            page = await store.run(wrap_anew, kind, after)
            anew[kind] += page.anew
            unreadable[kind] += page.unreadable
            after = page.last
    left = sum(map(len, unreadable.values()))
    await store.run(end_wrapping, anew.total(), left, BY, infra.clock.now())
    return anew, unreadable
