"""One fork server for all processes of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kill.fork_server import ForkServer


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as fork_server:
        yield fork_server
