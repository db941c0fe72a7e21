"""Verify the timeline in a process of its own, for the console.

In the service itself a verification of a year's history would hold the interpreter for minutes, and every event and
every caller on the line would wait for it. What to verify comes as one line of JSON on standard input, as command lines
are seen by others; how far it is, and the result, go to standard output. When standard input ends, the service is
gone, and so are we.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wakeup.runtime.audit_verify import find_faults
from wakeup.storage.chain import Fault

POLITE = 10
"""Added to the process's niceness: calls come first."""
MOST_SHOWN = 100
"""Faults that the console shows. `wakeup audit verify` shows all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to verify."""

    url: str
    key: bytes
    anchors: Path
    node: str
    now: datetime

    def as_line(self) -> bytes:
        facts = {
            "url": self.url, "key": self.key.hex(), "anchors": str(self.anchors), "node": self.node,
            "now": self.now.isoformat(),
        }  # fmt: skip
        return json.dumps(facts).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Wanted:
        facts = json.loads(line)
        return cls(
            url=facts["url"], key=bytes.fromhex(facts["key"]), anchors=Path(facts["anchors"]), node=facts["node"],
            now=datetime.fromisoformat(facts["now"]),
        )  # fmt: skip


def main() -> None:
    os.nice(POLITE)
    # Unbuffered: a thread that waits for the end of standard input must not hold a lock of the interpreter.
    with os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as given:
        wanted = Wanted.of_line(given.readline())
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    try:
        faults = find_faults(
            wanted.url, wanted.key, wanted.anchors, node=wanted.node, now=wanted.now, progress=_tell_progress
        )
    except Exception as error:  # noqa: BLE001 - told to the service, which logs it
        _tell(failed=type(error).__name__)
    else:
        _tell(count=len(faults), faults=[_in_words(fault) for fault in faults[:MOST_SHOWN]])


def _tell_progress(done: int, cases: int) -> None:
    _tell(done=done, cases=cases)


def _tell(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _in_words(fault: Fault) -> str:
    return f"{fault.kind} {fault.case_id or ''} {fault.n or ''}".strip()


def _end_with_the_service() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
