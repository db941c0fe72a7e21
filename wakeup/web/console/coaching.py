"""The coaching card: the first act, what to ask, what the scammer will do next, one safe step, and what is never said.

Questions, prediction and step are the script's own prompts without its keys: what suits the automated voice suits an
agent, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from wakeup.domain.language import zh_or_en

FIRST: Mapping[str, str] = {
    "zh": "要是还连着别的电话，请您先挂掉。要是正在共享屏幕，请您先关掉共享。",
    "en": "If you are on any other call, please end it first. If your screen is shared, please stop sharing it.",
}
"""Said before anything else: a scammer who listens or looks on undoes whatever comes after."""
TOGETHER: Mapping[str, str] = {
    "zh": "您不用独自决定，这件事我陪您一起看。",
    "en": "You need not decide this alone. Let us go through it together.",
}
"""The safe step where the script's own is to press a key for the agent, who is on the line already."""
NEVER = (
    "Never ask for a code, a password or a card number.",
    "Never read out the check code; only our automated voice does.",
    "Never ask for a transfer, not even to a “safe” account.",
    "Never have customers open their app while another call is open or their screen is shared.",
    "Never give a number to call; customers dial the one on their card or in the app.",
    "Never argue, blame or rush; the customer's feelings are real.",
    "Never object to being doubted; customers may hang up and call back.",
    "Never promise that the money will be released.",
)
_SENTENCE = re.compile(r"(?<=[。？！?!])|(?<=\.)\s+")
_KEYS = re.compile(r"(?i)\bpress\b|请按|按\s?(?:\d|[星井]号)|,?\s*\d\s*是")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_STANDS_FOR = {
    "zh": {"police_number": "报警电话", "bank_name": "银行"},
    "en": {"police_number": "the police", "bank_name": "the bank"},
}
"""What an agent says in place of a variable, besides the bank's `credit_bureau`. All others are left to the agent."""
_COUNT = re.compile(r"^\s*(?:(?:First|Second|Third|Last) question\.|(?:第.|最后一)个问题[。,，])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    language: str
    first: str
    questions: tuple[str, ...]
    prediction: str
    step: str


def card_of(content: str | None, language: str, credit_bureau: Mapping[str, str]) -> Card | None:
    """Build the card from a script's published content, in the nearest language. None where there is no script.

    `credit_bureau`: where customers read their credit record, by language.
    """
    if content is None:
        return None
    script = json.loads(content)
    prompts: dict[str, dict[str, str]] = script["prompts"]
    found = next((name for name in prompts if name[:2] == language[:2]), next(iter(prompts), None))
    if found is None:
        return None
    words = prompts[found]
    asked = [words[name] for name in _questions(script["script"]) if name in words]
    return Card(
        language=found,
        first=FIRST[zh_or_en(found)],
        questions=tuple(filter(None, (spoken(text, found, credit_bureau) for text in asked))),
        prediction=spoken(words.get("predict.firm", ""), found, credit_bureau),
        step=spoken(words.get("choice", ""), found, credit_bureau) or TOGETHER[zh_or_en(found)],
    )


def spoken(text: str, language: str, credit_bureau: Mapping[str, str]) -> str:
    """Remove which key to press, and which question it is."""
    of_the_two = zh_or_en(language)
    known = {**_STANDS_FOR[of_the_two], "credit_bureau": credit_bureau[of_the_two]}
    text = _VARIABLE.sub(lambda variable: known.get(variable[1], "…"), text)
    kept = [part for part in _SENTENCE.split(_COUNT.sub("", text)) if part and not _KEYS.search(part)]
    return "".join(kept) if of_the_two == "zh" else " ".join(part.strip() for part in kept)


def _questions(script: dict[str, object]) -> list[str]:
    """Return the first wording of each question. Those of the script's own kind of scam come first, otherwise in
    the order of the script."""
    nodes = script.get("nodes")
    found = []
    for node in (nodes if isinstance(nodes, dict) else {}).values():
        if node.get("type") == "question" and node.get("variants"):
            found.append(str(node["variants"][0]["prompt"]))
    return sorted(found, key=lambda name: not name.startswith("q"))
