"""`wakeup outbox list|replay`: list decisions on their way to the core, and replay dead ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from wakeup.cli.commands.shared import BY, console, fail, say, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.usecases.records import MessageState, OutboxMessage

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

EVERY = 1_000_000
NO_ANSWER = "none"
STATUS = re.compile(r"none|[1-5](?:\d\d|xx)")


@app.command("list")
def show(
    *,
    state: Annotated[str | None, typer.Option(help="due, delivered, dead or superseded.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of messages.")] = 50,
    as_json: Json = False,
) -> None:
    """List messages to the payment core, newest first."""
    from wakeup.usecases.deciding import deliver

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


@app.command("replay")
def replay(
    message_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of messages, as `wakeup outbox list` shows them.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All dead messages, except allows.")] = False,
    status: Annotated[
        str | None, typer.Option(help="With --all: the core's last status: none (no answer), 503, 5xx ….")
    ] = None,
    with_allows: Annotated[bool, typer.Option(help="With --all: allows too.")] = False,
    as_json: Json = False,
) -> None:
    """Make dead messages due again. Exit code 1 if one of them was not."""
    from wakeup.usecases.console.administration import replay_noted

    if every == bool(message_ids) or ((status is not None or with_allows) and not every):
        fail("name the messages, or use --all, which alone takes --status and --with-allows")
    if status is not None and STATUS.fullmatch(status) is None:
        fail("unknown status; must be none, a status such as 503, or a class such as 5xx")

    async def act(store: Store[SqlUnit], infra: Infrastructure) -> _Replayed:
        done = _Replayed()
        for message_id in message_ids or await _dead(store, done, status, with_allows=with_allows):
            try:
                done.messages.append(await store.run(replay_noted, message_id, BY, infra.clock.now()))
            except (ConflictError, NotFoundError) as error:
                done.left[message_id] = getattr(error, "reason", str(error))
        return done

    done = run_in_store(act)
    say(
        {
            "replayed": len(done.messages),
            "messages": [_facts(message) for message in done.messages],
            "not_replayed": [{"message_id": message_id, "reason": reason} for message_id, reason in done.left.items()],
            "allows_left_out": done.allows,
        },
        f"messages due again: {len(done.messages)}; allows left out: {done.allows}",
        as_json=as_json,
    )
    if done.left:
        fail(*(f"{message_id}: {reason}" for message_id, reason in done.left.items()), code=1)


@dataclass(slots=True)
class _Replayed:
    messages: list[OutboxMessage] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    """Messages that were not replayed, and why."""
    allows: int = 0
    """Dead allows that nobody asked for."""


async def _dead(store: Store[SqlUnit], done: _Replayed, status: str | None, *, with_allows: bool) -> list[str]:
    """Return the ids of the dead messages with this last status, oldest first. Without `with_allows` count the
    allows: their cases may have learned something since."""
    from wakeup.usecases.deciding import deliver

    dead = await store.read(deliver.dead_letters, EVERY)
    found = [one for one in dead.messages if _has(one, status)]
    wanted = [one for one in found if with_allows or one.id not in dead.allows]
    done.allows = len(found) - len(wanted)
    return [one.id for one in reversed(wanted)]


def _has(message: OutboxMessage, status: str | None) -> bool:
    last = NO_ANSWER if message.last_status is None else str(message.last_status)
    return status is None or status == last or (status == f"{last[0]}xx" and last != NO_ANSWER)


def _facts(message: OutboxMessage) -> dict[str, object]:
    from wakeup.usecases.deciding.decisions import kind_of

    return {
        "message_id": message.id,
        "transfer_id": message.transfer_id,
        "sequence": message.sequence,
        "kind": kind_of(message.sequence),
        "state": message.state.value,
        "tries": message.tries,
        "last_status": message.last_status,
        "due_at": message.due_at.isoformat(),
    }
