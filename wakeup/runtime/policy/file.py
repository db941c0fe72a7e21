"""Read the policy file: TOML in, the domain's Policy out, or a line per fault.

A policy may tighten the rules of the domain, never loosen them.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from wakeup.domain.overload import Overload
from wakeup.domain.policy import Calling, Consent, Messages, People, Policy, Release, Retention, Reviewing, Tempo
from wakeup.runtime.policy.ladder import LadderPart, ladder_faults
from wakeup.runtime.policy.rules import (
    calling_faults,
    messages_faults,
    overload_faults,
    people_faults,
    release_faults,
    retention_faults,
    tempo_faults,
)
from wakeup.runtime.policy.table import table
from wakeup.runtime.policy.toml import read_toml
from wakeup.runtime.policy.values import (
    Caps,
    Consents,
    Currency,
    Destinations,
    Fading,
    Hours,
    LaxNumber,
    Odds,
    Part,
    Rates,
    Reasons,
    ThreeDays,
)
from wakeup.runtime.settings.faults import refuse
from wakeup.telephony.provider import TWILIO

_DIGEST = 12
_USUAL = Policy(calling=Calling(not_served=TWILIO.not_served))
_CALLING = table(
    _USUAL.calling, calling_faults, hours=Hours, destinations=Destinations, not_served=Reasons,
    per_number_3_days=ThreeDays, per_hour=Caps,
)  # fmt: skip
_MESSAGES = table(_USUAL.messages, messages_faults, destinations=Destinations, per_second=LaxNumber)


class PolicyPart(Part):
    """The whole file. `[release]` deliberately has no setting for critical transfers: they need two people."""

    version: str = Field(pattern=r"^[0-9A-Za-z._-]{1,32}$")
    base_currency: Currency = _USUAL.base_currency
    hold_basis: str = Field(default=_USUAL.hold_basis, min_length=1, max_length=200)
    calling: Annotated[Calling, _CALLING] = _USUAL.calling
    tempo: Annotated[Tempo, table(_USUAL.tempo, tempo_faults)] = _USUAL.tempo
    release: Annotated[Release, table(_USUAL.release, release_faults)] = _USUAL.release
    ladder: LadderPart = Field(default_factory=LadderPart)
    review: Annotated[Reviewing, table(_USUAL.review)] = _USUAL.review
    overload: Annotated[Overload, table(_USUAL.overload, overload_faults, odds=Odds, fading=Fading)] = _USUAL.overload
    messages: Annotated[Messages, _MESSAGES] = _USUAL.messages
    people: Annotated[People, table(_USUAL.people, people_faults, roster=None)] = _USUAL.people
    recording: Consents = Field(default_factory=dict)
    retention: Annotated[Retention, table(_USUAL.retention, retention_faults)] = _USUAL.retention
    rates: Rates = Field(default_factory=dict)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = ladder_faults(self.ladder, self.calling)
        if self.rates.get(self.base_currency, Decimal(1)) != 1:
            faults[f"rates.{self.base_currency}"] = "is the base currency, so its rate must be 1"
        refuse(faults)
        return self


def load_policy(path: Path) -> Policy:
    """Return the policy of one file. Its version is the file's `version` and a short SHA-256 of the content.

    Raises ConfigError with a line per fault.
    """
    part, raw = read_toml(path, "WAKEUP_POLICY__FILE", PolicyPart, parse_float=Decimal)
    return Policy(
        version=f"{part.version}+{hashlib.sha256(raw).hexdigest()[:_DIGEST]}",
        base_currency=part.base_currency,
        hold_basis=part.hold_basis,
        calling=part.calling,
        tempo=part.tempo,
        release=part.release,
        ladders=part.ladder.ladders(),
        review=part.review,
        overload=part.overload,
        messages=part.messages,
        people=part.people,
        # Where the bank sets no consent rule, the strictest applies.
        recording={region: part.recording.get(region, Consent.KEY) for region in part.calling.destinations},
        retention=part.retention,
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
        review=replace(
            policy.review, lock=policy.review.lock * speed, second_within=policy.review.second_within * speed
        ),
        overload=replace(overload, plan_every=overload.plan_every * speed, plan_stale=overload.plan_stale * speed),
    )


def _stretched(tempo: Tempo, speed: float) -> dict[str, Any]:
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
