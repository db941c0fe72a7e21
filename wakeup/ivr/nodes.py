"""The node types of a script, as written in a file and as walked by the interpreter. Frozen; each names its type."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.fields import SHARES, Flag, Key, Name, Names, Part, Risk, Seconds, Share, Weight, Word, refuse
from wakeup.ivr.input_nodes import Ask, Collect, Conference, InputNode, Patient, PutThrough, Record

VARIANTS = 3
"""Number of wordings and polarities of each question, so that a coached constant answer shows."""
_REASON = re.compile(r"[a-z][a-z_]{0,39}")
REPEAT = "repeat"
"""Reserved target of a global key or word: repeat the last question."""
_QUESTION_TIMEOUT_S = 8


class Band(StrEnum):
    """The result of the three answers together."""

    COACHED = "coached"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    CONSISTENT = "consistent"


def _three(wordings: tuple[Wording, ...]) -> tuple[Wording, ...]:
    if len(wordings) != VARIANTS:
        raise refuse(f"must be {VARIANTS} wordings")
    return wordings


def _whole_share(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    if sum(way.share for way in ways) != SHARES:
        raise refuse(f"must have shares that add up to {SHARES}")
    return ways


class Say(Part):
    """Speaks, then continues. With `play`, every prompt has a recording in every language."""

    type: Literal["say", "play"] = "say"
    prompts: Names
    to: Name


class Menu(Patient):
    """Speaks, then waits for a key or a word. Asks again with each of the reprompts."""

    type: Literal["menu"] = "menu"
    prompts: Names
    steps: Names = Field(
        default=(),
        description="For callees who need time: two keys each, instead of the last of `prompts` and the `reprompts`.",
    )
    keys: dict[Key, Name] = Field(default_factory=dict)
    words: dict[Word, Name] = Field(default_factory=dict)
    global_exits: Flag = Field(default=True, description="`no` only where nothing may lead away (distress).")

    def first(self, *, unhurried: bool) -> tuple[str, ...]:
        """Return the prompts said on entering the menu."""
        return (*self.prompts[:-1], self.steps[0]) if unhurried and self.steps else self.prompts

    def again(self, *, unhurried: bool) -> tuple[str, ...]:
        """Return the reprompts. People who need time hear the remaining steps, and then each step once more."""
        return (*self.steps[1:], *self.steps) if unhurried and self.steps else self.reprompts

    def field_of(self, at: int, *, unhurried: bool) -> tuple[str, int]:
        return ("steps", (at + 1) % len(self.steps)) if unhurried and self.steps else ("reprompts", at)


class Wording(Part):
    """One way to ask a question, and the answer that means risk."""

    prompt: Name
    risk: Risk


class Question(Part):
    """One scored question: 1 yes, 2 no, 3 not sure. Asked once more on silence, then counted as not sure.

    Callees who need time hear two keys at a time: the question, the question again, then `after`.
    """

    type: Literal["question"] = "question"
    before: Names = ()
    variants: Annotated[tuple[Wording, ...], AfterValidator(_three)]
    after: Names
    on_silence: Name
    on_unclear: Name
    weight: Weight = Decimal(1)
    timeout_s: Seconds = _QUESTION_TIMEOUT_S
    to: Name


class Score(Part):
    """Four exits, chosen by the sum of the answers so far."""

    type: Literal["score"] = "score"
    coached: Name
    contradicted: Name
    undecided: Name
    consistent: Name

    def way(self, band: Band) -> str:
        ways = {
            Band.COACHED: self.coached,
            Band.CONTRADICTED: self.contradicted,
            Band.UNDECIDED: self.undecided,
            Band.CONSISTENT: self.consistent,
        }
        return ways[band]


class Condition(Part):
    """A condition. Exactly one of the fields is set."""

    variable: Name | None = Field(default=None, description="True if the variable is provided, not empty and not no.")
    contact: Contact | None = None
    outcome: Outcome | None = None
    flag: Name | None = None
    filled: Name | None = Field(default=None, description="True if this collect, speech or record node was answered.")
    unhurried: Flag | None = Field(
        default=None, description="True for callees who need time; with `no`, for the others."
    )
    safe: Name | None = Field(default=None, description="True if this question got a plain yes or no without risk.")


def _one_of(condition: Condition) -> Condition:
    if len(condition.model_fields_set) != 1:
        raise refuse("must test exactly one of variable, contact, outcome, flag, filled, unhurried, safe")
    return condition


class BranchCase(Part):
    """An exit that is taken if its condition is true."""

    when: Annotated[Condition, AfterValidator(_one_of)]
    to: Name


class Branch(Part):
    """Continues with the first case whose condition is true, or with `otherwise`."""

    type: Literal["branch"] = "branch"
    cases: Annotated[tuple[BranchCase, ...], Field(min_length=1)]
    otherwise: Name


class Way(Part):
    """One arm of a split."""

    share: Share = Field(description="Percentage of the customers.")
    to: Name


class Split(Part):
    """Distributes the customers among the ways, to compare wordings. Each customer always gets the same way."""

    type: Literal["split"] = "split"
    ways: Annotated[tuple[Way, ...], Field(min_length=2), AfterValidator(_whole_share)]

    def arm(self, lot: int) -> int:
        """Return which of the ways this customer goes; `lot` is the customer's number for this node, 0 to 99."""
        for at, way in enumerate(self.ways):
            lot -= way.share
            if lot < 0:
                return at
        return len(self.ways) - 1


