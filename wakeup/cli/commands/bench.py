"""`wakeup bench …`: run a benchmark and print its figures."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wakeup.cli.commands.shared import environment, fail, say_figures
from wakeup.cli.options import Json, PostgresUrl
from wakeup.domain.errors import WakeupError
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.domain.policy import Policy

app = typer.Typer(no_args_is_help=True)

Unsigned = Annotated[float, typer.Option(min=0, max=100_000, help="Unsigned POSTs per second, sent at the same time.")]
TURNS_A_SECOND, CALLS = 50.0, 120
"""Rate and calls of the signed turns during the flood: few enough that they wait for the flood and not for each
other."""
MEMORY = Path("/dev/shm")  # noqa: S108 - only where a temporary folder is made


@app.command("ingest")
def ingest(
    *,
    events: Annotated[int, typer.Option(min=100, max=200_000)] = 4000,
    rounds: Annotated[int, typer.Option(min=1, max=20)] = 3,
    as_json: Json = False,
) -> None:
    """Measure durable, signed ingest against a bare aiohttp handler that only reads the body."""
    from wakeup.bench.ingest import bench_ingest

    _show(lambda folder: bench_ingest(folder, _clean(), events, rounds), as_json=as_json)


@app.command("latency")
def latency(*, events: Annotated[int, typer.Option(min=10, max=10_000)] = 300, as_json: Json = False) -> None:
    """Measure the time from a risk event to the POST at the phone company, on an idle service."""
    from wakeup.bench.latency import bench_latency

    _show(lambda folder: bench_latency(folder, _clean(), events), as_json=as_json)


@app.command("script")
def script(*, turns: Annotated[int, typer.Option(min=100, max=1_000_000)] = 5000, as_json: Json = False) -> None:
    """Measure one turn of a conversation, over the whole library of scripts."""
    from wakeup.bench.script import bench_script

    async def measure(_folder: Path) -> Any:
        return bench_script(data_folder("scripts_ivr"), turns)

    _show(measure, as_json=as_json)


@app.command("window")
def window(
    *,
    load: Annotated[
        float, typer.Option(min=0.1, max=20, help="Load: due calls relative to what the lines can carry.")
    ] = 2.0,
    minutes: Annotated[int, typer.Option(min=1, max=240)] = 40,
    seed: int = 1,
    as_json: Json = False,
) -> None:
    """Compare the plan, the guard rule and simpler orders with the clairvoyant optimum under overload, through the
    real dispatcher."""
    from wakeup.bench.window import bench_window

    _show(lambda folder: bench_window(folder, _policy(), load, minutes, seed), as_json=as_json, in_memory=True)


@app.command("backlog")
def backlog(
    *,
    attempts: Annotated[int, typer.Option(min=2_000, max=5_000_000)] = 1_000_000,
    rounds: Annotated[int, typer.Option(min=5, max=200)] = 100,
    as_json: Json = False,
) -> None:
    """Measure the time of a claim with a thousand due attempts and with a million."""
    from wakeup.bench.backlog import bench_backlog

    _show(lambda folder: bench_backlog(folder, _policy(), attempts, rounds), as_json=as_json)


@app.command("deadlines")
def deadlines(
    *,
    windows: Annotated[int, typer.Option(min=100, max=100_000)] = 10_000,
    unsigned: Unsigned = 5_000.0,
    as_json: Json = False,
) -> None:
    """Measure how late decisions reach the core when all windows close in one minute while events keep coming;
    then signed turns during a flood of unsigned ones."""
    from wakeup.bench.deadlines import bench_deadlines
    from wakeup.bench.voice import bench_voice

    async def measure(folder: Path) -> Any:
        late = await bench_deadlines(_made(folder / "deadlines"), _clean(), windows)
        turns = await bench_voice(_made(folder / "voice"), _clean(), TURNS_A_SECOND, CALLS, unsigned)
        return Figures({
            **asdict(late), "turn_p99_ms": turns.p99_ms, "turns_per_s": turns.turns_per_s,
            "unsigned_per_s": turns.unsigned_per_s,
        })  # fmt: skip

    _show(measure, as_json=as_json)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@app.command("handover")
def handover(*, rounds: Annotated[int, typer.Option(min=10, max=5_000)] = 200, as_json: Json = False) -> None:
    """Measure the time from a customer's key 0 to the POST that calls an agent."""
    from wakeup.bench.handover import bench_handover

    _show(lambda folder: bench_handover(folder, _clean(), rounds), as_json=as_json)


@app.command("voice")
def voice(
    *,
    per_second: Annotated[float, typer.Option("--rate", min=1, max=5000, help="Turns per second to request.")] = 300.0,
    calls: Annotated[int, typer.Option(min=20, max=5000)] = 400,
    unsigned: Unsigned = 0.0,
    as_json: Json = False,
) -> None:
    """Measure how long the phone company waits for each signed turn, at a steady rate."""
    from wakeup.bench.voice import bench_voice

    _show(lambda folder: bench_voice(folder, _clean(), per_second, calls, unsigned), as_json=as_json)


@app.command("loop")
def loop(
    *,
    cases: Annotated[int, typer.Option(min=10, max=5000)] = 1500,
    speed: Annotated[
        float,
        typer.Option(min=1, max=600, help="Speed of the simulated clock, relative to real time; it sets the load."),
    ] = 54.0,
    seed: int = 7,
    as_json: Json = False,
) -> None:
    """Measure the whole loop, with phone company and payment core on the same cores."""
    from wakeup.bench.loop import bench_loop

    now = time.time()  # noqa: TID251 - where the demo's own clock begins
    _show(lambda folder: bench_loop(folder, _clean(), now, cases, speed, seed), as_json=as_json)


@app.command("rivals")
def rivals(
    *,
    database: PostgresUrl = None,
    as_json: Json = False,
) -> None:
    """Compare with other job systems on the same work, with a kill in the middle."""
    from wakeup.bench.rivals.contest import bench_rivals

    async def measure(folder: Path) -> Any:
        return Figures(await bench_rivals(folder, _clean(), database))

    _show(measure, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by name; a rival that is not installed here is `absent`."""

    by_name: dict[str, Any]


def _policy() -> Policy:
    from wakeup.runtime.policy.file import load_policy

    return load_policy(data_folder("config") / "policy.toml")


def _clean() -> dict[str, str]:
    from wakeup.runtime.settings.sources import without_settings

    return without_settings(environment())


def _show(measure: Callable[[Path], Coroutine[Any, Any, Any]], *, as_json: bool, in_memory: bool = False) -> None:
    """Measure and print. `in_memory`: the disk is not measured, so use a folder in memory where there is one."""
    from wakeup.bench.load_generator import BenchError

    place = MEMORY if in_memory and MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="wakeup-bench-", dir=place) as folder:
        try:
            measured = asyncio.run(measure(Path(folder)))
            figures = measured.by_name if isinstance(measured, Figures) else asdict(measured)
        except (WakeupError, BenchError) as error:
            fail(str(error), code=1)
    say_figures(figures, as_json=as_json)
