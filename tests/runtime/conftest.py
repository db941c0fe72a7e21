"""Commands and services in the test process take the scripts that were read once: each would check all of them again.

What `config check` reports about scripts is tested with them (tests/ivr/test_publishing_commands.py). Tests of
published scripts, and all processes of their own, read them from the files.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ivr.stage import LIBRARY
from tests.scenario import virtual
from wakeup.runtime import infrastructure
from wakeup.runtime.scripts import published


@pytest.fixture(autouse=True, scope="package")
def scripts_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for reader in (infrastructure, published, virtual):
            patch.setattr(reader, "scripts_in_force", lambda _folder, _database_url: LIBRARY)
        yield
