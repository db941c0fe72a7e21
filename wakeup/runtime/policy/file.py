"""Read the policy file: TOML in, the domain's Policy out, or a line per fault.

A policy may tighten the rules of the domain, never loosen them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from wakeup.domain.overload import Overload
from wakeup.domain.policy import Calling, Consent, Messages, Policy, Release, Retention, Reviewing, Tempo
from wakeup.runtime.policy.ladder import LadderPart, ladder_faults
from wakeup.runtime.policy.law import ThreeDays
from wakeup.runtime.policy.messages import MessagesPart
from wakeup.runtime.policy.overload import OverloadPart
from wakeup.runtime.policy.people import Consents, PeoplePart, RetentionPart
from wakeup.runtime.policy.toml import read_toml
from wakeup.runtime.policy.values import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Caps,
    Currency,
    Destinations,
    Duration,
    Durations,
    Hour,
    Hours,
    Part,
    Rates,
    Reasons,
    Sum,
)
from wakeup.runtime.settings.faults import refuse
from wakeup.telephony.provider import TWILIO

SHORTEST_WINDOW = 3 * MINUTE
ANSWER_PATIENCE = 25 * SECOND
"""The longest a POST to Twilio may take, connecting and reading."""
DELIVERY_PATIENCE = 15 * SECOND
"""The longest a POST to the payment core may take."""
DELIVERY_MARGIN = 2 * SECOND
"""The longest until its result is recorded."""

# Limits of the rules: a policy may be stricter; one that is looser does not load.
POST_WITHIN_MOST = 5 * SECOND
COOLING_FLOOR = 90 * SECOND
SHAKEN_FLOOR = 72 * HOUR
NUMBER_REST_FLOOR = 24 * HOUR
_DIGEST = 12
SECOND_WITHIN_MOST = 15 * MINUTE
_CALLING, _TEMPO, _RELEASE, _POLICY, _REVIEW = Calling(), Tempo(), Release(), Policy(), Reviewing()


class CallingPart(Part):
    """`[calling]`: what is not given keeps the domain's default."""

    ring_timeout: Duration = Field(default=_CALLING.ring_timeout, ge=5 * SECOND, le=2 * MINUTE)
    time_limit: Duration = Field(default=_CALLING.time_limit, ge=MINUTE, le=HOUR)
    line_limit: Duration = Field(default=_CALLING.line_limit, ge=MINUTE, le=4 * HOUR)
    useful_talk: Duration = Field(default=_CALLING.useful_talk, ge=5 * SECOND, le=10 * MINUTE)
    busy_gap: Duration = Field(default=_CALLING.busy_gap, ge=SECOND, le=DAY)
    busy_retries: int = Field(default=_CALLING.busy_retries, ge=0)
    no_answer_gap: Duration = Field(default=_CALLING.no_answer_gap, ge=SECOND, le=DAY)
    no_answer_retries: int = Field(default=_CALLING.no_answer_retries, ge=0)
    cut_short_gap: Duration = Field(default=_CALLING.cut_short_gap, ge=SECOND, le=DAY)
    cut_short_retries: int = Field(default=_CALLING.cut_short_retries, ge=0)
    later_gap: Duration = Field(default=_CALLING.later_gap, ge=SECOND, le=DAY)
    later_retries: int = Field(default=_CALLING.later_retries, ge=0)
    min_gap: Duration = Field(default=_CALLING.min_gap, ge=SECOND, le=DAY)
    max_calls_per_case: int = Field(default=_CALLING.max_calls_per_case, ge=1, le=20)
    max_calls_per_number_day: int = Field(default=_CALLING.max_calls_per_number_day, ge=1, le=20)
    max_calls_per_person_day: int = Field(default=_CALLING.max_calls_per_person_day, ge=1, le=40)
    people_per_caller_hour: int = Field(default=_CALLING.people_per_caller_hour, ge=1, le=20)
    people_hidden: int = Field(default=_CALLING.people_hidden, ge=1, le=100)
    people_hidden_every: Duration = Field(default=_CALLING.people_hidden_every, ge=MINUTE, le=HOUR)
    people_per_hour: int = Field(default=_CALLING.people_per_hour, ge=1, le=10_000)
    redial_unknown: bool = _CALLING.redial_unknown
    opens: Hour = _CALLING.opens
    closes: Hour = _CALLING.closes
    hours: Hours = Field(default_factory=dict)
    destinations: Destinations = Field(default_factory=dict)
    not_served: Reasons = Field(default_factory=lambda: dict(TWILIO.not_served))
    per_number_3_days: ThreeDays = Field(default_factory=lambda: dict(_CALLING.per_number_3_days))
    per_hour: Caps = Field(default_factory=dict)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = {}
        if self.opens == self.closes:
            faults["closes"] = "is the same as opens: no one could ever be called"
        elif self.opens > self.closes:
            # Most likely the two were exchanged, and everybody would be called at night.
            faults["closes"] = "is before opens: for hours across midnight write two spans in calling.hours"
        if self.ring_timeout + self.useful_talk > SHORTEST_WINDOW:
            faults["useful_talk"] = "and ring_timeout together are longer than the shortest window, 3m"
        if self.useful_talk > self.time_limit:
            faults["time_limit"] = "is shorter than useful_talk"
        if self.line_limit < self.time_limit:
            faults["line_limit"] = "is shorter than time_limit"
        unserved = {**self.not_served, **TWILIO.not_served}
        for region in sorted(unserved.keys() & self.destinations.keys()):
            faults[f"destinations.{region}"] = f"is not served: {unserved[region]}"
        refuse(faults | self._caps_and_gaps())
        return self

    def _caps_and_gaps(self) -> dict[str, str]:
        faults = {}
        if self.max_calls_per_case > self.max_calls_per_number_day:
            faults["max_calls_per_case"] = "is above max_calls_per_number_day, so it would never be reached"
        if self.people_per_caller_hour > self.people_per_hour:
            faults["people_per_caller_hour"] = "is above people_per_hour, so it would never be reached"
        if self.max_calls_per_number_day > self.max_calls_per_person_day:
            faults["max_calls_per_person_day"] = "is below max_calls_per_number_day"
        for name in ("busy", "no_answer", "cut_short", "later"):
            if getattr(self, f"{name}_retries") >= self.max_calls_per_case:
                faults[f"{name}_retries"] = "plus the first call are more than max_calls_per_case"
            if getattr(self, f"{name}_gap") < self.min_gap:
                faults[f"{name}_gap"] = "is shorter than min_gap"
        return faults


