"""`wakeup keys …`: what to run when a master key changes."""

from __future__ import annotations

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Master keys.", no_args_is_help=True)


@app.command("rewrap")
def _keys_rewrap(*, as_json: Json = False) -> None:
    """Wrap every stored key with the newest of WAKEUP_KEYS__DATA, so that the older ones can be removed. The service
    may be running."""
    from wakeup.cli.commands import keys

    keys.rewrap(as_json=as_json)
