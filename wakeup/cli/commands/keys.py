"""`wakeup keys rewrap`: wrap all stored keys with the newest master key."""

from __future__ import annotations

from collections import Counter

from wakeup.cli.commands.shared import BY, console, errors, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.wrapping import end_wrapping, wrap_anew
from wakeup.usecases.repositories.wrapping import KeyKind


def rewrap(*, as_json: bool) -> None:
    """Wrap all stored keys anew. Exit 1 when a key could not be read: then the older master keys must stay."""
    anew, unreadable = run_in_store(_all)
    if as_json:
        say_json({"anew": dict(anew), "unreadable": unreadable})
    else:
        console.print(", ".join(f"{kind.value.replace('_', ' ')} {anew[kind]}" for kind in KeyKind) + " rewrapped")
        if unreadable:
            errors.print(
                f"{unreadable} could not be unwrapped: is a master key missing in WAKEUP_KEYS__DATA?", style="red"
            )
    raise SystemExit(1 if unreadable else 0)


async def _all(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Counter[KeyKind], int]:
    anew: Counter[KeyKind] = Counter(dict.fromkeys(KeyKind, 0))
    unreadable = 0
    for kind in KeyKind:
        after: str | None = ""
        while after is not None:
            page = await store.run(wrap_anew, kind, after)
            anew[kind] += page.anew
            unreadable += page.unreadable
            after = page.last
    await store.run(end_wrapping, anew.total(), unreadable, BY, infra.clock.now())
    return anew, unreadable
