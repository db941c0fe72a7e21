"""Docstrings and comments name the customer, guardian, agent or call, instead of leaving them to pronouns and metaphors."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from tests.house.tree import name_of, python, text_of

VAGUE = re.compile(r"\b(whoever|whomever|somebody|nobody|of ours|of theirs|anew|bells?|shelf|shelves)\b", re.IGNORECASE)
"""Each has a plain replacement: the noun for the person, `again`, `notification`, `repository`."""
ALLOWED = 1
"""Allowed uses in a module: now and then no other word is as plain."""


def test_prose_says_who_acts() -> None:
    # Most modules have so few of these words, in code and data too, that their prose need not be taken out.
    suspects = [path for path in python("wakeup") if len(VAGUE.findall(text_of(path))) > ALLOWED]
    vague = {
        name_of(path): found
        for path in suspects
        if len(found := [word for text in prose(text_of(path)) for word in VAGUE.findall(text)]) > ALLOWED
    }
    assert not vague, "say who or what it is"


def test_prose_is_docstrings_and_comments_and_not_data() -> None:
    """Words in data, such as what a callee may say, are not limited."""
    source = '"""Module."""\nX = "somebody"  # a comment\n"""About X."""\n\ndef f():\n    """Function."""\n'
    assert sorted(prose(source)) == ["# a comment", "About X.", "Function.", "Module."]


def prose(source: str) -> list[str]:
    """Return docstrings, strings under a name, and comments."""
    statements = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr)]
    written = [node.value for node in statements if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [*written, *(token.string for token in tokens if token.type == tokenize.COMMENT)]
