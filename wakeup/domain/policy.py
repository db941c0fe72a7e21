"""The numbers the rules read: their meaning, usual values and bounds. A file is checked against them at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.bounds import DAY, HOUR, MINUTE, SECOND, bounded
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

# Limits of the rules: a policy may be stricter; one that is looser does not load. The other bounds only catch slips.
COOLING_FLOOR = 90 * SECOND
"""`decide` keeps to it whatever the policy says."""
SHAKEN_FLOOR = 72 * HOUR
NUMBER_REST_FLOOR = 24 * HOUR
NEW_FLOOR = 7 * DAY
CHANGE_WAITS_FLOOR = 72 * HOUR
REVIEW_WITHIN_MOST = 4 * HOUR
SECOND_WITHIN_MOST = 15 * MINUTE
POST_WITHIN_MOST = 5 * SECOND
LONGEST_KEPT = 3660 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """When and how often a number may be rung."""

    ring_timeout: timedelta = bounded(30 * SECOND, least=5 * SECOND, most=2 * MINUTE)
    time_limit: timedelta = bounded(10 * MINUTE, least=MINUTE, most=HOUR)
    """Age at which the provider is asked about an answered call even while its turns go on."""
    line_limit: timedelta = bounded(HOUR, least=MINUTE, most=4 * HOUR)
    """When the provider ends the call, talks with colleagues included: distress is not hung up on before this."""
    useful_talk: timedelta = bounded(45 * SECOND, least=5 * SECOND, most=10 * MINUTE)
    """Minimum time on the line that can still change a decision."""
    busy_gap: timedelta = bounded(30 * SECOND, least=SECOND, most=DAY)
    busy_retries: int = bounded(3, least=0)
    no_answer_gap: timedelta = bounded(5 * MINUTE, least=SECOND, most=DAY)
    no_answer_retries: int = bounded(2, least=0)
    cut_short_gap: timedelta = bounded(60 * SECOND, least=SECOND, most=DAY)
    """After an answered call that taught us nothing: hung up early, silence, voicemail."""
    cut_short_retries: int = bounded(1, least=0)
    """For people, and for machines."""
    later_gap: timedelta = bounded(5 * MINUTE, least=SECOND, most=DAY)
    later_retries: int = bounded(2, least=0)
    """After these repetitions, of a line that stays busy or a callee who has no time. A busy line may be the scammer's
    call. Calls that later rungs need are kept for them."""
    min_gap: timedelta = bounded(20 * SECOND, least=SECOND, most=DAY)
    max_calls_per_case: int = bounded(6, least=1, most=20)
    max_calls_per_number_day: int = bounded(6, least=1, most=20)
    max_calls_per_person_day: int = bounded(8, least=1, most=40)
    """On all numbers of one customer together, for all their cases."""
    people_per_caller_hour: int = bounded(3, least=1, most=20)
    """How often per hour one number that calls us is put through to a colleague."""
    people_hidden: int = bounded(2, least=1, most=100)
    people_hidden_every: timedelta = bounded(5 * MINUTE, least=MINUTE, most=HOUR)
    """How often all callers with a hidden number together are put through within `people_hidden_every`.

    That time is short, so that one persistent caller does not shut the others out for long.
    """
    people_per_hour: int = bounded(60, least=1, most=10_000)
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

    settle_margin: timedelta = bounded(2 * SECOND, least=SECOND, most=MINUTE)
    claim_lease: timedelta = bounded(15 * SECOND, least=SECOND, most=5 * MINUTE)
    post_within: timedelta = bounded(5 * SECOND, least=SECOND, most=POST_WITHIN_MOST)
    """A POST must be made within this time of the commit of its intent."""
    pace_recovery: timedelta = bounded(2 * MINUTE, least=10 * SECOND, most=HOUR)
    """After the provider said "too fast", the time in which the account's rate grows back from zero to full."""
    provider_queue: timedelta = bounded(5 * SECOND, least=SECOND, most=MINUTE)
    """A call that waits longer than this in the provider's queue shows that we place calls too fast for it."""
    sending_patience: timedelta = bounded(30 * SECOND, most=5 * MINUTE)
    """An attempt `sending` for longer than this has lost its process: its call is unknown."""
    unknown_checks: tuple[timedelta, ...] = (5 * SECOND, 30 * SECOND, 2 * MINUTE)
    watchdog: timedelta = bounded(30 * SECOND, least=5 * SECOND, most=10 * MINUTE)
    """How long a final call status may be overdue before the provider is asked."""
    delivery_lease: timedelta = bounded(20 * SECOND, most=5 * MINUTE)
    delivery_first_retry: timedelta = bounded(SECOND / 4, least=SECOND / 10, most=MINUTE)
    """Short, because several tries must fit between settling and the deadline."""
    delivery_max_retry: timedelta = bounded(5 * MINUTE, least=SECOND, most=HOUR)
    delivery_attempts: int = bounded(100, least=10, most=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Limits of an automatic release, and how long it cools. A policy can only tighten them."""

    cooling: timedelta = bounded(15 * MINUTE, least=COOLING_FLOOR, most=30 * DAY)
    medium_needs_app: bool = False
    high_may_release: bool = True
    """After cooling and confirmation on a trusted device; False leaves it to a human."""
    max_amount: Decimal = Decimal(20000)
    """Maximum per transfer for an automatic release, in the base currency."""
    max_day: Decimal = Decimal(30000)
    """Maximum sum over 24 h per customer, and per payee."""
    max_week: Decimal = Decimal(60000)
    shaken_for: timedelta = bounded(72 * HOUR, least=SHAKEN_FLOOR, most=366 * DAY)
    """How long after a protective outcome the customer's new transfers are raised by one tier."""
    number_rest: timedelta = bounded(7 * DAY, least=NUMBER_REST_FLOOR, most=366 * DAY)
    """A phone number or SIM changed less than this ago is not rung by the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """How staff work on cases."""

    lock: timedelta = bounded(10 * MINUTE, least=MINUTE, most=HOUR)
    """How long a claim lasts after the last act of its holder."""
    second_within: timedelta = bounded(15 * MINUTE, least=MINUTE, most=SECOND_WITHIN_MOST)
    """A request to release lapses after this time."""
    alarm_before: timedelta = bounded(2 * HOUR, least=MINUTE, most=7 * DAY)
    """How long before a hold ends staff are alarmed that the payment will then be refused."""
    two_people_above: Decimal = Decimal(10000)
    """Sum over the customer's day, in the base currency, above which a release needs two persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """When and how often guardians and customers may be sent an SMS."""

    remind_after: timedelta = bounded(3 * MINUTE, least=30 * SECOND, most=DAY)
    patience: timedelta = bounded(6 * MINUTE, least=MINUTE, most=DAY)
    """Time from asking a guardian to asking the next one."""
    ask_back_after: timedelta = bounded(10 * MINUTE, least=MINUTE, most=DAY)
    """Time from "I will call them" to asking again."""
    answer_within: timedelta = bounded(24 * HOUR, least=10 * MINUTE, most=7 * DAY)
    """How long a reply code stands for its case."""
    review_within: timedelta = bounded(4 * HOUR, least=MINUTE, most=REVIEW_WITHIN_MOST)
    """Time by which a human reviews a hold that rests on a guardian alone."""
    new_for: timedelta = bounded(7 * DAY, least=NEW_FLOOR, most=366 * DAY)
    """A guardian, or a guardian's number, younger than this does not count."""
    change_waits: timedelta = bounded(72 * HOUR, least=CHANGE_WAITS_FLOOR, most=30 * DAY)
    """How much later a change made during an open case takes effect."""
    educate_again: timedelta = bounded(14 * DAY, least=DAY, most=366 * DAY)
    max_guardians_per_case: int = bounded(3, least=0, most=10)
    max_per_number_day: int = bounded(6, least=1, most=20)
    max_per_case: int = bounded(12, least=1, most=50)
    max_hints: int = bounded(1, least=0, most=3)
    per_second: float = bounded(1.0, above=0, most=1000)
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

    offer: timedelta = bounded(20 * SECOND, least=5 * SECOND, most=MINUTE)
    """How long one agent may take to accept; then the next is rung."""
    patience: timedelta = bounded(45 * SECOND, least=10 * SECOND, most=3 * MINUTE)
    """How long the customer waits for an agent; then they are told at what time we call."""
    missed: int = bounded(2, least=1, most=10)
    """After this many missed offers in a row the agent counts as away."""
    wrap_up: timedelta = bounded(2 * MINUTE, least=SECOND, most=60 * MINUTE)
    """How long after a call an agent has for writing it up, unless they report ready sooner."""
    roster: tuple[Shift, ...] = ()
    """Who works when. If empty, every agent who reports ready is on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long data is retained."""

    recordings: timedelta = bounded(90 * DAY, least=DAY, most=LONGEST_KEPT)
    """From the time of recording; not deleted while the case is unsettled."""
    speech: timedelta = bounded(30 * DAY, least=DAY, most=LONGEST_KEPT)
    """What was said and written, and what the provider reported. From the settlement of the case."""
    records: timedelta = bounded(1826 * DAY, least=30 * DAY, most=LONGEST_KEPT)
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
