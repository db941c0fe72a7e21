"""`wakeup cluster` and `wakeup soak`: several nodes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.demo import verdict
from wakeup.cli.commands.shared import console, environment, say_figures, say_json
from wakeup.cli.commands.with_children import database_of, end_with_us, told_in_a_line
from wakeup.cli.options import Json, Leave, PostgresUrl, RunFolder, Seed

if TYPE_CHECKING:
    from wakeup.cluster.soak import Soaked, SoakOptions
    from wakeup.demo.ledgers import Result
    from wakeup.demo.run import DemoOptions


def cluster(
    *,
    cases: Annotated[int, typer.Option(min=1, max=5000, help="Number of customers.")] = 100,
    seed: Seed = 7,
    speed: Annotated[
        float, typer.Option(min=1, max=60, help="Speed of the simulated clock, relative to real time.")
    ] = 30.0,
    folder: RunFolder = Path("var/cluster"),
    database: PostgresUrl = None,
    leave: Leave = False,
    as_json: Json = False,
) -> None:
    """Run the demo against two listening and two dispatching nodes on one PostgreSQL."""
    from wakeup.demo.run import DemoOptions

    with told_in_a_line(), _server(database) as url:
        wish = DemoOptions(
            cases=cases, seed=seed, speed=speed, folder=folder.absolute(), database=url, stay=not (leave or as_json)
        )
        result = asyncio.run(_cluster(wish, as_json=as_json))
    if as_json:
        say_json(asdict(result))
    else:
        console.print(verdict(result), soft_wrap=True)
    raise SystemExit(0 if result.promises_held else 1)


async def _cluster(wish: DemoOptions, *, as_json: bool) -> Result:
    from wakeup.cluster.nodes import start_nodes
    from wakeup.demo.run import run_demo
    from wakeup.demo.screen import Screen

    end_with_us()
    now = time.time()  # noqa: TID251 - where the demo's own clock begins
    if as_json or not console.is_terminal:
        return (await run_demo(wish, environment(), now, None, start_nodes)).result
    with Screen(console) as screen:
        return (await run_demo(wish, environment(), now, screen.show, start_nodes)).result


def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, max=1440, help="For how long nodes are killed and paused.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Chooses the events, and the nodes that are killed and paused.")] = 7,
    database: PostgresUrl = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for logs and ledgers; by default they are not kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Kill and pause nodes at random under load, then check the ledgers of phone company and payment core."""
    from wakeup.cluster.soak import SoakOptions
    from wakeup.storage.demo_mark import want_empty

    with told_in_a_line(), _server(database) as url, _folder(folder) as place:
        want_empty(url)
        wish = SoakOptions(minutes=minutes, seed=seed, database=url, folder=place)
        now = time.time()  # noqa: TID251 - where the soak's own clock begins
        result = asyncio.run(_soak(wish, now))
    say_figures(asdict(result), as_json=as_json)
    raise SystemExit(0 if result.promises_held else 1)


async def _soak(wish: SoakOptions, now: float) -> Soaked:
    from wakeup.cluster.soak import run_soak

    end_with_us()
    return await run_soak(wish, environment(), now)


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    given = database_of(url, server=True)
    if given is not None:
        yield given
        return
    from wakeup.cluster.database import own_postgres

    with own_postgres() as own:
        yield own


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="wakeup-soak-") as own:
        yield Path(own)
