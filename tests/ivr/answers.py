"""Spoken answers at one question of a script, and what they count for."""

from __future__ import annotations

from tests.ivr.stage import LIBRARY, Call
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Question


def rows(table: str) -> list[tuple[str, ...]]:
    """Return script, question and wording, language, and the words with | between them, of each line."""
    return [(*at.split(), words) for at, words in (row.split(": ") for row in table.strip().splitlines())]


def asked(script: str, at: str, language: str) -> Call:
    """Return a call at this question and wording, which gave the answers of its story until then."""
    node, _, letter = at.partition(".")
    variant = "abc".index(letter)
    call = Call(language, variant, published=LIBRARY.latest(script)).to_question()
    while call.conversation.node != node:
        question = call.published.script.nodes[call.conversation.node]
        assert isinstance(question, Question)
        warns = question.variants[variant].risk is Meaning.YES
        call.take("key 1" if warns is (script != "generic") else "key 2")
    return call


def safe_of(script: str, at: str, language: str, words: str) -> dict[str, bool]:
    """Say each of the words at this question. True for a safe answer."""
    return {said: one == "safe" for said, one in meant(script, at, language, words).items()}


def meant(script: str, at: str, language: str, words: str) -> dict[str, str]:
    """Say each of the words at this question. "warns", "safe", or "" if it is asked again."""
    call = asked(script, at, language)
    here, before = call.conversation, len(call.conversation.answers)
    found = {}
    for said in words.split("|"):
        call.conversation = here
        answers = call.take(f"say {said}").conversation.answers[before:]
        found[said] = ("safe" if answers[0].safe else "warns") if answers else ""
    return found
