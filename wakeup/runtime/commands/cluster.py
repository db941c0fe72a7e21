"""`wakeup cluster` and `wakeup soak`: several nodes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from wakeup.domain.errors import ConfigError, WakeupError
from wakeup.runtime.cluster.database import own_postgres
from wakeup.runtime.cluster.nodes import start_nodes
from wakeup.runtime.cluster.soak import Soaked, SoakWish, run_soak
from wakeup.runtime.commands.demo import verdict
from wakeup.runtime.commands.shared import console, environment, explain, fail, say_json
from wakeup.runtime.demo.ledgers import Result
from wakeup.runtime.demo.run import Wish, run_demo
from wakeup.runtime.demo.screen import Screen
from wakeup.storage.demo_mark import want_empty


def cluster(wish: Wish, *, as_json: bool) -> None:
    """The demo against four nodes; exit 0 only if every promise held."""
    with _told(), _database(wish.database) as url:
        result = asyncio.run(_cluster(replace(wish, database=url), as_json=as_json))
    if as_json:
        say_json(asdict(result))
    else:
        console.print(verdict(result), soft_wrap=True)
    raise SystemExit(0 if result.promises_held else 1)


async def _cluster(wish: Wish, *, as_json: bool) -> Result:
    _end_with_us()
    now = time.time()  # noqa: TID251 - where the demo's own clock begins
    if as_json or not console.is_terminal:
        return (await run_demo(wish, environment(), now, None, start_nodes)).result
    with Screen(console) as screen:
        return (await run_demo(wish, environment(), now, screen.show, start_nodes)).result


def soak(minutes: float, seed: int, database: str | None, folder: Path | None, *, as_json: bool) -> None:
    """Kill and pause nodes at random, then ask the strangers; exit 0 only if every promise held."""
    with _told(), _database(database) as url, _folder(folder) as place:
        want_empty(url)
        wish = SoakWish(minutes=minutes, seed=seed, database=url, folder=place)
        now = time.time()  # noqa: TID251 - where the soak's own clock begins
        result = asyncio.run(_soak(wish, now))
    if as_json:
        say_json(asdict(result))
    else:
        for name, value in asdict(result).items():
            console.print(f"{name:>12}  {value}")
    raise SystemExit(0 if result.promises_held else 1)


async def _soak(wish: SoakWish, now: float) -> Soaked:
    _end_with_us()
    return await run_soak(wish, environment(), now)


def _end_with_us() -> None:
    """Whoever ends us means our children too."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _told() -> Iterator[None]:
    # From the first moment on, so that a database that is just starting is not left behind.
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        yield
    except ConfigError as wrong:
        fail(*wrong.faults)
    except WakeupError as error:
        fail(explain(error), code=1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("stopped before everything was decided", code=130)


@contextmanager
def _database(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
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
