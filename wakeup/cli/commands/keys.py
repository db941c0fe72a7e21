"""`wakeup keys rewrap|lost|give-up`: stored keys under the newest master key, and keys that cannot be opened."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any

import typer

from wakeup.cli.commands.shared import BY, console, errors, fail, say, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.domain.errors import ConflictError, LockedError, NotFoundError, StoreDownError
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.lost_keys import DAMAGED, GivenUp, find_lost_keys, give_up_key
from wakeup.usecases.personal_data.wrapping import end_wrapping, wrap_anew
from wakeup.usecases.repositories.lost_keys import LostKey
from wakeup.usecases.repositories.wrapping import KeyKind
from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)


@app.command("rewrap")
def rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key with the newest of WAKEUP_KEYS__DATA, so that the older ones can be removed. The service
    may be running."""
    anew, unreadable = run_in_store(_wrap_all)
    if as_json:
        say_json({"anew": dict(anew), "unreadable": unreadable})
    else:
        console.print(", ".join(f"{kind.value.replace('_', ' ')} {anew[kind]}" for kind in KeyKind) + " rewrapped")
        if unreadable:
            errors.print(
                f"{unreadable} could not be unwrapped: is a master key missing in WAKEUP_KEYS__DATA?", style="red"
            )
    # What could not be read needs an older master key, which must stay.
    raise SystemExit(1 if unreadable else 0)


@app.command("lost")
def lost(*, as_json: Json = False) -> None:
    """Count the customers whose key this node cannot open, by the master key they need. Exit 1 if there are any.
    Changes nothing; the service may be running."""
    found = run_in_store(_find)
    if as_json:
        say_json({"customers": len(found), "unsettled": sum(one.unsettled for one in found), "keys": _counts(found)})
    else:
        for line in _lines(found):
            console.print(line, markup=False)
        if not found:
            console.print("every customer's key can be opened")
    raise SystemExit(1 if found else 0)


@app.command("give-up")
def give_up(
    *,
    masters: Annotated[
        list[str] | None,
        typer.Option("--master-key", help="A master key that is lost for good, as `keys lost` names it."),
    ] = None,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Give up customers' keys that are lost for good: their personal data stays unreadable, and their cases can end.

    Takes damaged keys, and those that a named master key wrapped. Only humans then release what is open.
    """
    masters = masters or []
    found = run_in_store(_find)
    unknown = sorted(set(masters) - {one.fault for one in found})
    if unknown:
        fail(f"no customer's key needs the master key {', '.join(unknown)}; `wakeup keys lost` shows which do")
    chosen = [one for one in found if one.fault in {DAMAGED, *masters}]
    if not sure and (as_json or not sys.stdin.isatty()):
        fail(f"would give up the keys of {len(chosen)} customers, for good; add --yes")
    if not sure and not typer.confirm(f"Give up the keys of {len(chosen)} customers for good?", err=True):
        raise SystemExit(1)
    done, kept = run_in_store(lambda store, infra: _give_up_all(store, infra, chosen, masters))
    cases, held, left = sum(one.cases for one in done), sum(one.held for one in done), len(found) - len(chosen)
    words = f"the keys of {len(done)} customers are given up; {held} of their {cases} cases wait for a human"
    if left:
        words += f"; {left} keys need a master key that was not named (`wakeup keys lost`)"
    for customer, why in kept.items():
        words += f"; not given up: {customer}: {why}"
    told = {"customers": len(done), "cases": cases, "held_cases": held, "left": left, "kept": kept}
    say(told, words, as_json=as_json)
    raise SystemExit(1 if left or kept else 0)


async def _wrap_all(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Counter[KeyKind], int]:
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


async def _find(store: Store[SqlUnit], _infra: Infrastructure) -> list[LostKey]:
    found: list[LostKey] = []
    after: str | None = ""
    while after is not None:
        page = await store.read(find_lost_keys, after)
        found += page.found
        after = page.last
    return found


async def _give_up_all(
    store: Store[SqlUnit], infra: Infrastructure, chosen: Sequence[LostKey], masters: Collection[str]
) -> tuple[list[GivenUp], dict[str, str]]:
    """Give up each key in a transaction of its own. One that can be opened by now, or is gone, is left alone. Returns
    also why others must stay."""
    done, kept = list[GivenUp](), dict[str, str]()
    for one in chosen:
        try:
            given_up = await store.run(give_up_key, one.customer_id, masters, BY, infra.clock.now())
        except NotFoundError:
            continue
        except ConflictError as obstacle:
            kept[one.customer_id] = obstacle.reason
            continue
        except Exception as error:  # what is wrong with one customer keeps no other waiting
            if isinstance(error, StoreDownError) and not isinstance(error, LockedError):
                raise
            # Only its kind, because the words may quote values.
            kept[one.customer_id] = type(error).__name__
            continue
        if given_up is not None:
            done.append(given_up)
    return done, kept


def _counts(found: Sequence[LostKey]) -> dict[str, Any]:
    every, unsettled = Counter(one.fault for one in found), Counter(one.fault for one in found if one.unsettled)
    return {fault: {"customers": count, "unsettled": unsettled[fault]} for fault, count in sorted(every.items())}


def _lines(found: Sequence[LostKey]) -> list[str]:
    def line(fault: str, count: dict[str, int]) -> str:
        why = (
            "a damaged key" if fault == DAMAGED else f"a key wrapped with the master key {fault}, which this node lacks"
        )
        return (
            f"{count['customers']} customers have {why}; {count['unsettled']} of them have a case that is not settled"
        )

    return [line(fault, count) for fault, count in _counts(found).items()]
