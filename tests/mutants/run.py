"""Take one guard out of the product at a time, in copies of the tree, and require that the tests it names fail.

`make mutants`, or `python tests/mutants/run.py [--only NAME …] [--json]`. A test that failed before, or that cannot
even be collected, proves nothing: the untouched copy must pass, and only failed assertions count.

The tables beside this file hold the mutants, sorted by file, then by name. A table has the name of the package whose
mutants it holds, or of one module; a mutant stands in the table that names its file most closely:

    [[mutant]]
    name = "acting_right"
    guard = "an act at the console takes the right to it"
    file = "wakeup/usecases/acting.py"
    old = '    demand(who, right)'
    new = ''
    tests = ["tests/unit/test_bulk_release.py::test_asking_needs_the_right_a_reason_a_ticket_and_the_list_that_was_seen"]

`old` and `new` are whole lines with their indentation; an empty `new` takes the lines out. `old` must be in the file
once, so it may need a line of context. A mutant that changes several places has `file`, `old` and `new` in a
`[[mutant.edit]]` for each.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from queue import Queue
from time import monotonic
from typing import Any
from xml.etree import ElementTree as ET

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AT_ONCE = 2
TEST_SECONDS = 90
PATIENCE_SECONDS = 300
CAUGHT, SURVIVED, STALE, BROKEN = "caught", "survived", "no longer applies", "broken"
OUR_OWN_MISTAKES = ("NameError", "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError")
"""A mutant that fails with one of these errors was badly written; the failure shows nothing about the guard."""


class StaleError(Exception):
    """The code has moved on: a mutant no longer finds the lines that it changes. The text says how to mend it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines of one file, and what they become."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """The edits that take one guard out, and the tests that must fail with them."""

    name: str
    table: str
    guard: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    def applied(self, folder: Path) -> dict[str, str]:
        """Return the new text of each file below `folder` that it changes. Raises StaleError."""
        texts: dict[str, str] = {}
        for edit in self.edits:
            try:
                if edit.file not in texts:
                    texts[edit.file] = (folder / edit.file).read_bytes().decode()
                texts[edit.file] = replaced(texts[edit.file], edit.old, edit.new)
            except FileNotFoundError:
                gone = f"{self.name} ({self.table}): there is no {edit.file}: say in which file the guard stands now"
                raise StaleError(gone) from None
            except StaleError as error:
                raise StaleError(f"{self.name} ({self.table}): in {edit.file} {error}") from None
        return texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of one mutant."""

    mutant: str
    guard: str
    verdict: str
    caught_by: str = ""
    said: str = ""
    """The first line of the test's message, or how to mend the mutant."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of pytest: which tests failed, which could not run, and how it ended."""

    failed: tuple[tuple[str, str], ...]
    """Each failed test and the first line of its message."""
    errors: tuple[str, ...]
    code: int
    output: str


@cache
def mutants(folder: Path = HERE) -> tuple[Mutant, ...]:
    """Every mutant, table after table. Raises ValueError for what is not written as it must be."""
    return tuple(mutant for path in sorted(folder.glob("*.toml")) for mutant in _table(path))


def _table(path: Path) -> list[Mutant]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name} is not TOML: {error}") from error
    if table.keys() != {"mutant"}:
        raise ValueError(f"{path.name}: a table holds nothing but [[mutant]]")
    return [_mutant(path.name, entry) for entry in table["mutant"]]


