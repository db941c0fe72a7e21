"""`wakeup agent add|remove|list`. The number is prompted for, because arguments are visible in process lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from wakeup.cli.commands.shared import BY, asked_for, console, say, say_json
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.domain.agent import Skill

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the agent's console account.")]


@app.command("add")
def add(
    name: Name,
    *,
    language: Annotated[list[str], typer.Option(help="zh or en; repeat the option for several.")],
    skill: Annotated[
        list[Skill] | None, typer.Option(help="A skill of the agent; repeat the option for several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make an account an agent, or change an agent. Prompts for the phone number or SIP address."""
    from wakeup.usecases.agents.agents import NewAgent, enrol_agent, refuse_a_partys

    address = asked_for("number or SIP address")
    wanted = NewAgent(name=name, address=address, languages=tuple(language), skills=tuple(skill or ()))

    async def enrol(store: Store[SqlUnit], infra: Infrastructure) -> str:
        await store.read(refuse_a_partys, wanted.address)
        return await store.run(enrol_agent, wanted, BY, infra.clock.now())

    pin = run_in_store(enrol)
    words = f"{name} takes calls; the PIN for signing in by phone is {pin} and is not shown again"
    say({"name": name, "pin": pin}, words, as_json=as_json)


@app.command("remove")
def remove(name: Name, *, as_json: Json = False) -> None:
    """Remove an agent; the console account stays."""
    from wakeup.usecases.agents.agents import dismiss_agent

    run_in_store(lambda store, infra: store.run(dismiss_agent, name, BY, infra.clock.now()))
    say({"name": name}, f"{name} no longer takes calls", as_json=as_json)


@app.command("list")
def show(*, as_json: Json = False) -> None:
    """List the agents, and which of them could be called now."""
    from wakeup.usecases.agents.agents import read_agents

    found = run_in_store(lambda store, infra: store.read(read_agents, infra.clock.now()))
    rows = [
        {
            "name": one.agent.name, "state": one.agent.state.value, "since": one.agent.since.isoformat(),
            "languages": list(one.agent.languages), "skills": list(one.agent.skills),
            "on_duty": one.on_duty, "free": one.free,
        }
        for one in found
    ]  # fmt: skip
    if as_json:
        say_json({"agents": rows})
        return
    table = Table(*(rows[0] if rows else ("name",)))
    for row in rows:
        table.add_row(*(", ".join(part) if isinstance(part, list) else str(part) for part in row.values()))
    console.print(table)
