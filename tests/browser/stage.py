"""A separate demo, as a newcomer starts it, for tests and for pictures."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.demo.stage import infrastructure


@dataclass(frozen=True)
class Demo:
    console: str
    handset: str
    password: str


@contextmanager
def demo(*options: str) -> Iterator[Demo]:
    """Run `wakeup demo` until the test is over; its first output says where to look and how to sign in."""
    with TemporaryDirectory(prefix="wakeup-demo-") as folder:
        child = subprocess.Popen(
            [sys.executable, "-m", "wakeup", "demo", *options, "--folder", str(Path(folder, "demo"))],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True, env=infrastructure(),
        )  # fmt: skip
        assert child.stdout is not None
        try:
            told = child.stdout.readline() + child.stdout.readline()
            found = re.search(r"console (\S+)\s+sign in as .* with (\S+)\s+handset (\S+)", told)
            assert found is not None, told
            yield Demo(console=found[1], handset=found[3], password=found[2])
        finally:
            child.send_signal(signal.SIGTERM)
            child.communicate(timeout=60)
