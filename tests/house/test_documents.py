"""The documents agree with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_group

from tests.house import deciding_page
from tests.house.states_page import DIAGRAMS, PAGE, diagram, renewed, shown
from tests.house.tree import ROOT, files, name_of, python, text_of

_MENTION = re.compile(r"(?<![\w./-])wakeup ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")


@pytest.mark.parametrize("name", DIAGRAMS)
def test_the_state_diagrams_are_those_of_the_tables(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert shown(page, name) == diagram(name), "run: python -m tests.house.states_page"
    assert renewed(page) == page


def test_the_page_on_deciding_says_what_the_code_decides() -> None:
    page = text_of(deciding_page.PAGE)
    assert deciding_page.renewed(page) == page, "run: python -m tests.house.deciding_page"


def commands() -> dict[str, str]:
    """The help of `serve`, `outbox list`, …: of each command that `wakeup --help` and the helps of its groups offer."""
    from wakeup.cli.app import app

    return dict(helps(get_group(app)))


def helps(group: TyperGroup, within: str = "") -> Iterator[tuple[str, str]]:
    """The helps of commands, each of which begins with the line that its group shows for it."""
    context = typer.Context(group)
    for name, listed in list(group.commands.items()):
        command: Any = group.resolve_command(context, [name])[1]
        assert first_paragraph(command) == first_paragraph(listed), f"{within}{name}"
        if isinstance(command, TyperGroup):
            yield from helps(command, f"{name} ")
        else:
            yield f"{within}{name}", command.help or ""


def first_paragraph(command: Any) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())


def test_cleaning_up_removes_no_database_and_no_anchors() -> None:
    """With the default settings the database, the anchors and the erasures file are in `var`."""
    recipe = text_of(ROOT / "Makefile").partition("\nclean:\n")[2]
    removed = {ROOT / name for name in recipe.split()[2:]}
    assert ROOT / ".venv" in removed
    kept = [ROOT / path for path in re.findall(r'"(?:sqlite:///)?(var/[^"]+)"', text_of(ROOT / "config/default.toml"))]
    assert len(kept) == 2
    assert not [path for path in kept if {path, *path.parents} & removed]


def test_the_variables_on_the_page_of_scripts_are_those_that_calls_have() -> None:
    from wakeup.workshop.lint.facts import GIVEN

    table = text_of(ROOT / "docs/scripts.md").partition("### Variables")[2].partition("###")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(first_cells))) == sorted(GIVEN)


def written() -> str:
    """The README and all pages of docs as one text."""
    pages = [path for path in files() if path.suffix == ".md" and name_of(path).split("/")[0] in {"README.md", "docs"}]
    return "\n".join(text_of(path) for path in pages)


def code_in(pages: str) -> str:
    """The text in code spans and code blocks: prose may say "wakeup call"."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", pages, re.DOTALL))


def test_every_command_there_is_is_documented() -> None:
    pages = re.sub(r"\s+", " ", code_in(written()))
    assert not {command for command in commands() if f"wakeup {command}" not in pages}


def test_no_document_promises_a_command_that_is_not_there() -> None:
    known = commands().keys()
    groups = {command.split()[0] for command in known if " " in command}
    promised = {
        f"{first} {second}" if first in groups and second else first
        for first, second in _MENTION.findall(code_in(written()))
    }
    assert not promised - known - groups


def test_a_page_with_commands_says_where_the_terminal_finds_them() -> None:
    pages = [path for path in files() if name_of(path) == "README.md" or re.fullmatch(r"docs/\w+\.md", name_of(path))]
    using = [path for path in pages if path.name == "README.md" or "\nwakeup " in text_of(path)]
    assert len(using) > 5
    assert not [name_of(path) for path in using if "source .venv/bin/activate" not in text_of(path)]


def test_every_command_says_what_it_does() -> None:
    assert not [command for command, told in commands().items() if not told]


def said_in_code(*patterns: str) -> set[str]:
    """The matches of these patterns in the product's code: event names and metrics that operators see."""
    code = "\n".join(text_of(path) for path in python("wakeup"))
    return {word for pattern in patterns for word in re.findall(pattern, code)}


def test_an_operator_called_at_night_finds_the_word_in_the_runbook() -> None:
    page = text_of(ROOT / "docs" / "operations.md")
    causes = said_in_code(r'"alarm:([a-z_]+)"', r'\balarm\("([a-z_]+)"[,)]')
    errors = said_in_code(r'log\.(?:error|exception|critical)\(\s*"([a-z_]+)"', r'PerItem\(\w+, "([a-z_]+)"')
    causes |= said_in_code(r'"([a-z_]+_after_(?:allow|cancel))"')
    assert len(causes) > 15 and len(errors) > 10
    assert not {word for word in causes | errors - {"alarm"} if f"`{word}`" not in page}


def test_the_call_in_the_readme_is_spoken_by_a_script() -> None:
    blocks = re.findall(r"```\n(bank .*?)```", text_of(ROOT / "README.md"), re.DOTALL)
    spoken = re.findall(r"^voice (.*?)(?=^\w|^ +…)", blocks[0], re.DOTALL | re.MULTILINE)
    script = re.sub(r"\s+", " ", text_of(ROOT / "scripts_ivr" / "police_imp" / "transcript.en.txt"))
    sentences = [one for said in spoken for one in re.split(r"(?<=[.?]) ", re.sub(r"\s+", " ", said).strip())]
    assert len(sentences) > 10
    assert not [one for one in sentences if one not in script]


def test_no_document_names_a_metric_that_is_not_counted() -> None:
    code = "\n".join(text_of(path) for path in python("wakeup"))
    named = set(re.findall(r"`wakeup_([a-z_]+)", written()))
    assert len(named) > 15
    kinds = r"_(?:total|seconds)$"
    assert not {
        name for name in named if re.sub(kinds, "", re.sub(kinds, "", name)).removeprefix("guardian_") not in code
    }
