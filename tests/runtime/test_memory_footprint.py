"""What a service that runs for months keeps in memory, and what it does not."""

from __future__ import annotations

import subprocess
import sys

from tests.house.tree import ROOT

NEVER = (
    "alembic",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "wakeup.bench",
    "wakeup.cluster",
    "wakeup.demo",
    "wakeup.feed",
    "wakeup.simulation",
    "wakeup.simulator",
    "wakeup.workshop",
)


def test_a_service_on_a_file_reads_no_migrations_no_postgresql_and_no_tool() -> None:
    read = "import sys, wakeup.__main__, wakeup.cli.commands.serving"
    asked = f"{read}; print([name for name in {NEVER} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == "[]\n"
