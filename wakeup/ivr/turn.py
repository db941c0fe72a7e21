"""What the interpreter takes and gives: one input of theirs, one turn of ours. Words are final, markup is not ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic_core import to_json


class AnsweredBy(StrEnum):
    """Who picked up, as far as the line can tell."""

    HUMAN = "human"
    UNKNOWN = "unknown"
    SCREENER = "screener"
    """A call assistant that asks who is calling. No line tells: it is known by its first words."""
    MACHINE = "machine"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class Answered:
    """The call was picked up."""

    by: AnsweredBy = AnsweredBy.UNKNOWN


@dataclass(frozen=True, slots=True)
class Keys:
    digits: str
    elapsed_ms: int | None = None
    """From our serving the turn to the key; None when unknown."""


@dataclass(frozen=True, slots=True)
class Speech:
    text: str = field(repr=False)
    confidence: float | None = None
    elapsed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """The prompt ended and nothing came."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """They left a message."""

    sid: str | None
    """The recording's id; None when there is none, though something was said."""
    seconds: int = 0


class TransferResult(StrEnum):
    """How it went with a person we tried to bring to the line."""

    TALKED = "talked"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    """Somebody or something picked up and did not take the call."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """The callee is ours again: a person was tried, or talked to them."""

    how: TransferResult


class ConferenceStatus(StrEnum):
    """How it goes with somebody who is to be joined with us in a room, or was."""

    COMING = "coming"
    HERE = "here"
    ENDED = "ended"
    """The other one left, and the talk was over."""
    LEFT = "left"
    """They left it themselves, or would not wait any longer."""
    FAILED = "failed"
    NOBODY_CAME = "nobody_came"
    LIMIT = "limit"
    """The talk took as long as it may."""


@dataclass(frozen=True, slots=True)
class MeetingNews:
    """Looked up while they wait for the other one, and when they come back to us."""

    how: ConferenceStatus


@dataclass(frozen=True, slots=True)
class HungUp:
    """They ended the call."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The payment was cancelled elsewhere while we were talking: there is nothing left to talk about."""


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """There is nothing left to talk about, and it was not they who cancelled it: let go, paid out, refused at last."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The answering-machine detector spoke while the call was already running."""

    by: AnsweredBy


Elsewhere = Cancelled | NothingLeft
"""What became of the payment while we were talking."""
Input = Answered | Keys | Speech | Silence | Recorded | PersonLeft | MeetingNews | HungUp | Elsewhere | Detected


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One thing said. `text` is final and is exactly what the callee hears."""

    text: str = field(repr=False)
    language: str
    """zh-CN or en."""
    voice: str | None = None
    rate: str | None = None
    """SSML prosody rate, e.g. `90%`."""
    recording: str | None = None
    """File name of somebody saying `text`, to be played instead of the synthetic voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Wait for one act of theirs; silence is one too."""

    timeout_s: int = 6
    max_digits: int = 1
    finish_key: str = ""
    """Ends several digits."""
    speech: bool = True
    max_speech_s: int | None = None
    """How long they may speak; None leaves it to the line."""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """Record what they say, up to a key, a rest, or so many seconds."""

    max_s: int
    rest_s: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Ring a person and join the two, once the person has pressed `key`: a voicemail cannot."""

    whisper: Utterance
    """What the person hears first; the callee does not."""
    key: str
    ring_s: int
    n: int
    """The how-manieth person is tried in this call, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Join whoever is on the line with the others in this room."""

    name: str
    """The same for everybody who is to meet there; names nobody."""
    talk_s: int
    """How long they may talk."""
    hold: bool = False
    """They wait in it, with words of ours, until somebody comes who begins it."""
    beside: bool = False
    """A talk between others, which neither begins nor ends with them."""
    announced: bool = False
    """Their coming is heard by the others."""
    muted: bool = False
    """Nobody hears them."""
    coach: str | None = None
    """The call that alone hears them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of ours. After the words comes one of `listen`, `tape`, `connect` and `room`, or the end of the
    call."""

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
        """Nothing follows these words."""
        return self.listen is None and self.tape is None and self.connect is None and self.room is None

    def to_json(self) -> str:
        return to_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Turn:
        data = json.loads(text)
        listen, tape, connect = data.pop("listen"), data.pop("tape", None), data.pop("connect", None)
        room = data.pop("room", None)
        return cls(
            **{**data, "utterances": tuple(Utterance(**u) for u in data["utterances"])},
            listen=None if listen is None else Listen(**{**listen, "hints": tuple(listen["hints"])}),
            tape=None if tape is None else Tape(**tape),
            connect=None if connect is None else Connect(**{**connect, "whisper": Utterance(**connect["whisper"])}),
            room=None if room is None else Room(**room),
        )
