"""The mutants still find the lines that they change, and name tests that exist. `make mutants` checks that these
tests fail.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house.tree import ROOT, text_of
from tests.mutants.run import HERE, Mutant, StaleError, mutants, replaced

EVERY = mutants()
TABLES = {one.table for one in EVERY}
LONGEST = 700


def test_the_mutants_are_found() -> None:
    assert len(EVERY) > 600


def test_every_mutant_still_finds_the_lines_that_it_changes() -> None:
    refused, equal = [], defaultdict(list)
    for one in EVERY:
        try:
            equal[tuple(sorted(one.applied(ROOT).items()))].append(one.name)
        except StaleError as error:
            refused.append(str(error))
    assert not refused, "\n".join(refused)
    assert not [names for names in equal.values() if len(names) > 1], "the same mutant twice: one of each is enough"


def test_every_mutant_changes_something_and_no_test() -> None:
    assert not [one.name for one in EVERY for edit in one.edits if edit.old == edit.new]
    assert not [one.name for one in EVERY for edit in one.edits if edit.file.startswith("tests/")]


def test_the_tests_that_mutants_name_exist() -> None:
    missing = [(one.name, test) for one in EVERY for test in one.tests if not exists(test)]
    assert not missing


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    function = re.sub(r"\[.*", "", name.rpartition("::")[2] or name)
    return re.search(rf"\b(def|class) {re.escape(function)}\b" if function else ".", text_of(ROOT / file)) is not None


def test_names_are_unique_and_in_order() -> None:
    assert not [name for name, times in Counter(one.name for one in EVERY).items() if times > 1]
    for before, after in pairwise(EVERY):
        in_order = before.table != after.table or place(before) < place(after)
        assert in_order, f"{after.name} stands in {after.table} before {before.name}: sort by file, then by name"


def place(one: Mutant) -> tuple[str, str]:
    return one.edits[0].file, one.name


def test_every_mutant_stands_in_the_table_that_names_its_file_most_closely() -> None:
    assert not [f"{one.name}: move it to {table_of(one)}" for one in EVERY if one.table != table_of(one)]


def test_every_mutant_is_read() -> None:
    assert not [path.name for path in HERE.glob("*.patch")], "nobody reads a patch: write it as a [[mutant]]"


def table_of(one: Mutant) -> str:
    """Return the table for its first file; `deciding_settle` outdoes `deciding`. A package without one gets one."""
    parts = Path(one.edits[0].file.removeprefix("wakeup/")).with_suffix("").parts
    names = ["_".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return next((f"{name}.toml" for name in names if f"{name}.toml" in TABLES), f"{parts[0]}.toml")


def test_no_table_is_too_long_to_read() -> None:
    lines = {path.name: path.read_text(encoding="utf-8").count("\n") for path in HERE.glob("*.toml")}
    long = {name: count for name, count in lines.items() if count > LONGEST}
    assert not long, "move the mutants of one package or module to a table of its own"


TEXT = "def pay():\n    check()\n    send()\n    check()\n\n    send(2)\n"


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        ("    send()", "    keep()", TEXT.replace("send()", "keep()")),
        ("    send()\n", "    keep()\n", TEXT.replace("send()", "keep()")),
        ("    send(2)\n", "", TEXT.replace("    send(2)\n", "")),
        ("def pay():\n    check()", "def pay():", TEXT.replace("    check()\n", "", 1)),
        ("    send()", "\n    send()\n\n", TEXT.replace("    send()", "\n    send()\n")),
    ],
)
def test_whole_lines_are_replaced(old: str, new: str, after: str) -> None:
    assert replaced(TEXT, old, new) == after


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("    check()", "found at lines 2 and 4: add a line of context"),
        ("send()", "not found: copy into `old` the whole lines"),
        ("    send(", "not found"),
        ("\n", "names no line"),
        ("", "names no line"),
    ],
)
def test_lines_that_are_not_there_once_are_refused(old: str, said: str) -> None:
    with pytest.raises(StaleError, match=re.escape(said)):
        replaced(TEXT, old, "")


def test_neighbours_that_are_alike_are_two() -> None:
    with pytest.raises(StaleError, match="at lines 1 and 2"):
        replaced("x\nx\n", "x", "")


GOOD = 'name = "one"\nguard = "money stays"\nfile = "a.py"\nold = "x"\nnew = ""\ntests = ["tests/a.py"]\n'


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (GOOD.replace('old = "x"', "old = x"), "pay.toml is not TOML: .*line 5"),
        ("", "pay.toml: a table holds nothing but"),
        (GOOD.replace("guard", "gaurd"), r"one \(pay.toml\): write it as the head"),
        (GOOD.replace('new = ""\n', ""), r"one \(pay.toml\): write it as the head"),
        (f"{GOOD}[[mutant.edit]]\n" + GOOD[GOOD.index("file") : GOOD.index("tests")], "write it as the head"),
        (GOOD.replace("money stays", ""), r"one \(pay.toml\): say which guard"),
        (GOOD.replace('"tests/a.py"', ""), r"one \(pay.toml\): say which guard"),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_named(table: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pay.toml").write_text(f"[[mutant]]\n{table}" if table else "[[mutants]]\n", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        mutants(tmp_path)


def test_a_mutant_whose_file_has_gone_or_moved_on_says_so(tmp_path: Path) -> None:
    (tmp_path / "pay.toml").write_text(f"[[mutant]]\n{GOOD}", encoding="utf-8")
    [one] = mutants(tmp_path)
    with pytest.raises(StaleError, match=r"one \(pay.toml\): there is no a.py"):
        one.applied(tmp_path)
    (tmp_path / "a.py").write_text("y\n", encoding="utf-8")
    with pytest.raises(StaleError, match=r"one \(pay.toml\): in a.py the lines of `old` are not found"):
        one.applied(tmp_path)
