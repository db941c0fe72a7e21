"""Commands and services in the test process take the scripts that were read once: each would check all of them again.

Tests of published scripts, and all processes of their own, read them from the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
import typer.main

from tests.ivr.stage import LIBRARY
from wakeup.runtime import infrastructure


@pytest.fixture(autouse=True, scope="package")
def commands_built_once() -> Iterator[None]:
    """Typer builds all commands from the functions' signatures each time the program is called. Here it is called
    hundreds of times in one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(autouse=True, scope="package")
def scripts_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(infrastructure, "scripts_in_force", lambda _folder, _database_url: LIBRARY)
        yield
