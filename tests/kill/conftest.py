"""One fork server for all processes of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kill.fork_server import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery
