"""`wakeup outbox …`: decisions on their way to the payment core."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Messages to the payment core.", no_args_is_help=True)


@app.command("list")
def _outbox_list(
    *,
    state: Annotated[str | None, typer.Option(help="due, delivered, dead or superseded.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of messages.")] = 50,
    as_json: Json = False,
) -> None:
    """List messages to the payment core, newest first."""
    from wakeup.cli.commands import outbox

    outbox.show(state, limit, as_json=as_json)


@app.command("replay")
def _outbox_replay(
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
    from wakeup.cli.commands import outbox
    from wakeup.cli.commands.shared import fail

    if every == bool(message_ids) or ((status is not None or with_allows) and not every):
        fail("name the messages, or use --all, which alone takes --status and --with-allows")
    outbox.replay(message_ids or (), status=status, with_allows=with_allows, as_json=as_json)
