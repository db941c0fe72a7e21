"""Places that take more than one key or a plain word: several digits, an open answer, a message.

What somebody does there takes one of the place's ways; each says which.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from wakeup.ivr.fields import Count, Key, Name, Names, Part, Seconds, refuse
from wakeup.ivr.turn import Input, Keys, Parting, PersonLeft, Recorded, Speech

FILLED, HEARD, DONE, SILENT, UNCLEAR, FAILED = "filled", "heard", "done", "silent", "unclear", "failed"
NOBODY_READY = "nobody_ready"
"""Names of ways."""
PERSON_READY = "person_ready"
"""The variable that says whether somebody of ours may be rung."""
GIVEN = frozenset({FILLED, HEARD, DONE})
"""Those that something was given on."""
_TIMEOUT_S = 8


class Patient(Part):
    """Whatever asks again with each of its reprompts."""

    reprompts: Names
    silent: Name = Field(default="", description="Where lasting silence leads; `on.silent` if left out.")
    unclear: Name = Field(default="", description="Where lasting confusion leads; `on.unclear` if left out.")
    timeout_s: Seconds = _TIMEOUT_S

    def again(self, *, unhurried: bool) -> tuple[str, ...]:  # noqa: ARG002
        """What is said when nothing came, one after the other."""
        return self.reprompts


class Listener(Part):
    """A place whose ways have names of their own."""

    prompts: Names

    def ways(self) -> dict[str, str]:
        """Every way on: its name, and the node it leads to."""
        raise NotImplementedError

    def way(self, act: Input) -> str:
        """The name of the way this act takes. Total: whatever does not belong here is silence, or not understood."""
        raise NotImplementedError


class Collect(Listener, Patient):
    """Speaks, then takes several digits, ended by the hash key, by the most there may be, or by a rest. Never a secret.

    The digits are kept with the conversation and never spoken.
    """

    type: Literal["collect"] = "collect"
    least: Count = 2
    most: Count
    filled: Name

    @model_validator(mode="after")
    def _bounds(self) -> Collect:
        if self.least > self.most:
            raise refuse("must take as many digits as it asks for: `least` is above `most`")
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


class Ask(Listener, Patient):
    """An open question. What they say is kept as all they say is, and not interpreted."""

    type: Literal["speech"] = "speech"
    max_s: Seconds = Field(default=30, description="How long they may speak.")
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


class Record(Listener):
    """Records a message, ended by a key, by a rest, or by its length. Only the recording's id is kept."""

    type: Literal["record"] = "record"
    max_s: Seconds = Field(default=60, description="How long the message may be.")
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


class Transfer(Listener):
    """Rings a person of ours and joins the two. Where nobody is ready nothing is said, and nobody is rung."""

    type: Literal["transfer"] = "transfer"
    prompts: Names = Field(description="What the callee hears before the ringing.")
    whisper: Name = Field(description="What the person hears: which key takes the call, nothing private.")
    key: Key = Field(default="1", description="With which the person takes the call.")
    ring_s: Seconds = 20
    talked: Name
    busy: Name
    no_answer: Name
    declined: Name
    failed: Name
    nobody_ready: Name

    def ways(self) -> dict[str, str]:
        return {**{how: getattr(self, how) for how in Parting}, NOBODY_READY: self.nobody_ready}

    def way(self, act: Input) -> str:
        return act.how if isinstance(act, PersonLeft) else Parting.FAILED
