"""Pages are sent without the indentation of their templates, and say and show the same."""

from __future__ import annotations

import re

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.wanted_words import CONSOLE
from wakeup.web.console.context import environment_of


def parts(source: str) -> list[str]:
    """Tags and text, with one space for each run of white space."""
    lexed = environment_of("en").lex(source)
    return [re.sub(r"\s+", " ", value) for _, kind, value in lexed if kind != "whitespace"]


async def test_a_page_has_no_indentation(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    ann = browsers()
    await ann.sign_in("ann")
    for path in ("/console", f"/console/cases/{case_id}", "/console/bulk"):
        assert not re.search(r"^  ", (await ann.get(path)).text, re.MULTILINE), path


def test_no_words_grow_together_where_the_indentation_is_taken_out() -> None:
    """Jinja drops the end of a line after a tag: what stands on the next one is kept apart by its indentation alone."""
    for path in sorted((CONSOLE / "templates").glob("*.html")):
        source = path.read_text()
        thinner = environment_of("en").preprocess(source)
        assert len(thinner) < len(source) or "\n  " not in source
        assert parts(thinner) == parts(source), path.name
