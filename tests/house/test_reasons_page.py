"""Each reason that a decision can have is on the API page, because banks write rules for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, python, text_of, tree_of
from wakeup.domain.outcome import Outcome

TABLE = re.compile(r"^\| `reason` \| decision \|\n(?:\|.*\n)+", re.MULTILINE)


def said_by(path: Path) -> Iterator[str]:
    """The reasons of this module's verdicts, as literals or by the name of a constant of the module."""
    tree = tree_of(path)
    named = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Verdict":
            for given in call.keywords:
                if given.arg == "reason" and isinstance(given.value, ast.Constant):
                    yield str(given.value.value)
                if given.arg == "reason" and isinstance(given.value, ast.Name) and given.value.id in named:
                    yield str(named[given.value.id])


def test_every_reason_of_a_decision_is_told() -> None:
    table = TABLE.search(text_of(ROOT / "docs" / "api.md"))
    assert table is not None
    told = set(re.findall(r"`([a-z_]+)`", table[0]))
    said = {reason for path in python("wakeup") for reason in said_by(path)}
    assert {"standing", "nobody_reached", "called_back"} <= said, "they are found"
    assert not (said | {outcome.value for outcome in Outcome}) - told
