"""A process that a demo runs to its end goes with the demo, and its failure says what is known."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from wakeup.demo.processes import DemoError, Processes

HANGS = """
import os, pathlib, signal
pathlib.Path("here").write_text(str(os.getpid()))
signal.sigtimedwait([signal.SIGUSR1], 20)
"""


def processes(folder: Path, program: str) -> Processes:
    (folder / "program.py").write_text(f"import os\nos.chdir({str(folder)!r})\n{program}")
    return Processes(folder, {**os.environ, "PYTHONPATH": str(folder)})


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_demo_that_ends_meanwhile_ends_what_it_runs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "here")

    async def story() -> int:
        told: list[str] = []
        async with processes(tmp_path, HANGS) as ours:
            guard = ours._guard
            guard.watch, guard.unwatch = (  # type: ignore[method-assign]
                lambda pid: told.append(f"watch {pid}"),
                lambda pid: told.append(f"unwatch {pid}"),
            )
            running = asyncio.create_task(ours.run("program", ["program"], {}))
            pid = int(await asyncio.to_thread((tmp_path / "here").read_text))
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        assert told == [f"watch {pid}", f"unwatch {pid}"], "also when the demo is killed"
        return pid

    assert gone(asyncio.run(asyncio.wait_for(story(), 15)))


def test_what_still_runs_when_another_process_failed_is_ended_without_a_second_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "here")

    async def story() -> tuple[int, BaseException | None]:
        async with processes(tmp_path, HANGS) as ours:
            running = asyncio.create_task(ours.run("program", ["program"], {}))
            pid = int(await asyncio.to_thread((tmp_path / "here").read_text))
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        return pid, ended

    pid, ended = asyncio.run(asyncio.wait_for(story(), 15))
    assert gone(pid)
    assert isinstance(ended, DemoError)


def test_a_failure_without_a_word_tells_the_status_and_the_likely_cause(tmp_path: Path) -> None:
    async def story() -> None:
        async with processes(tmp_path, "raise SystemExit(3)") as ours:
            await ours.run("program", ["program"], {})

    with pytest.raises(DemoError, match=r"program failed \(exit status 3, nothing in its log; is the disk full\?\)"):
        asyncio.run(story())


def test_a_log_that_cannot_be_written_does_not_keep_a_process_from_its_start(tmp_path: Path) -> None:
    async def story() -> str:
        (tmp_path / "program.log").symlink_to("/dev/full")
        async with processes(tmp_path, 'print("working", flush=True)\nprint("listening on there", flush=True)') as ours:
            return await ours.start("program", ["program"])

    assert asyncio.run(asyncio.wait_for(story(), 15)) == "there"