class TempoPart(Part):
    """`[tempo]`: leases, time-outs and retries."""

    settle_margin: Duration = Field(default=_TEMPO.settle_margin, ge=SECOND, le=MINUTE)
    claim_lease: Duration = Field(default=_TEMPO.claim_lease, ge=SECOND, le=5 * MINUTE)
    post_within: Duration = Field(default=_TEMPO.post_within, ge=SECOND, le=POST_WITHIN_MOST)
    pace_recovery: Duration = Field(default=_TEMPO.pace_recovery, ge=10 * SECOND, le=HOUR)
    provider_queue: Duration = Field(default=_TEMPO.provider_queue, ge=SECOND, le=MINUTE)
    sending_patience: Duration = Field(default=_TEMPO.sending_patience, le=5 * MINUTE)
    unknown_checks: Durations = _TEMPO.unknown_checks
    watchdog: Duration = Field(default=_TEMPO.watchdog, ge=5 * SECOND, le=10 * MINUTE)
    delivery_lease: Duration = Field(default=_TEMPO.delivery_lease, le=5 * MINUTE)
    delivery_first_retry: Duration = Field(default=_TEMPO.delivery_first_retry, ge=SECOND / 10, le=MINUTE)
    delivery_max_retry: Duration = Field(default=_TEMPO.delivery_max_retry, ge=SECOND, le=HOUR)
    delivery_attempts: int = Field(default=_TEMPO.delivery_attempts, ge=10, le=10_000)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = {}
        if self.claim_lease <= self.post_within:
            faults["claim_lease"] = "must be longer than post_within, or two nodes could place the same call"
        if self.sending_patience < self.post_within + ANSWER_PATIENCE:
            faults["sending_patience"] = "must be at least 25s longer than post_within: a response may take that long"
        if self.delivery_lease < DELIVERY_PATIENCE + DELIVERY_MARGIN:
            faults["delivery_lease"] = "must be at least 17s, or a slow core would get decisions again and again"
        if self.unknown_checks[-1] > 10 * MINUTE:
            faults["unknown_checks"] = "must end within 10m"
        if self.delivery_first_retry > self.delivery_max_retry:
            faults["delivery_max_retry"] = "is shorter than delivery_first_retry"
        refuse(faults)
        return self


class ReleasePart(Part):
    """`[release]`: deliberately has no setting for critical transfers."""

    cooling: Duration = Field(default=_RELEASE.cooling, ge=COOLING_FLOOR, le=30 * DAY)
    medium_needs_app: bool = _RELEASE.medium_needs_app
    high_may_release: bool = _RELEASE.high_may_release
    max_amount: Sum = _RELEASE.max_amount
    max_day: Sum = _RELEASE.max_day
    max_week: Sum = _RELEASE.max_week
    shaken_for: Duration = Field(default=_RELEASE.shaken_for, ge=SHAKEN_FLOOR, le=366 * DAY)
    number_rest: Duration = Field(default=_RELEASE.number_rest, ge=NUMBER_REST_FLOOR, le=366 * DAY)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = {}
        if self.max_amount > self.max_day:
            faults["max_day"] = "is below max_amount"
        if self.max_day > self.max_week:
            faults["max_week"] = "is below max_day"
        refuse(faults)
        return self


