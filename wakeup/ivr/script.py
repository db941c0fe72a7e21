"""The shape of a script: a graph of nodes, frozen. Knows neither the words (prompts) nor how a file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.speech import Meaning
from wakeup.ivr.turn import AnsweredBy

MAX_STEPS = 80
MAX_VISITS = 4
VARIANTS = 3
REPEAT = "repeat"
"""Reserved target of a global key or word: say the last question again."""


class Band(StrEnum):
    """What the three answers add up to."""

    COACHED = "coached"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    CONSISTENT = "consistent"


class Hearer(StrEnum):
    """Who may hear a variable."""

    ANYONE = "anyone"
    RIGHT_PARTY = "right_party"


class VariableType(StrEnum):
    TEXT = "text"
    DIGITS = "digits"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A fact given from outside, spoken in prompts or asked by branches."""

    type: VariableType
    heard_by: Hearer
    required: bool
    sample: str = ""
    """An example for tests and previews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    voice: str
    rate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    prompts: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Say, then wait for a key or a word."""

    prompts: tuple[str, ...]
    reprompts: tuple[str, ...]
    keys: Mapping[str, str]
    words: Mapping[Meaning, str]
    silent: str
    """Where to go when all reprompts met silence."""
    unclear: str
    """Where to go when they met something we did not understand."""
    timeout_s: int
    global_exits: bool
    """Off only where nobody may be led out of the conversation (distress)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to ask a question, and the answer that means risk."""

    prompt: str
    risk: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One scored question: yes, no or not sure. Asked once more on silence, then counted as not sure."""

    before: tuple[str, ...]
    variants: tuple[Wording, ...]
    after: tuple[str, ...]
    on_silence: str
    on_unclear: str
    weight: Decimal
    timeout_s: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Four ways on, by what the answers so far add up to."""

    to: Mapping[Band, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Exactly one of these is set."""

    variable: str | None = None
    """True when the variable is given, and not empty and not false."""
    contact: Contact | None = None
    outcome: Outcome | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    when: Condition
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    cases: tuple[Case, ...]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    flag: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """A finding. A contact replaces the last one; of two outcomes the more protective stays."""

    contact: Contact | None
    outcome: Outcome | None
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    """Last words, then the end."""

    prompts: tuple[str, ...]


Node = Say | Menu | Question | Score | Branch | Set | Decide | Hangup


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One version of one script. `content_hash` covers the script and all its prompts."""

    id: str
    version: str
    status: str
    title: str
    default_language: str
    languages: tuple[str, ...]
    fallback: Mapping[str, str]
    voices: Mapping[str, Voice]
    variables: Mapping[str, Variable]
    entry: Mapping[AnsweredBy, str]
    keys: Mapping[str, str]
    words: Mapping[Meaning, str]
    on_silent: str
    on_unclear: str
    on_error: str
    on_limit: str
    on_cancelled: str
    """Where a call goes whose payment was cancelled elsewhere meanwhile."""
    nodes: Mapping[str, Node] = field(repr=False)
    content_hash: str = ""

    def language_for(self, locale: str) -> str:
        """The script's language that suits a locale such as zh-HK: itself, its fallback, a relative, the default."""
        if locale in self.languages:
            return locale
        if locale in self.fallback:
            return self.fallback[locale]
        stem = locale.replace("_", "-").split("-")[0].lower()
        return next((known for known in self.languages if known.split("-")[0] == stem), self.default_language)


class ScriptError(Exception):
    """A script cannot be used. Every fault is named at once, as `path: reason`."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def exits(node: Node) -> tuple[str, ...]:
    """Every node this one can lead to by itself."""
    match node:
        case Say() | Set() | Decide() | Question():
            return (node.to,)
        case Menu():
            return (*node.keys.values(), *node.words.values(), node.silent, node.unclear)
        case Score():
            return tuple(node.to.values())
        case Branch():
            return (*(case.to for case in node.cases), node.otherwise)
        case Hangup():
            return ()


def prompts_of(node: Node) -> tuple[str, ...]:
    """Every prompt this node can say."""
    match node:
        case Say() | Hangup():
            return node.prompts
        case Menu():
            return (*node.prompts, *node.reprompts)
        case Question():
            asked = (wording.prompt for wording in node.variants)
            return (*node.before, *asked, *node.after, node.on_silence, node.on_unclear)
        case Score() | Branch() | Set() | Decide():
            return ()
