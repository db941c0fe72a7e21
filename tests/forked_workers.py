"""A process that has imported every test module and the program: all workers of a whole run are forked from it.

Five workers would import the same nine hundred modules, parse the same scripts and migrate the same empty database
five times: a tenth of all the work of a run. `pytest -n` starts each worker as a command that speaks through its
standard streams. Here that command is a doorman, who hands his streams to a forked process and waits for its end.

This file is three processes: pytest's first process calls `open_nursery`, the nursery runs `-m tests.forked_workers`,
and the doorman runs this file as a script, so it imports little.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    import pytest


HERE = Path(__file__).parent
FILES = ("conftest.py", "test_*.py")
STREAMS = (0, 1, 2)


def open_nursery(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the nursery. Return its process, and the command that takes the place of `python` for a worker. The
    nursery ends when its standard input is closed and all its children have ended.
    """
    import subprocess

    address = str(folder / "nursery")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_workers", str(door.fileno())],
            cwd=HERE.parent, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=(door.fileno(),),
        )  # fmt: skip
    return nursery, command_of(Path(address))


def command_of(address: Path) -> str:
    # Without `site`, because a doorman needs no package.
    return f"{sys.executable} -S -E {__file__} {address}"


def be_doorman(address: str) -> int:
    """Hand over the standard streams, and return the exit code of the process that works with them."""
    with socket.socket(socket.AF_UNIX) as nursery:
        nursery.connect(address)
        socket.send_fds(nursery, [b"work"], STREAMS)
        code = nursery.recv(8)
    return int(code) if code else 1


def import_all() -> None:
    """Import what every worker would import, with pytest's assertions in it."""
    paths = sorted(path for name in FILES for path in HERE.rglob(name))
    compiled = any(paths[-1].parent.glob(f"__pycache__/{paths[-1].stem}.*pytest*.pyc"))
    helper = None if compiled or sys.dont_write_bytecode else os.fork()
    if helper == 0:
        # In a fresh checkout nothing is compiled yet: a second process compiles from the other end.
        import_each(paths[: len(paths) // 2 : -1])
        os._exit(0)
    import_each(paths)
    if helper is not None:
        os.waitpid(helper, 0)


def import_each(paths: Sequence[Path]) -> None:
    import pytest

    for path in paths:
        try:
            import_module(".".join(path.relative_to(HERE.parent).with_suffix("").parts))
        except pytest.skip.Exception:
            continue
        except Exception as error:  # noqa: BLE001 - raised again where a worker collects this file
            sys.stderr.write(f"{path}: {error!r}\n")


class Importer:
    """In place of a collection."""

    @staticmethod
    def pytest_collection(session: pytest.Session) -> bool:
        import_all()
        # Here hypothesis reads the constants of all modules, from which it takes some of its values.
        session.config.hook.pytest_collection_modifyitems(session=session, config=session.config, items=[])
        return True


def prepare() -> None:
    """Make what never changes: the databases that tests copy, the SQL of all statements, the console's pages."""
    from tests.storage.migrated import stocked_file
    from wakeup.storage.engine import make_engine
    from wakeup.storage.prepared import Prepared
    from wakeup.web.console.context import environment_of
    from wakeup.web.console.i18n import LANGUAGES

    stocked_file()
    on_a_file = make_engine("sqlite://").dialect
    for statement in [one for one in gc.get_objects() if isinstance(one, Prepared)]:
        statement.form(on_a_file)
    for environment in map(environment_of, LANGUAGES):
        for name in environment.list_templates():
            environment.get_template(name)


class Nursery:
    """Forks a worker for each doorman."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._at_work: dict[int, tuple[int, socket.socket]] = {}
        """Of each worker: the descriptor that tells its end, its process id and its doorman."""

    def tend(self) -> None:
        """Only a child returns before the end, when its work is done."""
        lifeline = [sys.stdin.fileno()]
        while lifeline or self._at_work:
            doormen = {doorman.fileno(): pid for pid, doorman in self._at_work.values()}
            ready, _, _ = select.select([self._door, *lifeline, *self._at_work, *doormen], [], [])
            for pid in [doormen[gone] for gone in ready if gone in doormen]:
                # The doorman was killed, because the worker did not end by itself.
                os.kill(pid, signal.SIGKILL)
            for ended in [one for one in self._at_work if one in ready]:
                self._part_with(ended)
            if self._door in ready and self._fork():
                return
            lifeline = [one for one in lifeline if one not in ready]

    def _part_with(self, ended: int) -> None:
        pid, doorman = self._at_work.pop(ended)
        os.close(ended)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(OSError):
            doorman.send(str(code).encode())
        doorman.close()

    def _fork(self) -> bool:
        """Return True in the child."""
        doorman, _ = self._door.accept()
        _, streams, _, _ = socket.recv_fds(doorman, 8, len(STREAMS))
        pid = os.fork()
        if pid == 0:
            for inherited in (self._door, doorman, *(one for _, one in self._at_work.values())):
                inherited.close()
            become_worker(streams)
            return True
        for stream in streams:
            os.close(stream)
        self._at_work[os.pidfd_open(pid)] = pid, doorman
        return False


def become_worker(streams: Sequence[int]) -> None:
    """Do what `python -u -c` would do with the command line that execnet gives to a worker."""
    import atexit
    import shutil

    # The nursery's own folders stay until the nursery ends.
    atexit.unregister(shutil.rmtree)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream, place in zip(streams, STREAMS, strict=True):
        os.dup2(stream, place)
        os.close(stream)
    exec(eval(sys.stdin.readline()), {"__name__": "__main__"})


if __name__ == "__main__" and "/" in sys.argv[1]:
    sys.exit(be_doorman(sys.argv[1]))

if __name__ == "__main__":
    import pytest

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        # What it says of an empty collection is of no interest.
        pytest.main(["--collect-only", "-s", "-p", "no:cacheprovider"], [Importer()])
        prepare()
        # Otherwise each worker's garbage collector scans all of these objects.
        gc.freeze()
        Nursery(listening).tend()
