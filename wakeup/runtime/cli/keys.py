"""`wakeup keys …`: what to run when a master key changes."""

from __future__ import annotations

import typer

from wakeup.runtime.cli.options import Json

app = typer.Typer(help="Master keys.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Make a group, although it has only one command."""


@app.command("rewrap")
def _keys_rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key with the newest of WAKEUP_KEYS__DATA, so that the older ones can be removed. The service
    may be running."""
    from wakeup.runtime.commands import keys

    keys.rewrap(as_json=as_json)
