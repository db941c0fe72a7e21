"""A demo as a user starts it: a process with child processes, watched from outside until it has ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from wakeup.demo.setup import new_setup

KEYS = [
    "risk_events", "cases", "calls_placed", "answered", "conversations", "decisions", "undecided", "late_decisions",
    "duplicate_rings", "ghost_rings", "delivered_decisions", "wall_seconds",
]  # fmt: skip
COMMAND = (sys.executable, "-m", "wakeup")
LOOK_S = 1.0


def infrastructure() -> dict[str, str]:
    """The environment of a user who has configured nothing."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WAKEUP_")}


@dataclass(slots=True)
class Ended:
    """A demo that has ended: its output, its processes, and what its service reported on /metrics meanwhile."""

    folder: Path
    code: int
    out: str
    err: str
    processes: list[psutil.Process] = field(default_factory=list)
    metrics: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the only line of output."""
        assert self.out.count("\n") == 1, self.out
        told: dict[str, Any] = json.loads(self.out)
        return told

    def lines_of(self, name: str) -> list[dict[str, Any]]:
        text = (self.folder / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def run_demo(
    folder: Path,
    *options: str,
    command: Sequence[str] = COMMAND,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Ended:
    """Run `wakeup demo --exit --json --folder …` from its start to its end."""
    said = folder.parent / f"{folder.name}.out", folder.parent / f"{folder.name}.err"
    ended = Ended(folder, -1, "", "")
    with said[0].open("w") as out, said[1].open("w") as err:
        child = subprocess.Popen(
            [*command, "demo", *options, "--exit", "--json", "--folder", str(folder)],
            stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=cwd, env=env or infrastructure(),
        )  # fmt: skip
        try:
            for code in until_it_ends(child):
                watch(ended, psutil.Process(child.pid) if code is None else None)
                ended.code = -1 if code is None else code
        finally:
            child.kill()
            child.wait()
    ended.out, ended.err = (path.read_text(encoding="utf-8") for path in said)
    return ended


def until_it_ends(child: subprocess.Popen[bytes]) -> Iterator[int | None]:
    """Yield None every second while the process runs, then its exit code."""
    while True:
        try:
            yield child.wait(timeout=LOOK_S)
        except subprocess.TimeoutExpired:
            yield None
        else:
            return


def watch(ended: Ended, parent: psutil.Process | None) -> None:
    if parent is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        ended.processes += [one for one in parent.children(recursive=True) if one not in ended.processes]
    log = ended.folder / "service.log"
    started = [line for line in ended.lines_of("service.log") if line["event"] == "started"] if log.exists() else []
    if started:
        # The service may be stopping by now: what it reported before is kept.
        with contextlib.suppress(OSError, urllib.error.URLError):
            inside = started[0]["addresses"][2]
            with urllib.request.urlopen(f"{inside}/metrics", timeout=10) as answer:
                ended.metrics = answer.read().decode()


def settings_of(folder: Path) -> dict[str, str]:
    """An environment in which the data of that run can be read: its keys, its database, its anchors."""
    nowhere = "http://127.0.0.1:1"
    stage = new_setup(folder, speed=1, seed=0, now=1, ports=(1, 2, 3))
    return {**infrastructure(), **stage.settings(nowhere, nowhere)}


def private(event: Mapping[str, Any]) -> Iterator[str]:
    """Numbers, names and accounts of one risk event."""
    customer, payee = event["customer"], event["transfer"]["payee"]
    for person in (customer, payee, *event.get("guardians", ())):
        yield person["name"]
        if person.get("phone"):
            yield person["phone"].lstrip("+")
    for number in customer.get("alternate_phones", ()):
        yield number.lstrip("+")
    yield payee["account"]
