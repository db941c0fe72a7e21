"""A name in Arabic or Hebrew turns the order of the digits beside it on a line, unless each is kept apart."""

from __future__ import annotations

import re

from tests.console.wanted_words import CONSOLE

_FROM_OUTSIDE = re.compile(
    r"masks\.(name|phone|account)\(|\b(p|payee|payees\[t\.id\])\.(name|phone|account|bank)\b|\bfirst\.text|\bheard\("
)
_SHOWN = re.compile(r"(?P<before>\S*\s*)\{\{(?P<what>[^{}]+)\}\}")


def test_every_name_and_number_from_outside_is_kept_apart_from_the_text_beside_it() -> None:
    bare, kept = [], 0
    for path in sorted((CONSOLE / "templates").glob("*.html")):
        text = re.sub(
            r'<option.*?</option>|<input type="hidden".*?}}">|macro person_in_attribute.*?endmacro',
            "",
            path.read_text(),
            flags=re.DOTALL,
        )
        for shown in _SHOWN.finditer(text):
            if not _FROM_OUTSIDE.search(shown["what"]):
                continue
            kept += 1
            if not shown["before"].endswith("<bdi>"):
                bare.append(f"{path.name}: {shown['what']}")
    assert not bare and kept > 8
