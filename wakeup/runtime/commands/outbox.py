"""`wakeup outbox list|replay`: decisions on their way, and those that died there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.table import Table

from wakeup.domain.errors import WakeupError
from wakeup.ivr.script import ScriptError
from wakeup.runtime.commands.shared import console, explain, fail, say_json, settings_or_exit
from wakeup.runtime.service import fittings_of
from wakeup.runtime.surroundings import Surroundings, real_surroundings
from wakeup.storage.open import open_store
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.usecases import deliver
from wakeup.usecases.records import MessageState, OutboxMessage

T = TypeVar("T")


def show(state: str | None, limit: int, *, as_json: bool) -> None:
    """List messages; bodies are never shown."""
    if state is not None and state not in set(MessageState):
        fail(f"no such state; one of {', '.join(MessageState)}")
    messages = _run(lambda store, _: store.read(deliver.listed, state, limit))
    if as_json:
        say_json([_facts(message) for message in messages])
        return
    table = Table("message", "transfer", "sequence", "kind", "state", "tries", "last status", "due")
    for message in messages:
        table.add_row(*(str(value) for value in _facts(message).values()))
    console.print(table)


def replay(message_id: str, *, as_json: bool) -> None:
    """Make a dead message due; the running service delivers it within seconds."""
    message = _run(lambda store, around: store.run(deliver.replay, message_id, around.clock.now()))
    if as_json:
        say_json(_facts(message))
    else:
        console.print(f"{message.id} is due again")


def _run(act: Callable[[Store[SqlUnit], Surroundings], Awaitable[T]]) -> T:
    settings = settings_or_exit()
    around = real_surroundings(settings)

    async def run() -> T:
        url = settings.database_url.get_secret_value()
        store = open_store(url, unit_maker(fittings_of(settings, around)))
        try:
            return await act(store, around)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except ScriptError as wrong:
        fail(*wrong.faults)
    except WakeupError as error:
        fail(explain(error), code=1)


def _facts(message: OutboxMessage) -> dict[str, object]:
    return {
        "message_id": message.id,
        "transfer_id": message.transfer_id,
        "sequence": message.sequence,
        "kind": message.kind,
        "state": message.state.value,
        "tries": message.tries,
        "last_status": message.last_status,
        "due_at": message.due_at.isoformat(),
    }
