"""Protocols of the script library: which script a conversation uses, and the variables of its words.

`runtime` implements them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
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
    """The facts a call may speak of, before they are rounded and masked."""

    amount: Decimal = field(repr=False)
    currency: str
    payee_name: Callable[[], str]
    """Decrypted only for a script that says it."""
    call_code: str | None = field(repr=False)
    settled: bool
    """The payment is already on hold, so the call can only add protection."""
    gone: bool
    """The payment was allowed or paid out: we hold it no more, whatever the callee says."""
    unhurried: bool
    """The callee needs time: the voice says less at once."""
    now: datetime
    calls_again_at: Callable[[], datetime | None]
    """When we would call again if the callee asked for it now.

    This time and `now` are in the callee's own time zone. This question and the ones below are evaluated only
    where the script reads the answer.
    """
    promised: bool = False
    """This call is an appointment."""
    guardian_ready: Callable[[], bool] = lambda: False
    """A guardian could be asked now, and would be if the callee wished it."""
    unrecorded: Callable[[], bool] = lambda: False
    """The callee, or the person they are to meet in a conference, refused to be recorded."""
    room: Callable[[], str | None] = lambda: None
    """Name of the conference in which customer and guardian can meet; None when they cannot."""
    ward: Callable[[], str] = lambda: ""
    """The customer's name in a call to their guardian; empty in any other call."""
    guardian_worried: bool = False
    """A guardian is worried about the customer."""
    person_ready: Callable[[], bool | None] = lambda: None
    """True if an agent could be rung now. None where there are no agents and the colleagues of the settings are
    rung instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperFacts:
    """What an agent or colleague may hear before taking a call. They work for the bank; even so, no account number
    is said."""

    name: str = field(repr=False)
    tier: Tier
    typology: str
    amount: Decimal = field(repr=False)
    currency: str
    payee_name: str = field(repr=False)
    state: TransferState
    outcome: Outcome | None
    """Outcome of the conversation so far."""
    risky: int
    """Number of answers that indicate a scam."""
    answered: int
    handed_on: bool = False
    """Another agent had this call before and handed it on."""
    guardian_of: str | None = field(default=None, repr=False)
    """The customer's name if a guardian waits, to whom nothing may be said of the case."""


class Speaker(Protocol):
    """The published scripts and their words."""

    def choose(self, typology: str, locale: str, paused: Collection[str] = ()) -> tuple[Published, str]:
        """Return the script for a new conversation and the language it is held in. `paused`: ids of scripts not to
        be used."""

    def for_guardian(self, locale: str) -> tuple[Published, str]:
        """Return the script for calls to guardians, and its language. Raises NotFoundError when none is loaded."""

    def pinned(self, conversation: Conversation) -> Published:
        """Return the version a conversation began with. Raises NotFoundError when it is no longer loaded."""

    def carried(self) -> Iterable[Published]:
        """Return every version in which a new conversation may begin."""

    def read_back(self, content: str) -> Published:
        """Parse a version from its stored text. Raises NotFoundError when the text can no longer be read."""

    def variables(self, facts: CallFacts, language: str) -> Variables:
        """Return the variables of the prompts: amounts rounded, payees masked, the bank's own words from
        configuration."""

    def to_supervisor(self, what: str, language: str) -> tuple[Utterance, ...]:
        """Return what a supervisor hears when rung for a conversation of others: `watch`, `listened`. It says
        nothing of the case."""

    def to_guest(self, what: str, language: str) -> tuple[Utterance, ...]:
        """Return what a guardian hears when rung to join a conversation: `guest_ask`, `guest_joining`,
        `guest_thanks`, `guest_gone`, `guest_declined`, `guest_stopped`. It never says what the case is about."""

    def colleague(self, what: str, language: str, facts: WhisperFacts) -> tuple[Utterance, ...]:
        """Return what an agent or colleague hears at this place of their call: `whisper`, `joined`, `declined`,
        `over`, `gone`, `too_late`."""

    def asks_to_record(self, language: str) -> tuple[Utterance, ...]:
        """Return the words that say who calls and ask for consent to recording; used where the law wants all
        parties to agree."""

    def to_customer(self, what: str, language: str) -> tuple[Utterance, ...]:
        """Return what is said to the customer outside the script: `listening`, before they wait for an agent;
        `handed_on`, when an agent hands them on to another; `unrecorded`, when the call is not recorded though an older
        script says it is."""
