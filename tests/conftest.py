"""How the suite runs: in which order, what stays together, and what every test may ask for."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.storage.postgres import migrated_postgres_url, migrated_template, postgres_server, postgres_url
from tests.xdist_schedule import Together, rank

__all__ = ["migrated_postgres_url", "migrated_template", "postgres_server", "postgres_url"]
NEW_OBJECTS = 20_000
"""Made more than unmade, before the collector looks at the young ones."""

HERE = Path(__file__).parent
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2_000_000_000

# A property that finds nothing takes its time again in every run, and most of what there is to find shows early.
# `pytest --hypothesis-profile thorough` looks for longer.
settings.register_profile("suite", settings(), max_examples=50)
settings.register_profile("thorough", settings(), max_examples=2_000)
settings.load_profile("suite")

# What is imported stays. Looking through it again and again took a fifth of the time to collect the tests.
gc.disable()


def pytest_configure() -> None:
    """Nothing a test writes need outlive a power cut, and a good part of their time is waiting for the disk."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a fresh checkout no test is compiled yet, and all workers would compile all of them: each begins with files of
    its own, and finds those of the others done."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args != session.config.getini("testpaths"):
        return
    begins, count = int(worker["workerid"].removeprefix("gw")), int(worker["workercount"])
    for path in sorted(HERE.rglob("test_*.py"))[begins::count]:
        try:
            import_module(".".join(path.relative_to(HERE.parent).with_suffix("").parts))
        except (Exception, pytest.skip.Exception):  # noqa: BLE001 - raised again where pytest asks for this file
            return


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
