"""`wakeup keys …`: the options of what is done when a master key changes."""

from __future__ import annotations

import typer

from wakeup.runtime.cli.options import Json

app = typer.Typer(help="The ring of master keys.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """A group, though it has one command."""


@app.command("rewrap")
def _keys_rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key by the newest of WAKEUP_KEYS__DATA: then the older ones may go. The service may run."""
    from wakeup.runtime.commands import keys

    keys.rewrap(as_json=as_json)
