"""A process that has imported the program and loaded its scripts, and has done nothing else: each process of the
service is forked from it.

The forked process is killed like any other. It has its own process id and command line, and no state of an earlier
process. The fork only saves the seconds in which the same modules are imported, the same texts parsed and the same
statements compiled, at each of some thirty starts. The demo's tests start the ordinary command.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.house.tree import ROOT


@dataclass(slots=True)
class ForkedProcess:
    """One process of the service. `returncode` is None while it runs, as for other processes."""

    pid: int
    _server: subprocess.Popen[bytes]
    _code: int | None = field(default=None, init=False)

    @property
    def returncode(self) -> int | None:
        stream = self._server.stdout
        if self._code is None and stream is not None and select.select([stream], [], [], 0)[0]:
            self._read()
        return self._code

    async def wait(self) -> int:
        """Wait for the process to end. Return its exit code, or minus the number of the signal that ended it."""
        if self._code is None:
            await asyncio.to_thread(self._read)
        assert self._code is not None
        return self._code

    def _read(self) -> None:
        stream = self._server.stdout
        assert stream is not None
        self._code = int(stream.readline())


class ForkServer:
    """Forks one process at a time. The next may be forked when the last has been waited for."""

    def __enter__(self) -> Self:
        # Unbuffered, so that no output is held back in a buffer of this process.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.fork_server"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        # The fork server ends when its standard input is closed.
        self._process.communicate(timeout=30)

    def fork(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkedProcess:
        """Fork a process that runs `wakeup` with these arguments in this environment; its output goes to the log."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = json.dumps({"command": command, "environment": dict(environment), "log": str(log)})
        self._process.stdin.write(order.encode() + b"\n")
        return ForkedProcess(int(self._process.stdout.readline()), self._process)


def serve_forks() -> None:
    """Fork at each order; report the child's id, and later how it ended. Only the child returns, and becomes the
    service.
    """
    while order := sys.stdin.readline():
        wish = json.loads(order)
        child = os.fork()
        if child == 0:
            become(wish["command"], wish["environment"], wish["log"])
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def become(command: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    """Do what a shell does before it starts a command."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["wakeup", *command]
    silence = os.open(os.devnull, os.O_RDONLY)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, target in ((silence, 0), (said, 1), (said, 2)):
        os.dup2(source, target)
    for source in (silence, said):
        os.close(source)


if __name__ == "__main__":
    gc.disable()
    from wakeup.cli import app
    from wakeup.cli.commands import migrate, serve, serving
    from wakeup.runtime.data_files import data_folder
    from wakeup.runtime.scripts.library import load_library
    from wakeup.storage.engine import make_engine
    from wakeup.storage.prepared import Prepared

    READ = (serve, serving, migrate, load_library(data_folder("scripts_ivr")))
    on_a_file = make_engine("sqlite://").dialect
    for statement in [one for one in gc.get_objects() if isinstance(one, Prepared)]:
        statement.form(on_a_file)
    # Otherwise each child's garbage collector scans all of these objects at its start.
    gc.collect()
    gc.freeze()
    serve_forks()
    if len(sys.argv) > 1:
        app.main()
