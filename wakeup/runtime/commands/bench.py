"""`wakeup bench …`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wakeup.domain.errors import WakeupError
from wakeup.domain.policy import Policy
from wakeup.runtime.bench.backlog import bench_backlog
from wakeup.runtime.bench.ingest import bench_ingest
from wakeup.runtime.bench.latency import bench_latency
from wakeup.runtime.bench.script import bench_script
from wakeup.runtime.bench.window import bench_window
from wakeup.runtime.bench.wire import BenchError
from wakeup.runtime.commands.shared import console, environment, fail, say_json
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy_file import load_policy

MEMORY = Path("/dev/shm")  # noqa: S108 - only where a temporary folder is made


def ingest(events: int, rounds: int, *, as_json: bool) -> None:
    """Ratio to a bare handler."""
    _show(lambda folder: bench_ingest(folder, _clean(), events, rounds), as_json=as_json)


def latency(events: int, *, as_json: bool) -> None:
    """Milliseconds from event to POST."""
    _show(lambda folder: bench_latency(folder, _clean(), events), as_json=as_json)


def script(turns: int, *, as_json: bool) -> None:
    """Microseconds a turn."""

    async def measure(_folder: Path) -> Any:
        return bench_script(data_folder("scripts_ivr"), turns)

    _show(measure, as_json=as_json)


def window(load: float, minutes: int, seed: int, *, as_json: bool) -> None:
    """Shares of the clairvoyant optimum."""
    _show(lambda folder: bench_window(folder, _policy(), load, minutes, seed), as_json=as_json, in_memory=True)


def backlog(attempts: int, rounds: int, *, as_json: bool) -> None:
    """Milliseconds a claim."""
    _show(lambda folder: bench_backlog(folder, _policy(), attempts, rounds), as_json=as_json)


def _policy() -> Policy:
    return load_policy(data_folder("config") / "policy.toml")


def _clean() -> dict[str, str]:
    return {name: value for name, value in environment().items() if not name.startswith("WAKEUP_")}


def _show(measure: Callable[[Path], Coroutine[Any, Any, Any]], *, as_json: bool, in_memory: bool = False) -> None:
    """`in_memory`: what is measured is not the disk, so it need not be waited for, where there is another place."""
    place = MEMORY if in_memory and MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="wakeup-bench-", dir=place) as folder:
        try:
            figures = asdict(asyncio.run(measure(Path(folder))))
        except (WakeupError, BenchError) as error:
            fail(str(error), code=1)
    if as_json:
        say_json(figures)
    else:
        for name, value in figures.items():
            console.print(f"{name:>12}  {value}")
