"""The coaching card: what to ask, what the scammer will do next, one safe step, and what is never said.

The first three are the script's own prompts without its keys: what suits the automated voice suits an agent, too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from wakeup.domain.language import zh_or_en

NEVER = (
    "Never ask for a code, a password or a card number.",
    "Never read out the check code; only our automated voice does.",
    "Never ask for a transfer, not even to a “safe” account.",
    "Never give a number to call; customers dial the one on their card or in the app.",
    "Never argue, blame or rush; the customer's feelings are real.",
    "Never object to being doubted; customers may hang up and call back.",
    "Never promise that the money will be released.",
)
_SENTENCE = re.compile(r"(?<=[。？！?!])|(?<=\.)\s+")
_KEYS = re.compile(r"\bpress\b|请按|按\s?\d|,?\s*\d\s*是")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_STANDS_FOR = {
    "zh": {"police_number": "报警电话", "bank_name": "银行"},
    "en": {"police_number": "the police", "bank_name": "the bank"},
}
"""What an agent says in place of a variable. All others are left to the agent."""
_COUNT = re.compile(r"^\s*(?:(?:First|Second|Third|Last) question\.|(?:第.|最后一)个问题[。,，])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    language: str
    questions: tuple[str, ...]
    prediction: str
    step: str


def card_of(content: str | None, language: str) -> Card | None:
    """Build the card from a script's published content, in the nearest language. None where there is no script."""
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
        questions=tuple(filter(None, (spoken(text, found) for text in asked))),
        prediction=spoken(words.get("predict.firm", ""), found),
        step=spoken(words.get("choice", ""), found),
    )


def spoken(text: str, language: str) -> str:
    """Remove which key to press, and which question it is."""
    known = _STANDS_FOR[zh_or_en(language)]
    text = _VARIABLE.sub(lambda variable: known.get(variable[1], "…"), text)
    kept = [part for part in _SENTENCE.split(_COUNT.sub("", text)) if part and not _KEYS.search(part)]
    return " ".join(part.strip() for part in kept) if kept and kept[0].isascii() else "".join(kept)


def _questions(script: dict[str, object]) -> list[str]:
    """Return the first wording of each question. Those of the script's own kind of scam come first, otherwise in
    the order of the script."""
    nodes = script.get("nodes")
    found = []
    for node in (nodes if isinstance(nodes, dict) else {}).values():
        if node.get("type") == "question" and node.get("variants"):
            found.append(str(node["variants"][0]["prompt"]))
    return sorted(found, key=lambda name: not name.startswith("q"))
