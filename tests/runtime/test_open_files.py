"""The limit of open files is raised at the start, shared out, and named when it is low.

A limit holds for a whole process and cannot be raised again, so each test asks a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from wakeup.runtime import open_files

LIMIT = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, ({soft}, {hard}));"


def child(soft: int, hard: int, code: str) -> str:
    """What a process with these limits prints."""
    whole = f"{LIMIT.format(soft=soft, hard=hard)} from wakeup.runtime import open_files as f; {code}"
    return subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 1024, 1024), (1024, 1024, 1024)])
def test_the_soft_limit_becomes_the_hard_one(soft: int, hard: int, after: int) -> None:
    told = child(soft, hard, "f.raise_limit(); print(r.getrlimit(r.RLIMIT_NOFILE))")
    assert told == f"({after}, {hard})\n"


def test_a_hard_limit_that_is_named_and_not_granted_leaves_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, whose hard limit is "unlimited"."""
    granted: list[int] = []

    def grant(_: int, limits: tuple[int, int]) -> None:
        if limits[0] == resource.RLIM_INFINITY:
            raise ValueError("current limit exceeds maximum limit")
        granted.append(limits[0])

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", grant)
    open_files.raise_limit()
    assert granted == [open_files.LEAST]


def test_a_node_raises_its_limit_before_anything_else() -> None:
    """Without settings it ends at once, which shows the limit all the same."""
    code = """
import os
from wakeup.cli.commands.serve import serve
os.environ = {"WAKEUP_NO_SUCH": "1"}
try:
    serve()
except SystemExit:
    print(r.getrlimit(r.RLIMIT_NOFILE)[0])
"""
    assert child(256, 1024, "\n" + code) == "1024\n"


@pytest.mark.parametrize(("soft", "most"), [(256, 128), (1024, 512)])
def test_the_public_listener_has_half_of_the_open_files(soft: int, most: int) -> None:
    assert child(soft, soft, "print(f.public_connections())") == f"{most}\n"


def test_a_low_limit_is_named_with_what_to_do() -> None:
    told = child(256, 1024, "print(f.why_too_few())")
    assert told.startswith(
        "the limit of open files is 1024, so the public listener has room for 512 connections: raise"
    )


def test_a_limit_that_is_enough_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for hard in (4096, 1 << 20, resource.RLIM_INFINITY):
        monkeypatch.setattr(resource, "getrlimit", lambda _, hard=hard: (1024, hard))
        assert open_files.why_too_few() is None
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert open_files.public_connections() == open_files.MOST_PUBLIC
