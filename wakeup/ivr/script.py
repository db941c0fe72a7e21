"""A script: its head, and the graph of its nodes. Prompts and file formats are handled elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from sys import intern
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wakeup.domain.language import nearest_locale
from wakeup.ivr.fields import (
    MAX_CALL_S,
    MAX_STEPS,
    MAX_VISITS,
    SHARES,
    CallSeconds,
    Flag,
    Key,
    Name,
    Names,
    Part,
    Share,
    Steps,
    Text,
    Visits,
    Word,
    refuse,
)
from wakeup.ivr.input_nodes import Patient
from wakeup.ivr.interning import intern_part
from wakeup.ivr.nodes import Node
from wakeup.ivr.turn import AnsweredBy, Cancelled, Elsewhere

FORMAT = "wakescript/1"


class Hearer(StrEnum):
    """Who may hear a variable."""

    ANYONE = "anyone"
    RIGHT_PARTY = "right_party"


class VariableType(StrEnum):
    TEXT = "text"
    DIGITS = "digits"
    FLAG = "flag"


class Variable(Part):
    """A value provided by the service, spoken in prompts or tested by branches."""

    type: VariableType = VariableType.TEXT
    heard_by: Hearer = Hearer.RIGHT_PARTY
    required: Flag = True
    sample: Text = Field(default="", description="An example for tests and previews.")


class Voice(Part):
    """The synthetic voice of one language."""

    voice: Text
    rate: Text | None = Field(default=None, description="SSML prosody rate, such as 90%.")
    slow_rate: Text | None = Field(default=None, description="The same for callees who need time; `rate` if left out.")

    def rate_for(self, *, unhurried: bool) -> str | None:
        return (self.slow_rate or self.rate) if unhurried else self.rate


class Persona(Part):
    """A voice, a name and an opening for the script. Each customer always gets the same persona."""

    share: Share = Field(description="Percentage of the customers.")
    title: Text
    name: dict[Name, Text] = Field(
        default_factory=dict,
        description="Name it introduces itself with, by language. Not a rank or an official title.",
    )
    voices: dict[Name, Voice] = Field(
        default_factory=dict, description="Voices that replace those of the script, by language."
    )
    prompts: dict[Name, Name] = Field(default_factory=dict, description="Prompts that replace those of the script.")
    licence: Text = Field(description="Licence under which the voice is used.")
    synthetic: Flag = Field(
        default=True, description="`no` for a recorded human voice; callees are told it is automated."
    )


class Languages(Part):
    """The languages of the script. An unsupported locale gets its fallback, the nearest language, or the default."""

    default: Text
    supported: Names
    fallback: dict[Name, Text] = Field(default_factory=dict)


class Limits(Part):
    """Limits of one call. A call that exceeds one continues at `on.limit`."""

    call_s: CallSeconds = Field(
        default=MAX_CALL_S,
        description="Seconds after which no more questions are asked; for callees who need time twice that, "
        f"at most {MAX_CALL_S}.",
    )
    steps: Steps = MAX_STEPS
    visits: Visits = Field(default=MAX_VISITS, description="Visits of one node.")

    def call_ms(self, *, unhurried: bool) -> int:
        """Return after how many milliseconds nothing more is asked. People who need time have
        twice as long, but at most MAX_CALL_S."""
        return min(self.call_s * 2 if unhurried else self.call_s, MAX_CALL_S) * 1000


class Entry(Part):
    """The first node for each kind of answer."""

    human: Name
    unknown: Name
    screener: Name = Field(
        default="", description="A call assistant, recognised by its first words; `unknown` if left out."
    )
    machine: Name
    fax: Name

    def known(self, by: AnsweredBy) -> AnsweredBy:
        """Return `by`, or UNKNOWN for a call assistant if the script has no entry for one."""
        return AnsweredBy.UNKNOWN if by is AnsweredBy.SCREENER and not self.screener else by

    def of(self, by: AnsweredBy) -> str:
        return {
            AnsweredBy.HUMAN: self.human,
            AnsweredBy.UNKNOWN: self.unknown,
            AnsweredBy.SCREENER: self.screener or self.unknown,
            AnsweredBy.MACHINE: self.machine,
            AnsweredBy.FAX: self.fax,
        }[by]


class On(Part):
    """The next node when a path ends without an exit of its own."""

    silent: Name = Field(description="Lasting silence.")
    unclear: Name = Field(description="Answers that were not understood.")
    error: Name = Field(description="An internal error.")
    limit: Name = Field(description="A limit of the script was exceeded.")
    cancelled: Name = Field(description="The customer cancelled the payment in the app meanwhile.")
    nothing_left: Name = Field(
        default="",
        description="No transfer is left: allowed, paid out or refused, not by the customer; `limit` if left out.",
    )
    hung_up: Name = Field(
        default="", description="The callee hung up; only silent nodes may follow. Nothing if left out."
    )

    def elsewhere(self, act: Elsewhere) -> str:
        """Return the path of the exit for this news of the payment."""
        if isinstance(act, Cancelled):
            return "on.cancelled"
        return "on.nothing_left" if self.nothing_left else "on.limit"


def _all_customers(personas: dict[str, Persona]) -> dict[str, Persona]:
    if personas and sum(persona.share for persona in personas.values()) != SHARES:
        raise refuse(f"must have shares that add up to {SHARES}")
    return personas


class ScriptFile(Part):
    """A script as written in its file, with its subscripts merged in."""

    format: Literal["wakescript/1"]
    id: Text
    version: Text
    status: Literal["draft", "published", "retired"] = "draft"
    title: Text
    subscripts: dict[Name, Text] = Field(
        default_factory=dict, description="Shared parts of the graph, with their pinned versions."
    )
    languages: Languages
    voices: dict[Name, Voice]
    personas: Annotated[dict[Name, Persona], AfterValidator(_all_customers)] = Field(default_factory=dict)
    variables: dict[Name, Variable] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    entry: Entry
    on: On
    keys: dict[Key, Name] = Field(default_factory=dict)
    words: dict[Word, Name] = Field(default_factory=dict)
    nodes: dict[Name, Node] = Field(repr=False)
    recordings: dict[Name, dict[Name, Text]] = Field(
        default_factory=dict, description="Language, prompt, sound file: found beside the words, never written."
    )


class Script(ScriptFile):
    """One version of one script, ready to be walked."""

    content_hash: str = Field(default="", repr=False)
    """Hash of the script and all its words."""

    @classmethod
    def of(cls, file: ScriptFile) -> Script:
        """Build a script. A menu without exits of its own for silence and confusion gets the script's."""
        nodes = {intern(name): intern_part(_completed(node, file.on)) for name, node in file.nodes.items()}
        variables = {intern(name): intern_part(variable) for name, variable in file.variables.items()}
        fields = {name: getattr(file, name) for name in ScriptFile.model_fields}
        return cls.model_construct(**{**fields, "variables": variables, "nodes": nodes})

    def pinned(self, content_hash: str) -> Script:
        return self.model_copy(update={"content_hash": content_hash})

    def persona_for(self, lot: int) -> str:
        """Return who speaks to this customer, whose number `lot` is 0 to 99. Empty if the script has no personas."""
        for name, persona in self.personas.items():
            lot -= persona.share
            if lot < 0:
                return name
        return ""

    def voice(self, language: str, persona: str) -> Voice:
        own = self.personas[persona].voices if persona in self.personas else {}
        return own.get(language) or self.voices[language]

    def spoken(self, prompt: str, persona: str) -> str:
        """Return the prompt this persona says in place of `prompt`."""
        return self.personas[persona].prompts.get(prompt, prompt) if persona in self.personas else prompt

    def language_for(self, locale: str) -> str:
        """Return the language for a locale such as zh-HK: itself, its fallback, the nearest, or the default."""
        known = self.languages
        if locale in known.fallback and locale not in known.supported:
            return known.fallback[locale]
        return nearest_locale(locale, known.supported) or known.default

    def starts(self) -> tuple[str, ...]:
        """Return every node that something other than a node leads to, and `repeat`, which is not a node, if used."""
        return tuple(to for _, to in self.leads())

    def leads(self) -> Iterator[tuple[str, str]]:
        """Return everything but nodes that leads to a node, with its path: `entry.human`, `keys.0`, `on.silent`."""
        yield from ((f"entry.{by}", to) for by, to in self.entries())
        yield from ((f"keys.{key}", to) for key, to in self.keys.items())
        yield from ((f"words.{word}", to) for word, to in self.words.items())
        yield from ((f"on.{what}", to) for what in On.model_fields if (to := getattr(self.on, what)))

    def target(self, path: str) -> str:
        """Return the node that one of the `leads` leads to."""
        return dict(self.leads())[path]

    def entries(self) -> Iterator[tuple[AnsweredBy, str]]:
        """Return who may answer and the entry node for each, as far as the script has one."""
        for by in AnsweredBy:
            if by is self.entry.known(by):
                yield by, self.entry.of(by)


def _completed(node: Node, on: On) -> Node:
    if not isinstance(node, Patient):
        return node
    return node.model_copy(update={"silent": node.silent or on.silent, "unclear": node.unclear or on.unclear})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault of a script, or something that could be better."""

    rule: str
    path: str
    """For example `nodes.q1.to` or `prompts.en.opening`."""
    why: str
    mend: str = ""
    error: bool = True
    """False for something worth a look that may be intended."""

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def at_node(name: str, rule: str, why: str, mend: str, *, error: bool = True) -> Finding:
    """Return a finding about a node of the script."""
    return Finding(rule=rule, path=f"nodes.{name}", why=why, mend=mend, error=error)


class ScriptError(Exception):
    """A script cannot be used. Holds all faults."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.faults))

    @property
    def faults(self) -> list[str]:
        """The findings as `path: reason`."""
        return [str(finding) for finding in self.findings]