class ReviewPart(Part):
    """`[review]`: how people work on cases. Critical transfers always need two people, whatever is set here."""

    lock: Duration = Field(default=_REVIEW.lock, ge=MINUTE, le=HOUR)
    second_within: Duration = Field(default=_REVIEW.second_within, ge=MINUTE, le=SECOND_WITHIN_MOST)
    alarm_before: Duration = Field(default=_REVIEW.alarm_before, ge=MINUTE, le=7 * DAY)
    two_people_above: Sum = _REVIEW.two_people_above


class PolicyPart(Part):
    """The whole file."""

    version: str = Field(pattern=r"^[0-9A-Za-z._-]{1,32}$")
    base_currency: Currency = _POLICY.base_currency
    hold_basis: str = Field(default=_POLICY.hold_basis, min_length=1, max_length=200)
    calling: CallingPart = Field(default_factory=CallingPart)
    tempo: TempoPart = Field(default_factory=TempoPart)
    release: ReleasePart = Field(default_factory=ReleasePart)
    ladder: LadderPart = Field(default_factory=LadderPart)
    review: ReviewPart = Field(default_factory=ReviewPart)
    overload: OverloadPart = Field(default_factory=OverloadPart)
    messages: MessagesPart = Field(default_factory=MessagesPart)
    people: PeoplePart = Field(default_factory=PeoplePart)
    recording: Consents = Field(default_factory=dict)
    retention: RetentionPart = Field(default_factory=RetentionPart)
    rates: Rates = Field(default_factory=dict)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = ladder_faults(self.ladder, self.calls())
        if self.rates.get(self.base_currency, Decimal(1)) != 1:
            faults[f"rates.{self.base_currency}"] = "is the base currency, so its rate must be 1"
        refuse(faults)
        return self

    def calls(self) -> Calling:
        return Calling(**_values(self.calling, Calling))


def load_policy(path: Path) -> Policy:
    """Return the policy of one file. Its version is the file's `version` and a short SHA-256 of the content.

    Raises ConfigError with a line per fault.
    """
    part, raw = read_toml(path, "WAKEUP_POLICY__FILE", PolicyPart, parse_float=Decimal)
    return Policy(
        version=f"{part.version}+{hashlib.sha256(raw).hexdigest()[:_DIGEST]}",
        base_currency=part.base_currency,
        hold_basis=part.hold_basis,
        calling=part.calls(),
        tempo=Tempo(**_values(part.tempo, Tempo)),
        release=Release(**_values(part.release, Release)),
        ladders=part.ladder.ladders(),
        review=Reviewing(**_values(part.review, Reviewing)),
        overload=Overload(**_values(part.overload, Overload)),
        messages=Messages(**_values(part.messages, Messages)),
        people=part.people.people(),
        # Where the bank sets no consent rule, the strictest applies.
        recording={region: part.recording.get(region, Consent.KEY) for region in part.calling.destinations},
        retention=Retention(**_values(part.retention, Retention)),
        rates=part.rates,
    )


def for_speed(policy: Policy, speed: float) -> Policy:
    """Return the policy for a simulation in which people's time runs `speed` times faster.

    Leases, margins and back-off cover latencies of real machines, so in people's time they last `speed` times
    longer. So do claims and release requests, because a person at the console lives in real time. (`settle_at`
    keeps the settle margin at most a tenth of its window.) `post_within` stays as it is: it is compared with real,
    monotonic seconds.
    """
    if speed == 1.0:
        return policy
    overload = policy.overload
    return replace(
        policy,
        tempo=replace(policy.tempo, **_stretched(policy.tempo, speed)),
        review=replace(policy.review, **_stretched(policy.review, speed)),
        overload=replace(overload, plan_every=overload.plan_every * speed, plan_stale=overload.plan_stale * speed),
    )


def _stretched(tempo: Tempo | Reviewing, speed: float) -> dict[str, Any]:
    stretched: dict[str, Any] = {}
    for field in fields(tempo):
        value = getattr(tempo, field.name)
        if field.name == "post_within":
            continue
        if isinstance(value, timedelta):
            stretched[field.name] = value * speed
        elif isinstance(value, tuple):
            stretched[field.name] = tuple(one * speed for one in value)
    return stretched


def _values(part: Part, kind: type[Any]) -> Mapping[str, Any]:
    return {field.name: getattr(part, field.name) for field in fields(kind)}
