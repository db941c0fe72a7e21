"""The mutant patches still apply to the tree, and name tests that exist. `make mutants` checks that these tests
fail.
"""

from __future__ import annotations

import re
import shutil

import pytest

from tests.house.tree import ROOT, text_of
from tests.mutants.run import git_apply, mutants, touched

EVERY = mutants()


def test_the_patches_are_found() -> None:
    assert len(EVERY) > 600


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git, which applies the patches")
def test_every_patch_still_applies() -> None:
    refused = {one.name: told.stderr for one in EVERY if (told := git_apply(ROOT, one.path, "--check")).returncode != 0}
    assert not refused, "the code moved: make the patch again so that it takes out the same guard"


def test_no_patch_touches_a_test() -> None:
    strays = {one.name: names for one in EVERY if (names := [n for n in touched(one.path) if n.startswith("tests/")])}
    assert not strays


def test_the_tests_that_patches_name_exist() -> None:
    missing = [(one.name, test) for one in EVERY for test in one.tests if not exists(test)]
    assert not missing


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    function = re.sub(r"\[.*", "", name.rpartition("::")[2] or name)
    return re.search(rf"\b(def|class) {re.escape(function)}\b" if function else ".", text_of(ROOT / file)) is not None
