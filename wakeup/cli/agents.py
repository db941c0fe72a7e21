"""`wakeup agent …`: the bank's people who take calls. What the commands do is imported when used."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.cli.options import Json
from wakeup.domain.agent import Skill

app = typer.Typer(help="Bank staff who take calls.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the agent's console account.")]


@app.command("add")
def _add(
    name: Name,
    *,
    language: Annotated[list[str], typer.Option(help="zh or en; repeat the option for several.")],
    skill: Annotated[
        list[Skill] | None, typer.Option(help="A skill of the agent; repeat the option for several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make an account an agent, or change an agent. Prompts for the phone number or SIP address."""
    from wakeup.cli.commands import agent

    agent.add(name, tuple(language), tuple(skill or ()), as_json=as_json)


@app.command("remove")
def _remove(name: Name, *, as_json: Json = False) -> None:
    """Remove an agent; the console account stays."""
    from wakeup.cli.commands import agent

    agent.remove(name, as_json=as_json)


@app.command("list")
def _list(*, as_json: Json = False) -> None:
    """List the agents, and which of them could be called now."""
    from wakeup.cli.commands import agent

    agent.show(as_json=as_json)
