"""`wakeup serve`: its options."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from wakeup.runtime.roles import Role


def serve(
    *,
    role: Annotated[
        list[Role] | None, typer.Option(help="A role of this node; repeat for several. All roles by default.")
    ] = None,
    migrate: Annotated[bool, typer.Option(help="Migrate the database first.")] = False,
) -> None:
    """Run the service, or one of its roles."""
    # Until the service runs, all that is loaded stays.
    gc.disable()
    from wakeup.cli.commands.serving import run_node

    run_node(frozenset(role or Role), migrate=migrate)
