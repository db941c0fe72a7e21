"""The tables of packages, in the README and the architecture page, list exactly the packages there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_package_of_the_use_cases_is_in_the_table() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("| package of `wakeup/usecases` |", 1)[1].split("\n\n", 1)[0]
    listed = {package for row in table.splitlines()[2:] for package in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert listed == {folder.parent.name for folder in (ROOT / "wakeup" / "usecases").glob("*/__init__.py")}


def test_each_package_is_in_the_table_of_the_readme() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    table = page.split("| package | what it is |", 1)[1].split("\n\n", 1)[0]
    listed = {package for row in table.splitlines()[2:] for package in re.findall(r"`wakeup/(\w+)`", row.split("|")[1])}

    assert listed == {folder.parent.name for folder in (ROOT / "wakeup").glob("*/__init__.py")}
