"""`wakeup keys …`: what to run when a master key changes, or a key is lost."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Master keys, and customers' keys that are lost.", no_args_is_help=True)


@app.command("rewrap")
def _keys_rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key with the newest of WAKEUP_KEYS__DATA, so that the older ones can be removed. The service
    may be running."""
    from wakeup.cli.commands import keys

    keys.rewrap(as_json=as_json)


@app.command("lost")
def _keys_lost(*, as_json: Json = False) -> None:
    """Count the customers whose key this node cannot open, by the master key they need. Exit 1 if there are any.
    Changes nothing; the service may be running."""
    from wakeup.cli.commands import keys

    keys.lost(as_json=as_json)


@app.command("give-up")
def _keys_give_up(
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
    from wakeup.cli.commands import keys

    keys.give_up(masters or [], sure=sure, as_json=as_json)
