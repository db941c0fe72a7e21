"""`migrate --before` applies everything up to the last `pre` migration, earlier `post` migrations included, while nodes of
the previous version run. So only the `post` migrations behind the last `pre` may take anything away from them, and a
table that is in use gets its index while others write to it."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import python

MIGRATIONS = sorted((path for path in python("migrations") if path.stem[:4].isdecimal()), key=lambda path: path.stem)


def takes_away(source: str) -> list[str]:
    """Return the operations of a migration's upgrade that do more than insert rows."""
    [upgrade] = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    done = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in done if not _inserts(call)]


def _inserts(call: ast.Call) -> bool:
    statement = call.args[0] if ast.unparse(call.func) == "op.execute" and call.args else None
    return isinstance(statement, ast.Constant) and str(statement.value).startswith("INSERT INTO ")


def test_a_post_migration_that_runs_beside_old_nodes_only_inserts_rows() -> None:
    last_pre = max(n for n, path in enumerate(MIGRATIONS) if "_pre_" in path.stem)
    early = [path for path in MIGRATIONS[:last_pre] if "_post_" in path.stem]
    narrowing = {path.stem: found for path in early if (found := takes_away(path.read_text()))}
    assert not narrowing, "`migrate --before` would run this beside old nodes: append it behind the last pre"


@pytest.mark.parametrize(
    "step", ['op.drop_column("cases", "tier")', 'op.execute("DELETE FROM cases")', "run(op.get_bind())"]
)
def test_a_post_migration_that_narrows_anything_is_recognised(step: str) -> None:
    assert takes_away(f"def upgrade():\n    {step}\n")
    assert not takes_away('def upgrade():\n    op.execute("INSERT INTO retention VALUES (1)")\n')


def indexed_at_once(source: str) -> set[str]:
    """Return the tables to which a migration's upgrade adds an index at once though it has not made them."""
    upwards = [step for step in ast.parse(source).body if getattr(step, "name", "") != "downgrade"]
    calls = [node for step in upwards for node in ast.walk(step) if isinstance(node, ast.Call)]
    made = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "op.create_table"}
    return {ast.unparse(call.args[1]) for call in calls if ast.unparse(call.func) == "op.create_index"} - made


def test_an_index_on_a_table_that_was_there_is_built_beside_its_writers() -> None:
    """Every table of the first migration is new."""
    found = {path.stem: tables for path in MIGRATIONS[1:] if (tables := indexed_at_once(path.read_text()))}
    assert not found, "see wakeup.storage.online"


def test_an_index_that_is_built_at_once_is_recognised() -> None:
    at_once = 'def upgrade():\n    op.create_index("x", "cases", ["tier"])\n'
    assert indexed_at_once(at_once) == {"'cases'"}
    assert not indexed_at_once(at_once.replace("op.create_index", 'op.create_table("cases")\n    op.create_index'))
    assert not indexed_at_once(at_once.replace("op.create_index", "create_index"))
