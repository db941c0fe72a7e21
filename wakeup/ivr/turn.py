"""Input and output of the interpreter: one input from the callee, one turn from us. Final words, no markup.

Each input has a `kind`. Turns and the timeline are stored with it for years, so it is never changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from pydantic_core import to_json


class AnsweredBy(StrEnum):
    """Who picked up, as far as the line can tell."""

    HUMAN = "human"
    UNKNOWN = "unknown"
    SCREENER = "screener"
    """A call assistant that asks who is calling. Not detected by the line, but recognised by its first words."""
    MACHINE = "machine"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class Answered:
    """The call was answered."""

    kind: ClassVar[str] = "answered"
    by: AnsweredBy = AnsweredBy.UNKNOWN


@dataclass(frozen=True, slots=True)
class Keys:
    kind: ClassVar[str] = "keys"
    digits: str
    elapsed_ms: int | None = None
    """Time from serving the turn to the key; None when unknown."""


@dataclass(frozen=True, slots=True)
class Speech:
    kind: ClassVar[str] = "speech"
    text: str = field(repr=False)
    confidence: float | None = None
    elapsed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """The prompt ended and no input came."""

    kind: ClassVar[str] = "silence"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The callee left a message."""

    kind: ClassVar[str] = "recorded"
    sid: str | None
    """Id of the recording; None when there is none although something was said."""
    seconds: int = 0


class TransferResult(StrEnum):
    """How a transfer to an agent or colleague went."""

    TALKED = "talked"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    """The call was answered but not accepted, by a person or a machine."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """The callee is back with the interpreter: a transfer was tried, or the talk is over."""

    kind: ClassVar[str] = "personleft"
    how: TransferResult


class ConferenceStatus(StrEnum):
    """Status of a conference that the callee is to join, or was in."""

    COMING = "coming"
    HERE = "here"
    ENDED = "ended"
    """The other party left, and the talk is over."""
    LEFT = "left"
    """The callee left, or would not wait any longer."""
    FAILED = "failed"
    NOBODY_CAME = "nobody_came"
    LIMIT = "limit"
    """The talk reached its maximum length."""


@dataclass(frozen=True, slots=True)
class MeetingNews:
    """Conference status, read while the callee waits for the other party and when they leave the conference."""

    kind: ClassVar[str] = "meetingnews"
    how: ConferenceStatus


@dataclass(frozen=True, slots=True)
class HungUp:
    """The callee ended the call."""

    kind: ClassVar[str] = "hungup"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The payment was cancelled elsewhere during the call: there is nothing left to talk about."""

    kind: ClassVar[str] = "cancelled"


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Nothing is left to talk about, and not by the customer's act: allowed, paid out or finally refused."""

    kind: ClassVar[str] = "nothingleft"


@dataclass(frozen=True, slots=True)
class Detected:
    """The answering-machine detector gave its verdict while the call was already running."""

    kind: ClassVar[str] = "detected"
    by: AnsweredBy


Elsewhere = Cancelled | NothingLeft
"""What became of the payment during the call."""
Input = Answered | Keys | Speech | Silence | Recorded | PersonLeft | MeetingNews | HungUp | Elsewhere | Detected


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One spoken text. `text` is final: exactly what the callee hears."""

    text: str = field(repr=False)
    language: str
    """zh-CN or en."""
    voice: str | None = None
    rate: str | None = None
    """SSML prosody rate, e.g. `90%`."""
    recording: str | None = None
    """File name of a recording of `text`, played instead of the synthetic voice."""


SPEECH_PAUSE_S = 2
"""Silence that ends speech: long enough for an old person's pause for breath. Speech is reported that much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Wait for one input of the callee; silence is one too."""

    timeout_s: int = 6
    max_digits: int = 1
    finish_key: str = ""
    """The key that ends input of several digits."""
    speech: bool = True
    max_speech_s: int | None = None
    """How long the callee may speak; None leaves it to the provider."""
    hints: tuple[str, ...] = ()
    interrupted_by_speech: bool = True
    """False where a sound over our words must not cut them short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """Record what the callee says, up to a key, a pause of `rest_s`, or `max_s` seconds."""

    max_s: int
    rest_s: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Ring a colleague and join the two once the colleague has pressed `key`, which a voicemail cannot."""

    whisper: Utterance
    """What the colleague hears first; the callee does not hear it."""
    key: str
    ring_s: int
    n: int
    """Which transfer of this call it is, counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Join the call with the others in this conference."""

    name: str
    """Name of the conference, the same for all who meet there. Contains no personal data."""
    talk_s: int
    """Maximum length of the talk."""
    hold: bool = False
    """The caller waits in the conference, hearing our words, until a participant comes who starts it."""
    beside: bool = False
    """The caller joins a talk of others, and neither starts nor ends it."""
    announced: bool = False
    """A tone tells the others that the caller comes in."""
    muted: bool = False
    """The caller is heard by no one."""
    coach: str | None = None
    """SID of the only call that hears the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn: words, followed by one of `listen`, `tape`, `connect` and `room`, or by the end of the call."""

    n: int
    """First turn of a conversation is 0."""
    node: str
    utterances: tuple[Utterance, ...]
    listen: Listen | None = None
    tape: Tape | None = None
    connect: Connect | None = None
    room: Room | None = None
    language: str = "zh-CN"

    @property
    def ends(self) -> bool:
        """True if the call ends after these words."""
        return self.listen is None and self.tape is None and self.connect is None and self.room is None

    def to_json(self) -> str:
        """Return the turn as it is stored. During an upgrade the version before reads it, too, and passes over keys
        that it does not know."""
        return to_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Turn:
        """Read a stored turn. Keys of a later version are passed over."""
        data = _known(cls, json.loads(text))
        listen, tape, connect, room = (data.pop(name) for name in ("listen", "tape", "connect", "room"))
        return cls(
            **{**data, "utterances": tuple(Utterance(**_known(Utterance, u)) for u in data["utterances"])},
            listen=None if listen is None else Listen(**{**_known(Listen, listen), "hints": tuple(listen["hints"])}),
            tape=None if tape is None else Tape(**_known(Tape, tape)),
            connect=None if connect is None else _connect(connect),
            room=None if room is None else Room(**_known(Room, room)),
        )


def _connect(data: dict[str, Any]) -> Connect:
    whisper = Utterance(**_known(Utterance, data["whisper"]))
    return Connect(**{**_known(Connect, data), "whisper": whisper})


@cache
def _names(kind: type) -> frozenset[str]:
    return frozenset(one.name for one in fields(kind))


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data that this kind has a field for."""
    return {name: value for name, value in data.items() if name in _names(kind)}
