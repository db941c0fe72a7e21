"""A repository is found by its name, and only use cases ask it: the handlers of the console name a use case."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import ROOT, name_of, nodes_of, python, tree_of


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


def test_no_handler_of_the_console_asks_a_repository() -> None:
    handlers = [path for path in python("wakeup") if path.parent == ROOT / "wakeup" / "web" / "console"]
    asked = [
        f"{name_of(path)}:{node.lineno}"
        for path in handlers
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "unit"
    ]
    assert len(handlers) > 30
    assert not asked, "write a use case for it, and name it in the handler"
