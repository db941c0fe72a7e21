"""The scripts are read and checked once for all stories. Whether they are published is told in stories of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from wakeup.runtime import surroundings
from wakeup.runtime.scripts.library import load_library


@pytest.fixture(autouse=True, scope="session")
def library_read_once() -> Iterator[None]:
    read = cache(load_library)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surroundings, "scripts_in_force", lambda folder, _database_url: read(folder))
        yield
