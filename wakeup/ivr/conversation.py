"""The dialogue so far, as it is stored between turns. Holds no words spoken; of answers only digits and ids."""

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
from wakeup.ivr.meaning import Meaning

SILENT = "silent"


class Wish(StrEnum):
    """What a conversation asks of the house. Whether and how it is granted is decided outside of it."""

    GUARDIAN = "guardian"
    """Tell the guardian."""
    CALLBACK = "callback"
    """Call again, at the time that was said."""
    COMPANY = "company"
    """Ring the guardian now, and join them with whoever is on the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody answered to one scored question."""

    question: str
    meaning: Meaning | None
    """Yes, no or unsure; None when they stayed silent or could not be understood."""
    by: str
    """keys, speech or silent."""
    risk: Meaning
    """Which answer meant risk in the wording they heard."""
    weight: Decimal
    """What this answer adds to the score."""
    early: bool
    """Answered by key before the question could have been heard."""
    elapsed_ms: int | None
    turn: int

    @property
    def safe(self) -> bool:
        """A plain yes or no, and not the one that means risk."""
        return self.meaning in (Meaning.YES, Meaning.NO) and self.meaning is not self.risk


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Frozen; every input makes a new one. The script is pinned by id, version and content hash."""

    id: str
    script_id: str
    version: str
    content_hash: str
    language: str
    variant: int
    """0 to 2: which wording of the questions this person hears."""
    split_by: str = ""
    """What decides which way a split sends this customer: the same at every call, and no personal data."""
    persona: str = ""
    """Who speaks; empty when the script has no personas."""
    unhurried: bool = False
    """Slower speech and longer waits: for old people, and whoever needs time."""
    node: str = ""
    """Where we wait or ended; empty before the call was answered."""
    turns: int = 0
    """Turns given so far; the next one has this number."""
    steps: int = 0
    visits: Mapping[str, int]
    tries: int = 0
    """How often this node's question met silence or something unclear."""
    silences: int = 0
    """Silences in a row, over nodes."""
    said: tuple[str, ...] = ()
    """Prompts of the last turn."""
    spoken_ms: int = 0
    """About how long the last turn takes to say."""
    lasted_ms: int = 0
    """About how long the call has lasted, up to the last act of theirs."""
    answers: tuple[Answer, ...] = ()
    filled: Mapping[str, str] = field(repr=False)
    """What was given at a node that takes more than a key: digits, the id of a recording, empty for spoken words."""
    wishes: frozenset[Wish] = frozenset()
    flags: frozenset[str] = frozenset()
    contact: Contact = Contact.NOBODY
    outcome: Outcome | None = None
    reason: str = ""
    """Why that outcome, in the script's own word; empty when it gave none."""
    inside: bool = False
    """They are in the room they were to be met in, and not with us."""
    live: bool = False
    """A key or recognised words answered what was asked."""
    finished: bool = False
    fault: str | None = None
    """What went wrong on our side: a limit, or the name of an error and its node. Worth an alarm."""

    def found(self, contact: Contact | None, outcome: Outcome | None, reason: str = "") -> Conversation:
        """A contact replaces the last one. Of two outcomes the more protective stays, with its reason."""
        kept, why = self.outcome, self.reason
        if outcome is not None and (kept is None or PRIORITY[outcome] < PRIORITY[kept]):
            kept, why = outcome, reason
        return replace(self, contact=contact or self.contact, outcome=kept, reason=why)

    def answered(self, answer: Answer) -> Conversation:
        """With this answer; an earlier one to the same question is replaced."""
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
    """One turn reads its conversation two or three times."""
    data: dict[str, Any] = from_json(text)
    outcome = data["outcome"]
    data |= {
        "said": tuple(data["said"]),
        "filled": data.get("filled", {}),
        "flags": frozenset(data["flags"]),
        "wishes": frozenset(Wish(wish) for wish in data.get("wishes", ())),
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
