"""On a phone a row of a table becomes a block: in columns of a few millimetres, words would stand letter below letter."""

from __future__ import annotations

import re

from tests.console.wanted_words import CONSOLE

SHARES = "numbers.html"
"""Its tables hold figures only. They are compared by column, so they scroll instead."""


def test_every_table_of_words_is_stacked_on_a_phone() -> None:
    wide = {
        f"{path.name}: {table}"
        for path in (CONSOLE / "templates").glob("*.html")
        for table in re.findall(r"<table[^>]*>", path.read_text())
        if path.name != SHARES and not re.search(r'class="(stack|board)\b', table)
    }
    assert not wide
