"""`wakeup outbox list|replay`: list decisions on their way to the core, and replay dead ones."""

from __future__ import annotations

from rich.table import Column, Table

from wakeup.runtime.commands.shared import BY, console, fail, say, say_json
from wakeup.runtime.commands.with_store import run_in_store
from wakeup.usecases.console.administration import replay_noted
from wakeup.usecases.deciding import deliver
from wakeup.usecases.records import MessageState, OutboxMessage


def show(state: str | None, limit: int, *, as_json: bool) -> None:
    """List messages; bodies are never shown."""
    if state is not None and state not in set(MessageState):
        fail(f"unknown state; must be one of {', '.join(MessageState)}")
    messages = run_in_store(lambda store, _: store.read(deliver.listed, state, limit))
    if as_json:
        say_json([_facts(message) for message in messages])
        return
    # The id is copied to replay a message, so it is never wrapped, even if other columns are on a narrow screen.
    message_id = Column("message", no_wrap=True)
    table = Table(
        message_id, *(Column(name, overflow="fold") for name in ("transfer", "seq", "state", "tries", "status", "due"))
    )
    for message in messages:
        table.add_row(
            message.id, message.transfer_id, str(message.sequence), message.state.value, str(message.tries),
            str(message.last_status or ""), f"{message.due_at:%Y-%m-%d %H:%M:%S}",
        )  # fmt: skip
    console.print(table)


def replay(message_id: str, *, as_json: bool) -> None:
    """Make a dead message due; the running service delivers it within seconds."""
    message = run_in_store(lambda store, infra: store.run(replay_noted, message_id, BY, infra.clock.now()))
    say(_facts(message), f"{message.id} is due again", as_json=as_json)


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
