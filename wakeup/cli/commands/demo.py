"""`wakeup demo`: run the whole loop on this machine, in a minute."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, environment, say_json
from wakeup.cli.commands.with_children import database_of, end_with_us, told_in_a_line
from wakeup.cli.options import Json, Leave, Mapping, RunFolder, Seed
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.demo.ledgers import Result
    from wakeup.demo.run import DemoOptions, Ending, Progress, Show


def demo(  # noqa: PLR0913 - an argument an option
    *,
    cases: Annotated[int, typer.Option(min=1, help="Number of customers.")] = 60,
    seed: Seed = 7,
    speed: Annotated[
        float, typer.Option(min=0.1, max=600, help="Speed of the simulated clock, relative to real time.")
    ] = 30,
    file: Annotated[
        Path | None,
        typer.Option(
            "--feed", exists=True, dir_okay=False, help="A file with risk events, instead of generated traffic."
        ),
    ] = None,
    mapping: Mapping = None,
    folder: RunFolder = Path("var/demo"),
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="An empty database; by default a new SQLite file.")
    ] = None,
    leave: Leave = False,
    as_json: Json = False,
) -> None:
    """Run everything on this machine: a simulated phone company, a payment core, and Wakeup between them."""
    from wakeup.demo import hand_over_summary
    from wakeup.demo.guardian_summary import told
    from wakeup.demo.run import DemoOptions

    wish = DemoOptions(
        cases=cases, seed=seed, speed=speed, folder=folder.absolute(), database=database_of(database), feed=file,
        mapping=mapping_for(file, mapping), stay=not (leave or as_json),
    )  # fmt: skip
    with told_in_a_line():
        ending = asyncio.run(_demo(wish, as_json=as_json))
    if as_json:
        say_json(asdict(ending.result))
    else:
        console.print(verdict(ending.result), soft_wrap=True)
        console.print(told(ending.families), soft_wrap=True)
        console.print(hand_over_summary.told(ending.people), soft_wrap=True)
    raise SystemExit(0 if ending.result.promises_held else 1)


async def _demo(wish: DemoOptions, *, as_json: bool) -> Ending:
    from wakeup.demo.run import run_demo
    from wakeup.demo.screen import Screen

    end_with_us()
    now = time.time()  # noqa: TID251 - where the demo's own clock begins
    if as_json or not wish.stay:
        return await run_demo(wish, environment(), now, None)
    if not console.is_terminal:
        return await run_demo(wish, environment(), now, _once())
    with Screen(console) as screen:
        return await run_demo(wish, environment(), now, screen.show)


def _once() -> Show:
    """Without a terminal to draw on, print the console's URL and sign-in once."""
    said: list[str] = []

    def show(progress: Progress) -> None:
        who = progress.sign_in
        if who is not None and not said:
            places, names = progress.addresses, ", ".join(who.names)
            said.append(
                f"console {places['console']}  sign in as {names} with {who.password}\nhandset {places['handset']}"
            )
            console.print(said[0], soft_wrap=True, markup=False)

    return show


def mapping_for(feed: Path | None, mapping: Path | None) -> Path | None:
    """Return the mapping named, or the shipped one whose name the file's name begins with."""
    if feed is None or mapping is not None or feed.suffix != ".csv":
        return mapping
    for shipped in sorted((data_folder("config") / "feeds").glob("*.toml")):
        if feed.stem.startswith(shipped.stem):
            return shipped
    return None


def verdict(result: Result) -> str:
    held = "All promises kept" if result.promises_held else "A PROMISE WAS BROKEN"
    return (
        f"{held}: {result.risk_events} risk events in {result.cases} cases, {result.calls_placed} calls placed, "
        f"{result.conversations} conversations; {result.decisions['allow']} allowed, {result.decisions['hold']} held, "
        f"{result.undecided} undecided, {result.late_decisions} late, {result.duplicate_rings} duplicate calls."
    )
