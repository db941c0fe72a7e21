"""The numbers the rules read. Loaded and checked at the edge; the floors are code, not numbers here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.overload import Overload
from wakeup.domain.roster import Shift
from wakeup.domain.rung import LADDERS, Rung
from wakeup.domain.transfer import Tier

Span = tuple[time, time]
"""Hours of a day, from and until."""

MAX_IN_3_DAYS: Mapping[str, int] = dict.fromkeys(("US", "PR", "VI", "GU", "MP", "AS"), 3)
"""Region -> calls and texts to one number that its law leaves to warnings of fraud (47 CFR 64.1200(a)(9)(iii)). No
policy allows more. It is the law of the territories, too (47 USC 153(58)), whose numbers have regions of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """When and how often a number may be rung."""

    ring_timeout: timedelta = timedelta(seconds=30)
    time_limit: timedelta = timedelta(minutes=10)
    """How long an answered call goes on before the provider is asked whether it still does."""
    line_limit: timedelta = timedelta(hours=1)
    """When the provider ends it, a colleague's talk included: who is in distress is never hung up on before."""
    useful_talk: timedelta = timedelta(seconds=45)
    """The least time on the line that can still change a decision."""
    busy_gap: timedelta = timedelta(seconds=30)
    busy_retries: int = 3
    no_answer_gap: timedelta = timedelta(minutes=5)
    no_answer_retries: int = 2
    cut_short_gap: timedelta = timedelta(seconds=60)
    """After a call that was answered and taught us nothing: hung up early, silence, voicemail."""
    cut_short_retries: int = 1
    min_gap: timedelta = timedelta(seconds=20)
    max_calls_per_case: int = 6
    max_calls_per_number_day: int = 6
    max_calls_per_person_day: int = 8
    """On all numbers of one customer together, for all their cases."""
    people_per_caller_hour: int = 3
    """How often one number that calls us is put through to a colleague in an hour."""
    people_hidden: int = 2
    people_hidden_every: timedelta = timedelta(minutes=5)
    """The same for all who hide their number, together, in this time: short, so that whoever keeps calling shuts nobody
    out for long."""
    people_per_hour: int = 60
    """The same for all who call us together."""
    redial_unknown: bool = True
    opens: time = time(8)
    closes: time = time(21)
    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """IANA zone -> the hours in which a phone may ring there, instead of `opens` to `closes`."""
    destinations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ISO region -> line types that may be rung. What is not named is refused."""
    not_served: Mapping[str, str] = field(default_factory=dict)
    """ISO region -> why the provider carries no call there."""
    per_number_3_days: Mapping[str, int] = field(default_factory=lambda: MAX_IN_3_DAYS)
    """ISO region -> the most ringings of one number in any three days."""
    per_hour: Mapping[str, int] = field(default_factory=dict)
    """ISO region -> the most calls in any hour. A region that is not named has no budget of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Leases, margins and back-off of the machinery."""

    settle_margin: timedelta = timedelta(seconds=2)
    claim_lease: timedelta = timedelta(seconds=15)
    post_within: timedelta = timedelta(seconds=5)
    """A POST must follow its committed intent within this time."""
    pace_recovery: timedelta = timedelta(minutes=2)
    """After "too fast" the account's rate creeps back: from nothing to all of it in this time."""
    provider_queue: timedelta = timedelta(seconds=5)
    """A call that the provider lets wait for longer than this before it dials shows that we are too fast for it."""
    sending_patience: timedelta = timedelta(seconds=30)
    """A `sending` attempt older than this has lost its process: its call is unknown."""
    unknown_checks: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=120))
    watchdog: timedelta = timedelta(seconds=30)
    """How long a final call status may be overdue before we ask."""
    delivery_lease: timedelta = timedelta(seconds=20)
    delivery_first_retry: timedelta = timedelta(milliseconds=250)
    """Several tries must fit between settling and the deadline."""
    delivery_max_retry: timedelta = timedelta(minutes=5)
    delivery_attempts: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release may cost and how long it cools. Tightening only."""

    cooling: timedelta = timedelta(minutes=15)
    medium_needs_app: bool = False
    high_may_release: bool = True
    """With cooling and confirmation on a trusted device; False leaves it to a person."""
    max_amount: Decimal = Decimal(20000)
    """Per transfer, in the base currency: above it no automatic release."""
    max_day: Decimal = Decimal(30000)
    """Sum over 24 h per customer, and per payee."""
    max_week: Decimal = Decimal(60000)
    shaken_for: timedelta = timedelta(hours=72)
    """After a protective outcome the customer's new transfers stand one tier higher for this long."""
    number_rest: timedelta = timedelta(days=7)
    """A phone number or SIM changed less than this ago is not rung by the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """How people work on cases."""

    lock: timedelta = timedelta(minutes=10)
    """How long a claim lasts after the last act of whoever has the case in hand."""
    second_within: timedelta = timedelta(minutes=15)
    """A wish to release lapses after this time."""
    alarm_before: timedelta = timedelta(hours=2)
    """So long before a hold ends people are told that the payment will then be refused."""
    two_people_above: Decimal = Decimal(10000)
    """Sum over the customer's day in the base currency, above which a release needs two persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """When and how often somebody may be written to."""

    remind_after: timedelta = timedelta(minutes=3)
    patience: timedelta = timedelta(minutes=6)
    """From asking a guardian to asking the next one."""
    ask_back_after: timedelta = timedelta(minutes=10)
    """After "I will call them"."""
    answer_within: timedelta = timedelta(hours=24)
    """So long a reply code stands for its case."""
    review_within: timedelta = timedelta(hours=4)
    """A hold that rests on a guardian alone is looked at by a person by then."""
    new_for: timedelta = timedelta(days=7)
    """A guardian, or their number, younger than this carries no weight."""
    change_waits: timedelta = timedelta(hours=72)
    """A change during an open case takes effect so much later."""
    educate_again: timedelta = timedelta(days=14)
    max_guardians_per_case: int = 3
    max_per_number_day: int = 6
    max_per_case: int = 12
    max_hints: int = 1
    per_second: float = 1.0
    """Texts the account may send in a second."""
    destinations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ISO region -> line types that may be written to. What is not named is refused."""


class Consent(StrEnum):
    """What the law asks before a call may be recorded."""

    NOTICE = "notice"
    KEY = "key"
    """All must agree: a key, or no recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How a customer who waits on the line is brought to somebody of ours."""

    offer: timedelta = timedelta(seconds=20)
    """So long one agent may take to accept; then the next is rung."""
    patience: timedelta = timedelta(seconds=45)
    """So long the customer waits for somebody; then a time is said at which we call."""
    missed: int = 2
    """So many offers in a row not taken, and the agent counts as away."""
    wrap_up: timedelta = timedelta(minutes=2)
    """So long after a call an agent writes, unless they say themselves that they are ready."""
    roster: tuple[Shift, ...] = ()
    """Who works when. Empty: whoever says that they are ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what was kept is kept."""

    recordings: timedelta = timedelta(days=90)
    """From the recording on; while the case is not settled it stays."""
    speech: timedelta = timedelta(days=30)
    """What was said and written, and what the provider reported: from the settlement of its case on."""
    records: timedelta = timedelta(days=1826)
    """Everything else about a customer: from the settlement of their last case on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the bank's policy."""

    version: str = "default"
    calling: Calling = Calling()
    tempo: Tempo = Tempo()
    release: Release = Release()
    ladders: Mapping[Tier, tuple[Rung, ...]] = field(default_factory=lambda: LADDERS)
    """What is done for a case of each tier, and when."""
    review: Reviewing = Reviewing()
    overload: Overload = field(default_factory=Overload)
    messages: Messages = Messages()
    people: People = People()
    recording: Mapping[str, Consent] = field(default_factory=dict)
    """ISO region of the number -> what is asked there. Where nothing is known nothing is recorded."""
    retention: Retention = Retention()
    base_currency: str = "SGD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """Value of one unit of a currency in the base currency. An unknown currency is never released automatically."""
    hold_basis: str = "customer agreement: delayed transfer under fraud suspicion"

    def in_base(self, amount: Decimal, currency: str) -> Decimal | None:
        """The amount in the base currency, or None when no rate is known."""
        if currency == self.base_currency:
            return amount
        rate = self.rates.get(currency)
        return None if rate is None else amount * rate
