"""The command line imports the module of a command when it is used, and of no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.tree import ROOT

RUN = """
import os, sys
from typer.completion import completion_init
completion_init()
sys.argv = ["wakeup", *sys.argv[1:]]
from wakeup.__main__ import main
try:
    main()
finally:
    parts = [name.split(".") for name in sys.modules if name.startswith("wakeup.")]
    sys.stderr.write(" ".join(sorted({name[-1] for name in parts if name[1:3] == ["cli", "commands"] and name[3:]})))
    sys.stderr.write(";" + " ".join(sorted({name[1] for name in parts})))
"""
HELPERS = {"shared", "with_children", "with_store"}
TOOLS = {"bench", "cluster", "demo", "feed", "simulation", "simulator", "workshop"}


def ran(*words: str, **environment: str) -> tuple[str, set[str], set[str]]:
    """What it printed, the modules of commands it imported, and the tools."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={"PYTHONPATH": str(ROOT), "PATH": "", **environment},
    )  # fmt: skip
    modules, _, packages = done.stderr.rpartition("\n")[2].partition(";")
    return done.stdout, set(modules.split()) - HELPERS, set(packages.split()) & TOOLS


@pytest.mark.parametrize(
    ("words", "modules", "tools"),
    [
        ("--help", set(), set()),
        ("serve --help", {"serve"}, set()),
        ("scripts --help", {"scripts"}, set()),
        ("report --help", {"report"}, set()),
        ("scripts schema", {"scripts", "scripts_schema"}, set()),
        ("scripts lint --help", {"scripts", "scripts_lint"}, set()),
    ],
)
def test_a_command_imports_its_own_module(words: str, modules: set[str], tools: set[str]) -> None:
    printed, imported, used = ran(*words.split())
    assert printed
    assert (imported, used) == (modules, tools)


def completed(line: str) -> tuple[list[str], set[str]]:
    """What a shell is offered, and the modules of commands that this imported."""
    last = str(len(line.split()) - 1)
    printed, imported, _ = ran(_WAKEUP_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=last)
    return printed.split(), imported


def test_a_shell_completes_commands_and_their_options() -> None:
    assert completed("wakeup so") == (["soak"], set())
    assert completed("wakeup report --d") == (["--days"], {"report"})
