"""What a service that runs for months keeps in memory, and what it does not."""

from __future__ import annotations

import subprocess
import sys

from tests.house.tree import ROOT

NEVER = (
    "alembic",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "wakeup.demo",
    "wakeup.bench",
    "wakeup.simulator",
)


def test_a_service_on_a_file_reads_no_migrations_no_postgresql_and_no_demo() -> None:
    asked = f"import sys, wakeup.cli.commands.serve; print([name for name in {NEVER} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == "[]\n"
