"""A repository is found by its name: its protocol and its SQL are in modules of the same name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import ROOT, python, tree_of


def classes(package: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Each class of `wakeup/<package>/repositories`, with the name of its module."""
    for path in python("wakeup"):
        if path.parent == ROOT / "wakeup" / package / "repositories":
            yield from ((path.stem, node) for node in tree_of(path).body if isinstance(node, ast.ClassDef))


def test_each_protocol_is_in_the_module_that_has_the_name_of_its_implementation() -> None:
    declared = {
        (module, node.name)
        for module, node in classes("usecases")
        if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    }
    assert len(declared) > 30
    assert declared == {
        (module, node.name.removeprefix("Sql")) for module, node in classes("storage") if node.name.startswith("Sql")
    }
