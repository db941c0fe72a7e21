"""The conversation so far, as stored between turns. Holds no spoken words; of answers only digits and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic_core import from_json, to_json

from wakeup.domain.fast_dataclass import fast_init, replace
from wakeup.domain.outcome import PRIORITY, Contact, Outcome
from wakeup.ivr.nlu.meaning import Meaning

SILENT = "silent"


class Wish(StrEnum):
    """A request of the conversation to the rest of the system, which decides whether and how to carry it out."""

    GUARDIAN = "guardian"
    """Tell the guardian."""
    CALLBACK = "callback"
    """Call again, at the time that was announced."""
    COMPANY = "company"
    """Ring the guardian now, and join them with the person on the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one scored question."""

    question: str
    meaning: Meaning | None
    """Yes, no or unsure; None for silence or an answer that was not understood."""
    by: str
    """One of keys, speech, silent and unclear."""
    risk: Meaning
    """The answer that meant risk in the wording the callee heard."""
    weight: Decimal
    """What the answer adds to the score."""
    early: bool
    """The key or the words came before the question could have been heard."""
    elapsed_ms: int | None
    turn: int

    @property
    def safe(self) -> bool:
        """True for a plain yes or no that does not mean risk."""
        return self.meaning in (Meaning.YES, Meaning.NO) and self.meaning is not self.risk


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Immutable: every input makes a new one. The script is pinned by id, version and content hash."""

    id: str
    script_id: str
    version: str
    content_hash: str
    language: str
    variant: int
    """Wording of the questions this callee hears, 0 to 2."""
    split_by: str = ""
    """Seed of the splits for this customer: the same in every call, and no personal data."""
    persona: str = ""
    """The persona that speaks; empty when the script has none."""
    unhurried: bool = False
    """Speak more slowly and wait longer: for old people and others who need time."""
    node: str = ""
    """The node where the conversation waits or ended; empty before the call was answered."""
    turns: int = 0
    """Turns given so far, which is also the number of the next turn."""
    steps: int = 0
    visits: Mapping[str, int]
    tries: int = 0
    """How often the question of this node met silence or an unclear answer."""
    silences: int = 0
    """Silences in a row, across nodes."""
    said: tuple[str, ...] = ()
    """Prompts of the last turn."""
    spoken_ms: int = 0
    """Approximate speaking time of the last turn."""
    lasted_ms: int = 0
    """Approximate duration of the call up to the callee's last input."""
    answers: tuple[Answer, ...] = ()
    filled: Mapping[str, str] = field(repr=False)
    """Node -> input, where more than a key is taken: digits, a recording's id, or an empty string for speech. Of a
    question: words were not understood there."""
    wishes: frozenset[Wish] = frozenset()
    flags: frozenset[str] = frozenset()
    contact: Contact = Contact.NOBODY
    outcome: Outcome | None = None
    reason: str = ""
    """Reason of the outcome, in the script's word; empty when the script gave none."""
    inside: bool = False
    """The callee is in the conference, and not with the interpreter."""
    live: bool = False
    """A key or recognised words answered what was asked."""
    finished: bool = False
    fault: str | None = None
    """What failed on our side: a limit, or the name of an error and its node. Raises an operator alert."""

    def found(self, contact: Contact | None, outcome: Outcome | None, reason: str = "") -> Conversation:
        """Record a contact and an outcome. A contact replaces the last one; of two outcomes the more protective
        stays, with its reason."""
        kept, why = self.outcome, self.reason
        if outcome is not None and (kept is None or PRIORITY[outcome] < PRIORITY[kept]):
            kept, why = outcome, reason
        return replace(self, contact=contact or self.contact, outcome=kept, reason=why)

    def answered(self, answer: Answer) -> Conversation:
        """Add an answer, replacing an earlier one to the same question."""
        others = tuple(other for other in self.answers if other.question != answer.question)
        return replace(self, answers=(*others, answer))

    def wishing(self, wish: Wish) -> Conversation:
        return replace(self, wishes=self.wishes | {wish})

    def to_json(self) -> str:
        data = {name: getattr(self, name) for name in _NAMES}
        data["flags"] = sorted(self.flags)
        data["wishes"] = sorted(self.wishes)
        return to_json(data).decode()

    @staticmethod
    def from_json(text: str) -> Conversation:
        return _read(text)


@lru_cache(maxsize=4)
def _read(text: str) -> Conversation:
    """Cached, because one turn reads its conversation two or three times."""
    data: dict[str, Any] = from_json(text)
    outcome = data["outcome"]
    data |= {
        "said": tuple(data["said"]),
        "flags": frozenset(data["flags"]),
        "wishes": frozenset(Wish(wish) for wish in data["wishes"]),
        "contact": Contact(data["contact"]),
        "outcome": None if outcome is None else Outcome(outcome),
        "answers": tuple(_answer(answer) for answer in data["answers"]),
    }
    return Conversation(**data)


_NAMES = tuple(one.name for one in fields(Conversation))


def _answer(data: dict[str, Any]) -> Answer:
    meaning = data["meaning"]
    return Answer(
        **{
            **data,
            "meaning": None if meaning is None else Meaning(meaning),
            "risk": Meaning(data["risk"]),
            "weight": Decimal(data["weight"]),
        }
    )
