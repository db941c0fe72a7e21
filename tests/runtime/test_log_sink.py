"""The reader of the log may stop reading: the service does not wait for it, and lost lines are counted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread

import pytest

from wakeup.runtime.logs.sink import MAX_WAITING, Sink

LONG = "x" * 100_000


@dataclass
class Pipe:
    """A sink that writes in the background into a pipe."""

    sink: Sink
    reading: int

    def reads(self) -> list[str]:
        """Read until the sink closes its end."""
        with os.fdopen(os.dup(self.reading)) as file:
            return file.read().splitlines()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reading, writing = os.pipe()
    sink = Sink()
    with os.fdopen(writing, "w") as sink.stream:
        sink.in_background()
        yield Pipe(sink, reading)
        # A write that is blocked in the pipe fails, and its thread goes on.
        os.close(reading)
        sink.finish()


def test_lines_come_in_their_order_and_what_waits_at_the_end_is_written(pipe: Pipe) -> None:
    for n in range(1_000):
        pipe.sink.write(str(n))
    pipe.sink.finish()
    pipe.sink.write("after the end")
    assert pipe.sink.stream is not None
    pipe.sink.stream.close()
    assert pipe.reads() == [*map(str, range(1_000)), "after the end"]
    assert pipe.sink.lost == 0


def test_no_log_line_waits_for_a_reader_that_does_not_read_and_lost_lines_are_counted(pipe: Pipe) -> None:
    for _ in range(2 * MAX_WAITING // len(LONG)):
        pipe.sink.write(LONG)
    assert pipe.sink.lost > 0
    pipe.sink.finish(0.01)
    pipe.sink.write("after the end")
    assert pipe.sink.lost > MAX_WAITING // len(LONG), "neither what waited nor what came later could be written"


def test_a_reader_that_reads_again_gets_the_lines_that_come_then(pipe: Pipe) -> None:
    for _ in range(2 * MAX_WAITING // len(LONG)):
        pipe.sink.write(LONG)
    lost, read = pipe.sink.lost, []
    reader = Thread(target=lambda: read.extend(pipe.reads()))
    reader.start()
    pipe.sink.finish(30)
    pipe.sink.write("after the end")
    assert pipe.sink.stream is not None
    pipe.sink.stream.close()
    reader.join()
    assert read[-1] == "after the end"
    assert pipe.sink.lost == lost


NUMBERS = """
import os, sys
from wakeup.runtime.standard_streams import have_standard_streams
have_standard_streams()
sys.stdout.write("swallowed or not")
sys.stdout.flush()
sys.stderr.write("swallowed")
os.write(int(sys.argv[1]), str(os.open("/dev/null", os.O_RDONLY)).encode())
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_opened_file_gets_the_number_of_a_closed_standard_stream(closed: str) -> None:
    reading, writing = os.pipe()
    command = ["/bin/sh", "-c", f'exec "$0" -c "$1" {writing} {closed}', sys.executable, NUMBERS]
    subprocess.run(command, check=True, pass_fds=(writing,), capture_output=True)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert int(answer.read()) > 2
