"""`wakeup keys rewrap`: stored keys under the newest master key."""

from __future__ import annotations

from collections import Counter

from wakeup.cli.commands.shared import BY, console, errors, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.wrapping import end_wrapping, wrap_anew
from wakeup.usecases.repositories.wrapping import KeyKind

IF_LOST = (
    "is a master key missing in WAKEUP_KEYS__DATA? A customer whose key is lost for good is not called; the money is"
    " held, and refused at the end of the hold. When such a customer's cases are settled, run `wakeup dsar export` and"
    " `wakeup dsar erase`: then they come as a new customer. --json names them"
)


def rewrap(*, as_json: bool) -> None:
    """Wrap all stored keys anew. Exit 1 when a key could not be read: then the older master keys must stay."""
    anew, unreadable = run_in_store(_wrap_all)
    count = sum(map(len, unreadable.values()))
    if as_json:
        say_json({"anew": dict(anew), "unreadable": count, "customers": unreadable[KeyKind.CUSTOMERS]})
    else:
        console.print(", ".join(f"{kind.value.replace('_', ' ')} {anew[kind]}" for kind in KeyKind) + " rewrapped")
        if count:
            errors.print(f"{count} could not be unwrapped: {IF_LOST}", style="red", markup=False)
    raise SystemExit(1 if count else 0)


async def _wrap_all(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Counter[KeyKind], dict[KeyKind, list[str]]]:
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
