"""Words and habits that are not allowed and that ruff does not know. The words are composed of pieces here, so that this
file does not match itself.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import calls, files, name_of, nodes_of, python, text_of

NOTES_TO_SELF = re.compile("|".join(rf"\b{a}{b}\b" for a, b in (("TO", "DO"), ("FIX", "ME"))))
MACHINES = re.compile(r"(?<![\w.])/(?:work/(?:main|shared)|root|home/\w+|Users/\w+)(?:/|\b)")
HOSTS = re.compile(
    "|".join(
        re.escape(f"{name}.{ending}")
        for name, ending in (
            ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("jsdelivr", "net"),
            ("unpkg", "com"), ("crates", "io"), ("anaconda", "org"), ("artifactory", ""), ("nexus", "local"),
        )
    )
)  # fmt: skip
MOCKS = {"unittest." + "mock", "mo" + "ck", "pytest_" + "mock"}
REAL_WAITS = {
    "tests/simulator/": "its loop's time is virtual: seconds pass in no time",
    "tests/kill/": "watches processes that are killed, and those have no clock but the wall's",
}
"""Folder -> why its tests may wait in real time."""


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{n}: {line.strip()[:80]}"
        for path in paths
        if pattern.search(text_of(path))
        for n, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_notes_to_self() -> None:
    """In Python ruff finds them."""
    written = [path for path in files() if path.suffix not in {".lock", ".py"}]
    assert not found(NOTES_TO_SELF, written)


def test_no_path_of_one_machine_and_no_package_registry_is_named() -> None:
    kept = list(files())
    assert not found(MACHINES, kept)
    assert not found(HOSTS, kept)


def test_no_module_imports_a_mock() -> None:
    guilty = []
    for path in python("wakeup", "tests"):
        for node in nodes_of(path):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)]
                if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            if MOCKS & set(names):
                guilty.append(f"{name_of(path)}: {ast.unparse(node)}")
    assert not guilty


def test_no_error_is_swallowed_unseen() -> None:
    """Handlers that swallow everything are found by ruff."""
    guilty = [
        f"{name_of(path)}:{call.lineno}"
        for path in python("wakeup", "tests")
        for name, call in calls(path)
        if name.split(".")[-1] == "suppress"
        and any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in call.args)
    ]
    assert not guilty


def real_wait(name: str, call: ast.Call) -> bool:
    if name not in {"time.sleep", "asyncio.sleep", "sleep"} or not call.args:
        return False
    first = call.args[0]
    return isinstance(first, ast.Constant) and isinstance(first.value, int | float) and first.value > 0


def test_no_test_sleeps() -> None:
    sleeping = [
        f"{name_of(path)}:{call.lineno}"
        for path in python("tests")
        if not name_of(path).startswith(tuple(REAL_WAITS))
        for name, call in calls(path)
        if real_wait(name, call)
    ]
    assert not sleeping


def test_no_test_is_skipped_without_a_reason() -> None:
    silent = []
    for path in python("tests"):
        for name, call in calls(path):
            if name.split(".")[-1] in {"skip", "skipif", "xfail", "importorskip"} and "pytest" in name:
                said = [*call.args, *(word.value for word in call.keywords if word.arg == "reason")]
                if not said or (name.endswith("skipif") and not any(word.arg == "reason" for word in call.keywords)):
                    silent.append(f"{name_of(path)}:{call.lineno}")
        silent += [
            f"{name_of(path)}:{node.lineno}"
            for node in nodes_of(path)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for mark in node.decorator_list
            if ast.unparse(mark) in {"pytest.mark.skip", "pytest.mark.xfail"}
        ]
    assert not silent
