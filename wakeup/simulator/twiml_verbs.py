"""The contents of a TwiML document, as the phone company acts on them. Independent of XML."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    text: str
    language: str = ""
    voice: str = ""
    times: int = 1
    """How often it is heard; 0 means until the end of the call. So it does for a Play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    url: str
    digits: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    action: str = ""
    method: str = "POST"
    inputs: frozenset[str] = frozenset({"dtmf"})
    timeout: float = 5.0
    num_digits: int = 0
    finish_on_key: str = "#"
    on_empty: bool = False
    barge_in: bool = True
    language: str = "en-US"
    prompts: tuple[Say | Play | Pause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    number: str
    caller_id: str = ""
    whisper: str = ""
    """URL of the TwiML that the callee hears before the two are joined."""
    whisper_method: str = "POST"
    action: str = ""
    method: str = "POST"
    timeout: float = 30.0
    longest: float = 14400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """A Dial into a conference, in which the caller meets the others who dialled into the same room."""

    room: str
    action: str = ""
    method: str = "POST"
    star_leaves: bool = False
    starts: bool = True
    """True if the conference begins when this caller enters, provided there are two participants."""
    ends: bool = False
    """True if the conference ends for all when this caller leaves."""
    most: int = 250
    longest: float = 14400.0
    wait_url: str = ""
    """What is heard until the conference begins, repeatedly; empty for silence."""
    wait_method: str = "POST"
    events_url: str = ""
    events: frozenset[str] = frozenset()
    """Some of start, end, join, leave."""
    muted: bool = False
    coach: str = ""
    """The one call that hears this participant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    action: str = ""
    method: str = "POST"
    timeout: float = 5.0
    max_length: float = 3600.0
    finish_on_key: str = "1234567890*#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    reason: str = ""


Prompt = Say | Play | Pause
Verb = Say | Play | Pause | Gather | Redirect | Dial | Enter | Record | Hangup


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    verbs: tuple[Verb, ...] = ()
    warnings: tuple[str, ...] = field(default=())