def _mutant(table: str, entry: dict[str, Any]) -> Mutant:
    rest = dict(entry)
    try:
        name, guard, tests = rest.pop("name"), rest.pop("guard"), rest.pop("tests")
        edits = tuple(Edit(**edit) for edit in (rest["edit"] if rest.keys() == {"edit"} else [rest]))
    except (KeyError, TypeError):
        raise ValueError(f"{entry.get('name')} ({table}): write it as the head of tests/mutants/run.py shows") from None
    if not guard or not tests:
        raise ValueError(f"{name} ({table}): say which guard it takes out, and which tests must notice")
    return Mutant(name, table, guard, edits, tuple(tests))


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with these whole lines replaced. Raises StaleError unless they are there exactly once."""
    if not old.strip():
        raise StaleError("`old` names no line: give a line of context")
    lines, before = f"\n{text}", f"\n{_lines(old)}"
    at = lines.find(before)
    if at < 0:
        raise StaleError(
            "the lines of `old` are not found: copy into `old` the whole lines in which the guard stands now, with "
            "their indentation, and write `new` anew from them; if the guard is gone, remove the mutant"
        )
    if (again := lines.find(before, at + 1)) >= 0:
        numbers = " and ".join(str(lines.count("\n", 0, place) + 1) for place in (at, again))
        raise StaleError(f"the lines of `old` are found at lines {numbers}: add a line of context to `old` and `new`")
    return f"{lines[:at]}\n{_lines(new)}{lines[at + len(before) :]}"[1:]


def _lines(text: str) -> str:
    """Return whole lines, with or without the end of the last one, as they stand in a file."""
    return text if not text or text.endswith("\n") else f"{text}\n"


class Copy:
    """A copy of the tree in which a guard can be removed for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tree"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        for name in listed.stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                target = self.folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        # Files are compared by content, not by time and size: a mutant and its reversal may fall within one tick of
        # the file system's clock.
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self.folder / "wakeup", quiet=2, invalidation_mode=mode)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("WAKEUP_", "PYTEST_"))},
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._check_what_is_imported(folder)

    def _check_what_is_imported(self, elsewhere: Path) -> None:
        told = subprocess.run(
            [sys.executable, "-c", "import wakeup, tests.mutants as t; print(wakeup.__file__); print(t.__file__)"],
            cwd=elsewhere, env=self.environment, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        for line in told.stdout.split():
            if not Path(line).resolve().is_relative_to(self.folder.resolve()):
                raise RuntimeError("not the copy but the checkout would be tested")

    @contextmanager
    def without(self, mutant: Mutant) -> Iterator[None]:
        """Remove the guard inside `with`. Raises StaleError."""
        texts = mutant.applied(self.folder)
        before = {name: (self.folder / name).read_bytes() for name in texts}
        try:
            for name, text in texts.items():
                (self.folder / name).write_bytes(text.encode())
            yield
        finally:
            for name, was in before.items():
                (self.folder / name).write_bytes(was)

    def run(self, tests: Iterable[str], *options: str) -> Run:
        """Run pytest on these tests."""
        report = self.folder.parent / "report.xml"
        report.unlink(missing_ok=True)
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--timeout={TEST_SECONDS}",
            f"--junitxml={report}", *options, *tests,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, errors="replace", check=False, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run((), (), -1, "the tests never came to an end")
        cases = ET.parse(report).getroot().iter("testcase") if report.exists() else iter(())
        failed: list[tuple[str, str]] = []
        errors: list[str] = []
        for case in cases:
            name = f"{case.get('classname', '').rsplit('.', 1)[-1]}::{case.get('name')}"
            failed += [(name, fault.get("message") or "") for fault in case.findall("failure")]
            errors += [name for _ in case.findall("error")]
        return Run(tuple(failed), tuple(errors), done.returncode, done.stdout + done.stderr)


def judge(copy: Copy, mutant: Mutant) -> Verdict:
    """Remove the guard and see whether a test fails."""
    began = monotonic()
    try:
        with copy.without(mutant):
            run = copy.run(mutant.tests, "-x")
    except StaleError as stale:
        return Verdict(mutant=mutant.name, guard=mutant.guard, verdict=STALE, said=str(stale))
    verdict, by, said = _weigh(run)
    seconds = round(monotonic() - began, 1)
    return Verdict(mutant=mutant.name, guard=mutant.guard, verdict=verdict, caught_by=by, said=said, seconds=seconds)


def _weigh(run: Run) -> tuple[str, str, str]:
    """Return the verdict, the test, and its message."""
    if run.code == 0:
        return SURVIVED, "", ""
    if run.code != 1 or not run.failed:
        return BROKEN, "".join(run.errors[:1]), "".join(run.output.splitlines()[-1:])
    name, message = run.failed[0]
    return (BROKEN if message.startswith(OUR_OWN_MISTAKES) else CAUGHT), name, message.partition("\n")[0]


def untouched(copy: Copy, tests: Sequence[str]) -> str:
    """Return what fails before any guard is removed: empty, or the end of pytest's report."""
    run = copy.run(tests)
    return "" if run.code == 0 else "\n".join(run.output.splitlines()[-15:])


def take_all(chosen: Sequence[Mutant], *, quiet: bool) -> tuple[list[Verdict], list[str]]:
    """Judge the mutants, two at a time. Return their verdicts, and what failed without any of them."""
    with tempfile.TemporaryDirectory(prefix="mutants") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        copies: Queue[Copy] = Queue()
        for copy in pool.map(lambda n: Copy(Path(folder, str(n))), range(AT_ONCE)):
            copies.put(copy)

        def with_copy(act: str, argument: object) -> object:
            copy = copies.get()
            try:
                return globals()[act](copy, argument)
            finally:
                copies.put(copy)

        tests = sorted({test for mutant in chosen for test in mutant.tests})
        halves = [half for n in range(AT_ONCE) if (half := tests[n::AT_ONCE])]
        red = [str(told) for told in pool.map(lambda half: with_copy("untouched", half), halves) if told]
        if red:
            return [], red
        verdicts: list[Verdict] = []
        for verdict in pool.map(lambda mutant: with_copy("judge", mutant), chosen):
            assert isinstance(verdict, Verdict)
            verdicts.append(verdict)
            if not quiet:
                say(_line(verdict))
        return verdicts, []


def _line(verdict: Verdict) -> str:
    by = verdict.caught_by
    what = by if verdict.verdict == CAUGHT else f"{verdict.verdict.upper()} {by} {verdict.said}"
    return f"{verdict.mutant:<34} | {what:<100.100} | {verdict.seconds:5.1f}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Return 0 if every chosen mutant was caught, 1 if one was not, 2 if nothing could be tested."""
    parser = argparse.ArgumentParser(description="Take each guard out once and demand that a test goes red.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this mutant; may be repeated")
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    wish = parser.parse_args()
    chosen = [mutant for mutant in mutants() if not wish.only or mutant.name in wish.only]
    if unknown := set(wish.only) - {mutant.name for mutant in chosen}:
        parser.error(f"no such mutant: {', '.join(sorted(unknown))}")
    began = monotonic()
    if not wish.json:
        say(f"{'mutant':<34} | {'caught by':<100} | seconds")
    verdicts, red = take_all(chosen, quiet=wish.json)
    for report in red:
        sys.stderr.write(f"red without any mutant:\n{report}\n")
    for verdict in verdicts:
        if verdict.verdict == STALE:
            sys.stderr.write(f"{verdict.said}\n")
    at_large = [verdict for verdict in verdicts if verdict.verdict != CAUGHT]
    total = round(monotonic() - began, 1)
    if wish.json:
        facts = {"mutants": len(verdicts), "caught": len(verdicts) - len(at_large), "seconds": total}
        say(json.dumps({**facts, "results": [asdict(verdict) for verdict in verdicts]}))
    elif not red:
        say(f"{len(verdicts) - len(at_large)} of {len(verdicts)} caught in {total:.0f} s")
    return 2 if red else 1 if at_large else 0


if __name__ == "__main__":
    raise SystemExit(main())
