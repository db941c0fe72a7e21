"""Node types that take more than one key or a plain word: several digits, an open answer, a message, a transfer.

An input at such a node takes one of its named exits (ways).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from wakeup.ivr.fields import Count, Key, Name, Names, Part, Seconds, TalkSeconds, refuse
from wakeup.ivr.turn import ConferenceStatus, Input, Keys, MeetingNews, PersonLeft, Recorded, Speech, TransferResult

FILLED, HEARD, DONE, SILENT, UNCLEAR, FAILED = "filled", "heard", "done", "silent", "unclear", "failed"
NOBODY_READY = "nobody_ready"
"""Names of exits."""
PERSON_READY = "person_ready"
"""Variable that tells whether an agent or colleague may be rung."""
ROOM = "room"
"""Variable with the name of the conference; absent when the other party cannot come."""
LOOK_S = 6
"""Seconds between two announcements to a waiting callee that the other party is still coming."""
GIVEN = frozenset({FILLED, HEARD, DONE})
"""Exits on which the callee gave something."""
_TIMEOUT_S = 8


class Patient(Part):
    """A node that asks again with each of its reprompts."""

    reprompts: Names
    silent: Name = Field(default="", description="Next node after lasting silence; `on.silent` if left out.")
    unclear: Name = Field(
        default="", description="Next node after answers that were not understood; `on.unclear` if left out."
    )
    timeout_s: Seconds = _TIMEOUT_S

    def again(self, *, unhurried: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Return the prompts said when no answer came, one after the other."""
        return self.reprompts

    def field_of(self, at: int, *, unhurried: bool) -> tuple[str, int]:  # noqa: ARG002
        """Return the field that this one of the prompts of `again` is from, and its place there."""
        return "reprompts", at


class InputNode(Part):
    """A node whose exits have names of their own."""

    prompts: Names

    def needs(self) -> str:
        """Return the variable without which the node is silent and takes `nobody_ready`; empty if none is needed."""
        return ""

    def ways(self) -> dict[str, str]:
        """Return every exit: its name, and the node it leads to."""
        raise NotImplementedError

    def way(self, act: Input) -> str:
        """Return the exit this input takes. Total: an input that does not belong here is silence or unclear."""
        raise NotImplementedError


class Collect(InputNode, Patient):
    """Speaks, then takes several digits, ended by the hash key, the maximum number or a pause. Never for a secret.

    The digits are kept with the conversation and never spoken.
    """

    type: Literal["collect"] = "collect"
    least: Count = 2
    most: Count
    filled: Name

    @model_validator(mode="after")
    def _bounds(self) -> Collect:
        if self.least > self.most:
            raise refuse("must not have `least` above `most`")
        return self

    def ways(self) -> dict[str, str]:
        return {FILLED: self.filled, SILENT: self.silent, UNCLEAR: self.unclear}

    def way(self, act: Input) -> str:
        match act:
            case Keys() if act.digits:
                fits = act.digits.isdigit() and self.least <= len(act.digits) <= self.most
                return FILLED if fits else UNCLEAR
            case Speech():
                return UNCLEAR
            case _:
                return SILENT


class Ask(InputNode, Patient):
    """An open question. The answer is stored like all speech, and not interpreted."""

    type: Literal["speech"] = "speech"
    max_s: Seconds = Field(default=30, description="Maximum length of the answer in seconds.")
    heard: Name

    def ways(self) -> dict[str, str]:
        return {HEARD: self.heard, SILENT: self.silent, UNCLEAR: self.unclear}

    def way(self, act: Input) -> str:
        match act:
            case Speech() if act.text.strip():
                return HEARD
            case Keys() if act.digits:
                return UNCLEAR
            case _:
                return SILENT


class Record(InputNode):
    """Records a message, ended by a key, a pause or its maximum length. Only the recording's id is stored."""

    type: Literal["record"] = "record"
    max_s: Seconds = Field(default=60, description="Maximum length of the message in seconds.")
    done: Name
    silent: Name
    failed: Name

    def ways(self) -> dict[str, str]:
        return {DONE: self.done, SILENT: self.silent, FAILED: self.failed}

    def way(self, act: Input) -> str:
        match act:
            case Recorded(sid=str()):
                return DONE
            case Recorded():
                return FAILED
            case _:
                return SILENT


class PutThrough(InputNode):
    """Calls an agent and joins the two. If no agent is ready, nothing is said and no one is called."""

    type: Literal["transfer"] = "transfer"
    prompts: Names = Field(description="What the callee hears before the agent is called.")
    whisper: Name = Field(description="What the agent hears: which key accepts the call, and nothing private.")
    key: Key = Field(default="1", description="Key with which the agent accepts the call.")
    ring_s: Seconds = 20
    talked: Name
    busy: Name
    no_answer: Name
    declined: Name
    failed: Name
    nobody_ready: Name

    def needs(self) -> str:
        return PERSON_READY

    def ways(self) -> dict[str, str]:
        return {**{how: getattr(self, how) for how in TransferResult}, NOBODY_READY: self.nobody_ready}

    def way(self, act: Input) -> str:
        return act.how if isinstance(act, PersonLeft) else TransferResult.FAILED


class Conference(InputNode):
    """Joins the customer and a guardian, each on their own call, after both have agreed by key.

    Each waits with the script until the other has come too; then both enter one conference. If the other cannot come,
    nothing is said. When one of them leaves the conference, it ends for both.
    """

    type: Literal["conference"] = "conference"
    who: Literal["guardian", "customer"] = Field(description="Whom the callee is to meet. A guardian is called for it.")
    prompts: Names = Field(description="What the callee hears before waiting, with the key that ends it.")
    waiting: Name = Field(description="What the callee hears every few seconds while waiting.")
    joining: Name = Field(
        description="What the callee hears before being joined: that the call is recorded, and how to leave."
    )
    leave: Key = Field(default="2", description="Key with which the callee stops waiting.")
    wait_s: Seconds = Field(default=60, description="Maximum waiting time in seconds.")
    talk_s: TalkSeconds = Field(default=600, description="Maximum length of the conference in seconds.")
    ended: Name
    left: Name
    failed: Name
    nobody_came: Name
    limit: Name
    nobody_ready: Name

    def needs(self) -> str:
        return ROOM

    def ways(self) -> dict[str, str]:
        return {**{how: getattr(self, how) for how in OVER}, NOBODY_READY: self.nobody_ready}

    def way(self, act: Input) -> str:
        match act:
            case MeetingNews():
                return act.how
            case PersonLeft():
                return ConferenceStatus.ENDED if act.how is TransferResult.TALKED else ConferenceStatus.FAILED
            case Keys() if act.digits == self.leave:
                return ConferenceStatus.LEFT
            case _:
                return ConferenceStatus.COMING


OVER = tuple(how for how in ConferenceStatus if how not in (ConferenceStatus.COMING, ConferenceStatus.HERE))
"""How a conference, or the wait for it, can end."""
