"""The table of what runs first and what stays together names only files that exist."""

from __future__ import annotations

import pytest

from tests.house.tree import ROOT
from tests.xdist_schedule import APART, FIRST, TOGETHER, WAITING, rank, scope


@pytest.mark.parametrize("name", sorted({*APART, *FIRST, *TOGETHER, *WAITING}))
def test_every_place_that_the_schedule_names_exists(name: str) -> None:
    place = ROOT / name
    assert place.is_dir() if name.endswith("/") else place.is_file()


def test_the_schedule_runs_named_places_first_and_keeps_sharing_tests_together() -> None:
    board, handset = "tests/browser/test_console.py::test_a", "tests/browser/test_handset.py::test_b"
    assert scope(board) == scope(handset) == "tests/browser/"
    assert scope("tests/kill/test_talks.py::test_a") != scope("tests/kill/test_talks.py::test_b")
    assert scope("tests/unit/test_reply.py::test_a[1]") == scope("tests/unit/test_reply.py::test_b[2]")
    assert rank(board) < rank("tests/ivr/test_golden.py::test_a") < rank("tests/unit/test_reply.py::test_a")
