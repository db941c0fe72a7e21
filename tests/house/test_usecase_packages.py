"""The map of the use cases in the architecture page is the folder, room for room."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_room_of_the_use_cases_is_on_the_map() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("| room of `wakeup/usecases` |", 1)[1].split("\n\n", 1)[0]
    drawn = {room for row in table.splitlines()[2:] for room in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert drawn == {folder.parent.name for folder in (ROOT / "wakeup" / "usecases").glob("*/__init__.py")}
