"""`wakeup bench …`: run a benchmark and print its figures."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wakeup.bench.backlog import bench_backlog
from wakeup.bench.deadlines import bench_deadlines
from wakeup.bench.handover import bench_handover
from wakeup.bench.ingest import bench_ingest
from wakeup.bench.latency import bench_latency
from wakeup.bench.load_generator import BenchError
from wakeup.bench.loop import bench_loop
from wakeup.bench.rivals.contest import bench_rivals
from wakeup.bench.script import bench_script
from wakeup.bench.voice import bench_voice
from wakeup.bench.window import bench_window
from wakeup.cli.commands.shared import environment, fail, say_figures
from wakeup.domain.errors import WakeupError
from wakeup.domain.policy import Policy
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.file import load_policy
from wakeup.runtime.settings.sources import without_settings

TURNS_A_SECOND, CALLS = 50.0, 120
"""Rate and calls of the signed turns during the flood: few enough that they wait for the flood and not for each
other."""
MEMORY = Path("/dev/shm")  # noqa: S108 - only where a temporary folder is made


def ingest(events: int, rounds: int, *, as_json: bool) -> None:
    """Measure ingest as a ratio to a bare handler."""
    _show(lambda folder: bench_ingest(folder, _clean(), events, rounds), as_json=as_json)


def latency(events: int, *, as_json: bool) -> None:
    """Measure the milliseconds from event to POST."""
    _show(lambda folder: bench_latency(folder, _clean(), events), as_json=as_json)


def script(turns: int, *, as_json: bool) -> None:
    """Measure the microseconds of a turn."""

    async def measure(_folder: Path) -> Any:
        return bench_script(data_folder("scripts_ivr"), turns)

    _show(measure, as_json=as_json)


def window(load: float, minutes: int, seed: int, *, as_json: bool) -> None:
    """Measure the shares of the clairvoyant optimum."""
    _show(lambda folder: bench_window(folder, _policy(), load, minutes, seed), as_json=as_json, in_memory=True)


def backlog(attempts: int, rounds: int, *, as_json: bool) -> None:
    """Measure the milliseconds of a claim."""
    _show(lambda folder: bench_backlog(folder, _policy(), attempts, rounds), as_json=as_json)


def deadlines(windows: int, unsigned: float, *, as_json: bool) -> None:
    """Measure the milliseconds after the deadline; then the milliseconds of a signed turn during a flood of
    unsigned ones."""

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


def voice(per_second: float, calls: int, unsigned: float, *, as_json: bool) -> None:
    """Measure the milliseconds of a turn."""
    _show(lambda folder: bench_voice(folder, _clean(), per_second, calls, unsigned), as_json=as_json)


def handover(rounds: int, *, as_json: bool) -> None:
    """Measure the milliseconds from key 0 to the agent's POST."""
    _show(lambda folder: bench_handover(folder, _clean(), rounds), as_json=as_json)


def loop(cases: int, speed: float, seed: int, *, as_json: bool) -> None:
    """Measure the calls per second."""
    now = time.time()  # noqa: TID251 - where the demo's own clock begins
    _show(lambda folder: bench_loop(folder, _clean(), now, cases, speed, seed), as_json=as_json)


def rivals(database: str | None, *, as_json: bool) -> None:
    """Measure a score for each rival."""

    async def measure(folder: Path) -> Any:
        return Figures(await bench_rivals(folder, _clean(), database))

    _show(measure, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by name; a rival that is not installed here is `absent`."""

    by_name: dict[str, Any]


def _policy() -> Policy:
    return load_policy(data_folder("config") / "policy.toml")


def _clean() -> dict[str, str]:
    return without_settings(environment())


def _show(measure: Callable[[Path], Coroutine[Any, Any, Any]], *, as_json: bool, in_memory: bool = False) -> None:
    """Measure and print. `in_memory`: the disk is not measured, so use a folder in memory where there is one."""
    place = MEMORY if in_memory and MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="wakeup-bench-", dir=place) as folder:
        try:
            measured = asyncio.run(measure(Path(folder)))
            figures = measured.by_name if isinstance(measured, Figures) else asdict(measured)
        except (WakeupError, BenchError) as error:
            fail(str(error), code=1)
    say_figures(figures, as_json=as_json)
