"""The scripts are read and checked once for all stories."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from wakeup.runtime import service
from wakeup.runtime.scripts.library import load_library


@pytest.fixture(autouse=True, scope="session")
def library_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "load_library", cache(load_library))
        yield
