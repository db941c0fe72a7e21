"""Every test and mutant that docs/why.md names exists."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, text_of
from tests.mutants.run import mutants

PAGE = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
MUTANTS = sorted(set(re.findall(r"mutant `(\w+)`", PAGE)))


def test_the_why_page_names_tests_and_mutants() -> None:
    assert len(TESTS) > 15
    assert len(MUTANTS) > 8


def test_every_test_that_the_why_page_names_exists() -> None:
    assert not [(file, name) for file, name in TESTS if not re.search(rf"\bdef {name}\b", text_of(ROOT / file))]


def test_every_mutant_that_the_why_page_names_exists() -> None:
    assert not set(MUTANTS) - {one.name for one in mutants()}
