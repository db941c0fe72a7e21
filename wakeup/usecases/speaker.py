"""What the use cases ask of the script library: which script, and the words' variables. `runtime` implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.library import Published
from wakeup.ivr.render import Variables
from wakeup.ivr.turn import Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What one call may speak of, before it is rounded and masked."""

    amount: Decimal = field(repr=False)
    currency: str
    payee_name: Callable[[], str]
    """Sealed, so it is opened only for a script that says it."""
    call_code: str | None = field(repr=False)
    settled: bool
    """The payment is on hold already; the call can only add protection."""
    gone: bool
    """The payment was let go or paid out: we hold it no more, whatever is said of it."""
    unhurried: bool
    """They need time: the voice says less at once."""
    now: datetime
    calls_again_at: Callable[[], datetime | None]
    """When we would call again if they asked for it now. Both times in the callee's own zone. This and the other
    questions below are asked only where the script reads the answer."""
    promised: bool = False
    """This is the call that was promised to them."""
    guardian_ready: Callable[[], bool] = lambda: False
    """A guardian could be told now, and would be if they wished it."""
    unrecorded: Callable[[], bool] = lambda: False
    """They were asked whether the call may be recorded, and said no; or whom they are to meet did."""
    room: Callable[[], str | None] = lambda: None
    """Where they can meet the other one: the customer a guardian, a guardian the customer. None when they cannot."""
    ward: Callable[[], str] = lambda: ""
    """The customer's name, in a call to their guardian; nothing in any other."""
    family_worried: bool = False
    """A guardian has said that they fear for the callee."""
    person_ready: Callable[[], bool | None] = lambda: None
    """Somebody of ours could be rung for them now; None where the settings say so, and not who is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperFacts:
    """What a colleague may hear before they take a call. They work for the bank; no account is said all the same."""

    name: str = field(repr=False)
    tier: Tier
    typology: str
    amount: Decimal = field(repr=False)
    currency: str
    payee_name: str = field(repr=False)
    state: TransferState
    outcome: Outcome | None
    """What the talk has come to so far."""
    risky: int
    """Answers that warned."""
    answered: int
    handed_on: bool = False
    """A colleague had this call before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScript:
    """One version of a script, word for word, as storage keeps it for good."""

    content_hash: str
    script_id: str
    version: str
    content: str = field(repr=False)
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptVersion:
    """One version of a script that was ever in force, without its words."""

    content_hash: str
    version: str
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedScript:
    """A script that no new conversation begins in, until somebody lets it speak again."""

    script_id: str
    paused_at: datetime
    by: str


class Scripts(Protocol):
    """Append-only: the words of every version that was ever in force, by the hash conversations pin."""

    def holds(self, content_hash: str) -> bool: ...
    def keep(self, script: KeptScript) -> bool:
        """False, and nothing changed, if it was kept before."""

    def content(self, content_hash: str) -> str | None: ...
    def versions(self, script_id: str) -> Sequence[ScriptVersion]:
        """The newest first."""

    def paused(self) -> Sequence[PausedScript]:
        """By id."""

    def pause(self, paused: PausedScript) -> bool:
        """False, and nothing changed, if it is paused already."""

    def resume(self, script_id: str) -> bool:
        """False if it was not paused."""


class Speaker(Protocol):
    """The published scripts and their words."""

    def choose(self, typology: str, locale: str, paused: Collection[str] = ()) -> tuple[Published, str]:
        """The script for a new conversation and the language it is held in. `paused`: ids that are not to speak."""

    def for_guardian(self, locale: str) -> tuple[Published, str]:
        """The script in which a guardian is called. Raises NotFoundError when none is carried."""

    def pinned(self, conversation: Conversation) -> Published:
        """The very version a conversation began with. Raises NotFoundError when it is no longer carried."""

    def carried(self) -> Iterable[Published]:
        """Every version a new conversation may begin in."""

    def read_back(self, content: str) -> Published:
        """A version from the text that was kept of it. Raises NotFoundError when that cannot be read any more."""

    def variables(self, facts: CallFacts, language: str) -> Variables:
        """The words' variables: amounts rounded, payees masked, the bank's own words from configuration."""

    def to_supervisor(self, what: str, language: str) -> tuple[Utterance, ...]:
        """What a supervisor hears who is rung for a talk of others: watch, listened. Nothing of the case."""

    def to_guest(self, what: str, language: str) -> tuple[Utterance, ...]:
        """What a guardian hears who is rung for a talk: guest_ask, guest_joining, guest_thanks, guest_gone,
        guest_declined, guest_stopped. Never what it is about."""

    def colleague(self, what: str, language: str, facts: WhisperFacts) -> tuple[Utterance, ...]:
        """What one of our own people hears at this place of their call: whisper, joined, declined, over, gone."""

    def asks_to_record(self, language: str) -> tuple[Utterance, ...]:
        """Who calls, and whether the call may be recorded: asked where the law wants all to agree."""

    def to_customer(self, what: str, language: str) -> tuple[Utterance, ...]:
        """What is said to them beside their script: listening, before they wait for one of our people; handed_on, when
        one of those hands them on to another."""

    def goes_unrecorded(self, language: str) -> tuple[Utterance, ...]:
        """That it is not, though the words of an older script say so."""
