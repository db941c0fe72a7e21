"""Modules stay small, have a docstring, and have meaningful names."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.house.tree import ROOT, files, name_of, python, text_of, tree_of

MAX_LINES = {"wakeup": 300, "tests": 400}
"""A migration is a list of columns that never changes again, so its length is allowed."""
LONGEST_LINE = 140
"""Of a page: longer than in Python, because a sentence of the page may not be split."""
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
MIGRATION = re.compile(r"([0-9]{4})_(pre|post)_[a-z0-9_]+\.py")


def test_the_tree_is_found() -> None:
    assert len(python("wakeup")) > 100
    assert len(python("tests")) > 50


def test_modules_stay_small() -> None:
    long = {
        name_of(path): lines
        for folder, most in MAX_LINES.items()
        for path in python(folder)
        if (lines := len(text_of(path).splitlines())) > most
    }
    assert not long


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    vague = [name_of(path) for path in files() if VAGUE & {part.removesuffix(".py") for part in path.parts}]
    assert not vague


def test_no_module_gives_one_name_to_two_values() -> None:
    """The later value would replace the earlier one in functions above, and no other check notices."""
    twice = []
    for path in python("wakeup", "tests"):
        targets = [target for node in tree_of(path).body if isinstance(node, ast.Assign) for target in node.targets]
        given = Counter(
            node.id
            for target in targets
            for node in ast.walk(target)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        twice += [f"{name_of(path)}: {name}" for name, times in given.items() if times > 1]
    assert not twice


def test_every_module_begins_by_saying_what_it_is() -> None:
    silent = []
    for path in python("wakeup", "tests", "migrations"):
        if path.name == "__init__.py" and path.is_relative_to(ROOT / "tests"):
            continue
        said = ast.get_docstring(tree_of(path))
        if not said or len(said.strip()) < 10:
            silent.append(name_of(path))
    assert not silent


def test_migrations_say_whether_they_come_before_or_after_the_code() -> None:
    names = [path.name for path in sorted((ROOT / "migrations" / "versions").glob("*.py"))]
    found = [MIGRATION.fullmatch(name) for name in names]
    assert all(found), names
    numbers = [int(match[1]) for match in found if match]
    assert numbers == list(range(1, len(numbers) + 1)), "numbered without gap or repeat"


def test_templates_style_sheets_and_scripts_have_no_long_lines() -> None:
    console, phone = ROOT / "wakeup" / "web" / "console", ROOT / "wakeup" / "simulator" / "phone_page"
    pages = [path for path in files() if path.parent in {console / "templates", console / "static", phone}]
    assert len(pages) > 40
    long = [
        f"{name_of(path)}:{n}"
        for path in pages
        if path.suffix in {".html", ".css", ".js"}
        for n, line in enumerate(text_of(path).splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert not long
