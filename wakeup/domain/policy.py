"""The numbers the rules read. They are loaded and checked at the edge; the floors are in the code, not here."""

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
"""From and until, as hours of a day."""

MAX_IN_3_DAYS: Mapping[str, int] = dict.fromkeys(("US", "PR", "VI", "GU", "MP", "AS"), 3)
"""Region -> calls and SMS to one number in 3 days that its law allows for fraud warnings. No policy allows more.

47 CFR 64.1200(a)(9)(iii); also the law of the US territories (47 USC 153(58)), whose numbers have their own regions.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """When and how often a number may be rung."""

    ring_timeout: timedelta = timedelta(seconds=30)
    time_limit: timedelta = timedelta(minutes=10)
    """How long an answered call goes on before the provider is asked whether it is still running."""
    line_limit: timedelta = timedelta(hours=1)
    """When the provider ends the call, talks with colleagues included: distress is not hung up on before this."""
    useful_talk: timedelta = timedelta(seconds=45)
    """Minimum time on the line that can still change a decision."""
    busy_gap: timedelta = timedelta(seconds=30)
    busy_retries: int = 3
    no_answer_gap: timedelta = timedelta(minutes=5)
    no_answer_retries: int = 2
    cut_short_gap: timedelta = timedelta(seconds=60)
    """After an answered call that taught us nothing: hung up early, silence, voicemail."""
    cut_short_retries: int = 1
    """For people, and for machines."""
    later_gap: timedelta = timedelta(minutes=5)
    later_retries: int = 2
    """After these repetitions, of a line that stays busy or a callee who has no time. A busy line may be the scammer's
    call. Calls that later rungs need are kept for them."""
    min_gap: timedelta = timedelta(seconds=20)
    max_calls_per_case: int = 6
    max_calls_per_number_day: int = 6
    max_calls_per_person_day: int = 8
    """On all numbers of one customer together, for all their cases."""
    people_per_caller_hour: int = 3
    """How often per hour one number that calls us is put through to a colleague."""
    people_hidden: int = 2
    people_hidden_every: timedelta = timedelta(minutes=5)
    """How often all callers with a hidden number together are put through within `people_hidden_every`.

    That time is short, so that one persistent caller does not shut the others out for long.
    """
    people_per_hour: int = 60
    """How often per hour all callers together are put through."""
    redial_unknown: bool = True
    opens: time = time(8)
    closes: time = time(21)
    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """IANA zone -> the hours in which a phone may ring there, instead of `opens` to `closes`."""
    destinations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ISO region -> line types that may be rung. Everything else is refused."""
    not_served: Mapping[str, str] = field(default_factory=dict)
    """ISO region -> why the provider carries no call there."""
    per_number_3_days: Mapping[str, int] = field(default_factory=lambda: MAX_IN_3_DAYS)
    """ISO region -> maximum calls to one number in any three days."""
    per_hour: Mapping[str, int] = field(default_factory=dict)
    """ISO region -> maximum calls in any hour. A region that is not listed has no budget of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Leases, margins and back-off of the dispatcher and the outbox."""

    settle_margin: timedelta = timedelta(seconds=2)
    claim_lease: timedelta = timedelta(seconds=15)
    post_within: timedelta = timedelta(seconds=5)
    """A POST must be made within this time of the commit of its intent."""
    pace_recovery: timedelta = timedelta(minutes=2)
    """After the provider said "too fast", the time in which the account's rate grows back from zero to full."""
    provider_queue: timedelta = timedelta(seconds=5)
    """A call that waits longer than this in the provider's queue shows that we place calls too fast for it."""
    sending_patience: timedelta = timedelta(seconds=30)
    """An attempt `sending` for longer than this has lost its process: its call is unknown."""
    unknown_checks: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=120))
    watchdog: timedelta = timedelta(seconds=30)
    """How long a final call status may be overdue before the provider is asked."""
    delivery_lease: timedelta = timedelta(seconds=20)
    delivery_first_retry: timedelta = timedelta(milliseconds=250)
    """Short, because several tries must fit between settling and the deadline."""
    delivery_max_retry: timedelta = timedelta(minutes=5)
    delivery_attempts: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Limits of an automatic release, and how long it cools. A policy can only tighten them."""

    cooling: timedelta = timedelta(minutes=15)
    medium_needs_app: bool = False
    high_may_release: bool = True
    """After cooling and confirmation on a trusted device; False leaves it to a human."""
    max_amount: Decimal = Decimal(20000)
    """Maximum per transfer for an automatic release, in the base currency."""
    max_day: Decimal = Decimal(30000)
    """Maximum sum over 24 h per customer, and per payee."""
    max_week: Decimal = Decimal(60000)
    shaken_for: timedelta = timedelta(hours=72)
    """How long after a protective outcome the customer's new transfers are raised by one tier."""
    number_rest: timedelta = timedelta(days=7)
    """A phone number or SIM changed less than this ago is not rung by the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """How staff work on cases."""

    lock: timedelta = timedelta(minutes=10)
    """How long a claim lasts after the last act of its holder."""
    second_within: timedelta = timedelta(minutes=15)
    """A request to release lapses after this time."""
    alarm_before: timedelta = timedelta(hours=2)
    """How long before a hold ends staff are alarmed that the payment will then be refused."""
    two_people_above: Decimal = Decimal(10000)
    """Sum over the customer's day, in the base currency, above which a release needs two persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """When and how often guardians and customers may be sent an SMS."""

    remind_after: timedelta = timedelta(minutes=3)
    patience: timedelta = timedelta(minutes=6)
    """Time from asking a guardian to asking the next one."""
    ask_back_after: timedelta = timedelta(minutes=10)
    """Time from "I will call them" to asking again."""
    answer_within: timedelta = timedelta(hours=24)
    """How long a reply code stands for its case."""
    review_within: timedelta = timedelta(hours=4)
    """Time by which a human reviews a hold that rests on a guardian alone."""
    new_for: timedelta = timedelta(days=7)
    """A guardian, or a guardian's number, younger than this does not count."""
    change_waits: timedelta = timedelta(hours=72)
    """How much later a change made during an open case takes effect."""
    educate_again: timedelta = timedelta(days=14)
    max_guardians_per_case: int = 3
    max_per_number_day: int = 6
    max_per_case: int = 12
    max_hints: int = 1
    per_second: float = 1.0
    """SMS the account may send per second."""
    destinations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ISO region -> line types that may be sent an SMS. Everything else is refused."""


class Consent(StrEnum):
    """What the law requires before a call may be recorded."""

    NOTICE = "notice"
    KEY = "key"
    """All must agree: recorded only after a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How a customer who waits on the line is brought to an agent."""

    offer: timedelta = timedelta(seconds=20)
    """How long one agent may take to accept; then the next is rung."""
    patience: timedelta = timedelta(seconds=45)
    """How long the customer waits for an agent; then they are told at what time we call."""
    missed: int = 2
    """After this many missed offers in a row the agent counts as away."""
    wrap_up: timedelta = timedelta(minutes=2)
    """How long after a call an agent has for writing it up, unless they report ready sooner."""
    roster: tuple[Shift, ...] = ()
    """Who works when. If empty, every agent who reports ready is on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long data is retained."""

    recordings: timedelta = timedelta(days=90)
    """From the time of recording; not deleted while the case is unsettled."""
    speech: timedelta = timedelta(days=30)
    """What was said and written, and what the provider reported. From the settlement of the case."""
    records: timedelta = timedelta(days=1826)
    """Everything else about a customer. From the settlement of their last case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the bank's policy."""

    version: str = "default"
    calling: Calling = Calling()
    tempo: Tempo = Tempo()
    release: Release = Release()
    ladders: Mapping[Tier, tuple[Rung, ...]] = field(default_factory=lambda: LADDERS)
    """The ladder of each tier: what is done, and when."""
    review: Reviewing = Reviewing()
    overload: Overload = field(default_factory=Overload)
    messages: Messages = Messages()
    people: People = People()
    recording: Mapping[str, Consent] = field(default_factory=dict)
    """ISO region of the number -> consent required there. In a region that is not listed nothing is recorded."""
    retention: Retention = Retention()
    base_currency: str = "SGD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """Value of one unit in the base currency. A transfer in an unknown currency is never released automatically."""
    hold_basis: str = "customer agreement: delayed transfer under fraud suspicion"

    def in_base(self, amount: Decimal, currency: str) -> Decimal | None:
        """Return the amount in the base currency, or None when no rate is known."""
        if currency == self.base_currency:
            return amount
        rate = self.rates.get(currency)
        return None if rate is None else amount * rate
