"""Migrations run whole or not at all, up and down, on every database: on SQLite all of them, on PostgreSQL each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import inspect

from wakeup.storage.engine import make_engine
from wakeup.storage.migrate import downgrade, upgrade
from wakeup.storage.revision import current_revision

HOUSE = Path(__file__).parents[2] / "migrations"
REVISION = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    {up}


def downgrade():
    {down}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A test folder with two revisions, and the project's own migration environment."""
    folder = tmp_path / "100% migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(HOUSE / name, folder)
    add(
        folder,
        "0001",
        None,
        "op.create_table('a', sa.Column('n', sa.Integer, primary_key=True)); "
        "op.create_table('b', sa.Column('a', sa.Integer, sa.ForeignKey('a.n', ondelete='CASCADE')))",
        "op.drop_table('b'); op.drop_table('a')",
    )
    add(
        folder,
        "0002",
        "0001",
        "_widen()",
        "_narrow()",
        "def _widen():\n    with op.batch_alter_table('a') as a:\n"
        "        a.add_column(sa.Column('word', sa.Text, nullable=False, server_default='x'))\n"
        "        a.create_check_constraint('word_short', 'length(word) < 9')\n"
        "def _narrow():\n    with op.batch_alter_table('a') as a:\n"
        "        a.drop_constraint('word_short', type_='check')\n        a.drop_column('word')\n",
    )
    return folder


def add(folder: Path, revision: str, before: str | None, up: str, down: str, more: str = "") -> None:
    text = REVISION.format(revision=revision, before=before, up=up, down=down)
    (folder / "versions" / f"{revision}.py").write_text(text + more)


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = make_engine(url)
    with engine.begin() as connection:
        result = connection.exec_driver_sql(statement)
        found = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    engine = make_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_a_database_is_migrated_up_and_down_with_rows_in_it(database_url: str, folder: Path) -> None:
    assert current_revision(database_url) is None
    upgrade(database_url, lambda: folder, "0001")
    rows(database_url, "INSERT INTO a VALUES (1)")
    rows(database_url, "INSERT INTO b VALUES (1)")
    upgrade(database_url, lambda: folder)
    assert current_revision(database_url) == "0002"
    assert rows(database_url, "SELECT n, word FROM a") == [(1, "x")]
    assert rows(database_url, "SELECT a FROM b") == [(1,)]
    upgrade(database_url, lambda: folder)
    downgrade(database_url, lambda: folder, "0001")
    assert rows(database_url, "SELECT * FROM a") == [(1,)]
    assert rows(database_url, "SELECT a FROM b") == [(1,)]
    downgrade(database_url, lambda: folder, "base")
    assert tables(database_url) == {"schema_revision"}


def test_a_migration_that_breaks_leaves_nothing_behind(database_url: str, folder: Path) -> None:
    add(folder, "0003", "0002", "op.create_table('c', sa.Column('n', sa.Integer)); raise LookupError", "pass")
    with pytest.raises(LookupError):
        upgrade(database_url, lambda: folder)
    on_postgres = database_url.startswith("postgresql")
    assert current_revision(database_url) == ("0002" if on_postgres else None), "nobody waits there for all of them"
    assert tables(database_url) - {"schema_revision"} == ({"a", "b"} if on_postgres else set())
    add(folder, "0003", "0002", "op.create_table('c', sa.Column('n', sa.Integer))", "pass")
    upgrade(database_url, lambda: folder)
    assert tables(database_url) == {"a", "b", "c", "schema_revision"}
