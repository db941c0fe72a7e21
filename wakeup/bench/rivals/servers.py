"""Start the servers that rivals need where this machine has them, as durable as our own database."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wakeup.bench.load_generator import BenchError
from wakeup.cluster.database import own_postgres
from wakeup.demo.process_guard import ProcessGuard
from wakeup.domain.errors import ConfigError
from wakeup.runtime.clock import monotonic

START_S, LOOK_S = 20.0, 0.05


@contextmanager
def a_postgres(given: str | None) -> Iterator[str | None]:
    """Yield the URL of an empty PostgreSQL for the rival's own driver: the given one, or a temporary one.

    Yields None where there is none.
    """
    with ExitStack() as stack:
        address = given
        if address is None:
            with suppress(ConfigError):
                address = stack.enter_context(own_postgres())
        yield None if address is None else address.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def a_redis() -> Iterator[str | None]:
    """Yield the URL of an empty Redis that writes every change to disk before it answers.

    Yields None where the server is not installed.
    """
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    # A short path, as for PostgreSQL: it is the path of a socket.
    with tempfile.TemporaryDirectory(prefix="wkr") as folder:
        socket = Path(folder, "s")
        guard = ProcessGuard()
        server = subprocess.Popen(  # noqa: S603 - what this machine calls redis-server, and our own words
            [program, "--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        guard.watch(server.pid)
        try:
            _wait_for(socket, server)
            yield f"redis+socket://{socket}"
        finally:
            server.terminate()
            server.wait(START_S)
            guard.unwatch(server.pid)
            guard.close()


def _wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    began = monotonic()
    while not socket.exists():
        if server.poll() is not None or monotonic() - began > START_S:
            raise BenchError("redis-server did not start")
        time.sleep(LOOK_S)
