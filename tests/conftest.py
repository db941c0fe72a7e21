"""How the suite runs: in which order, which tests stay on one worker, and the fixtures that every test may use."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
import typer.main
import typer.testing
from execnet import XSpec
from hypothesis import settings

from tests.forked_workers import open_nursery
from tests.storage.postgres import migrated_postgres_url, migrated_template, postgres_server, postgres_url
from tests.xdist_schedule import Together, rank

__all__ = ["migrated_postgres_url", "migrated_template", "postgres_server", "postgres_url"]
NEW_OBJECTS = 20_000
"""Objects allocated minus objects freed before the garbage collector runs on the youngest generation."""

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2_000_000_000

# Hypothesis spends the same time in every run even if it finds nothing, and most faults show within few examples.
# `pytest --hypothesis-profile thorough` searches longer.
settings.register_profile("suite", settings(), max_examples=50)
settings.register_profile("thorough", settings(), max_examples=2_000)
settings.load_profile("suite")

# Imported modules stay in memory. Scanning them again and again took a fifth of the time to collect the tests.
gc.disable()


def pytest_configure() -> None:
    """Test data need not survive a power cut, and tests spend a good part of their time waiting for the disk."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """In a run of all tests, the workers are forked from one process that has imported them."""
    if config.args != config.getini("testpaths") or not hasattr(os, "pidfd_open"):
        return
    folder = Path(tempfile.mkdtemp(prefix="wakeup-nursery-"))
    nursery, command = open_nursery(folder)
    specs[:] = [XSpec(f"{spec}//python={command}") for spec in specs]

    def close() -> None:
        nursery.communicate(timeout=60)
        shutil.rmtree(folder)

    config.add_cleanup(close)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(item.nodeid))


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True, scope="session")
def commands_built_once() -> Iterator[None]:
    """Typer builds all commands from the functions' signatures each time the program is called, which takes
    30 ms. Tests call it hundreds of times in one process."""
    built = cache(typer.main.get_command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", built)
        patch.setattr(typer.testing, "_get_command", built)
        yield


@pytest.fixture(autouse=True)
def process_as_found() -> Iterator[None]:
    """Undo what a command sets for a process of its own: log, hooks, switch interval and garbage collection. Without
    the hook of pytest, an error in a thread would fail no test any more.
    """
    uncaught, in_threads, interval = sys.excepthook, threading.excepthook, sys.getswitchinterval()
    threshold = gc.get_threshold()
    root = logging.getLogger()
    level = root.level
    yield
    sys.excepthook, threading.excepthook = uncaught, in_threads
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)
    gc.enable()
    root.setLevel(level)
    for handler in [one for one in root.handlers if type(one).__module__.startswith("wakeup.")]:
        root.removeHandler(handler)
    structlog.reset_defaults()