class Set(Part):
    """Sets a flag."""

    type: Literal["set"] = "set"
    flag: Name
    to: Name


class Language(Part):
    """Continues in another language of the script."""

    type: Literal["language"] = "language"
    language: Name
    to: Name


class Decide(Part):
    """Records a contact or an outcome. A contact replaces the last one; of two outcomes the more protective stays."""

    type: Literal["decide"] = "decide"
    contact: Contact | None = None
    outcome: Outcome | None = None
    reason: Name = Field(default="", description="Reason for the timeline, such as `hung_up_in_the_questions`.")
    to: Name


def _a_finding(node: Decide) -> Decide:
    if node.contact is None and node.outcome is None:
        raise refuse("must have a contact or an outcome")
    if node.reason and not _REASON.fullmatch(node.reason):
        raise refuse("must have a reason of at most forty lower-case letters and _")
    return node


class Notify(Part):
    """Requests that the guardian be told. Not if the customer declined, and never about a threat to the customer."""

    type: Literal["notify"] = "notify"
    who: Literal["guardian"] = "guardian"
    to: Name


class Callback(Part):
    """Requests another call at `callback_time`. The hold stays meanwhile."""

    type: Literal["callback"] = "callback"
    to: Name


class Hangup(Part):
    """Says its prompts, then ends the call."""

    type: Literal["hangup"] = "hangup"
    prompts: Names = ()


Changing = Set | Language | Decide | Notify | Callback
"""Nodes without words that record something and have one exit."""
Silent = Score | Branch | Split | Changing
"""Nodes without words."""
Heard = Menu | Question | InputNode
"""Nodes that wait for the callee."""
Node = Annotated[
    Say
    | Menu
    | Question
    | Collect
    | Ask
    | Record
    | PutThrough
    | Conference
    | Score
    | Branch
    | Split
    | Set
    | Language
    | Annotated[Decide, AfterValidator(_a_finding)]
    | Notify
    | Callback
    | Hangup,
    Field(discriminator="type"),
]


def exits(node: Node) -> tuple[str, ...]:
    """Return every node this one can lead to by itself."""
    found: list[str] = []
    match node:
        case Say() | Set() | Language() | Decide() | Notify() | Callback() | Question():
            found = [node.to]
        case Menu():
            found = [*node.keys.values(), *node.words.values(), node.silent, node.unclear]
        case InputNode():
            found = [*node.ways().values()]
        case Score():
            found = [node.way(band) for band in Band]
        case Branch():
            found = [*(case.to for case in node.cases), node.otherwise]
        case Split():
            found = [way.to for way in node.ways]
        case Hangup():
            pass
    return tuple(found)


def prompts_of(node: Node) -> tuple[str, ...]:
    """Return every prompt this node can say."""
    match node:
        case Say() | Hangup():
            return node.prompts
        case InputNode():
            more = node.reprompts if isinstance(node, Patient) else ()
            if isinstance(node, Conference):
                more = (node.waiting, node.joining)
            return (*node.prompts, *more, *((node.whisper,) if isinstance(node, PutThrough) else ()))
        case Menu():
            return (*node.prompts, *node.reprompts, *node.steps)
        case Question():
            asked = (wording.prompt for wording in node.variants)
            return (*node.before, *asked, *node.after, node.on_silence, node.on_unclear)
        case _:
            return ()
