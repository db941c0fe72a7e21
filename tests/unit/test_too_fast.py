"""The provider says "too fast" to a whole burst: the pace is halved once, however slow the database is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from tests.unit.builders import T0
from tests.unit.desk import DIALLING, Desk
from wakeup.domain.pacing import pace_at
from wakeup.domain.policy import Policy
from wakeup.usecases.dispatch.claim_attempts import Claim
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.start_calls import start_due
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.ringing.pacing import AccountLimits, slow_down, take_lines

FULL = Placement(proof=PostResult.NOT_SENT, fault=RefusalCause.CAPACITY, code=429)
REFUSED = Placement(proof=PostResult.REFUSED, fault=RefusalCause.CAPACITY, code=429)
CLAIMED_AT_ONCE = 32


class Step(NamedTuple):
    """A transaction of one call: its intent, or the answer of the provider."""

    at: datetime
    answered: bool
    claim: Claim


def ms(count: int) -> timedelta:
    return timedelta(milliseconds=count)


def dialling(rate: int) -> Dialling:
    return replace(DIALLING, account=AccountLimits(name="AC", calls_per_second=rate, max_concurrent=500))


def pace(desk: Desk, now: datetime) -> float:
    return pace_at(desk.run(lambda unit: unit.lines.lock("AC")), Policy().tempo.pace_recovery, now)


def answer(desk: Desk, claim: Claim, said: Placement, at: datetime) -> None:
    sid = f"CA{claim.attempt_id}" if said.proof is PostResult.ACCEPTED else None
    placement = replace(said, call_sid=sid)
    assert desk.run(record_placement, "AC", claim.attempt_id, placement, at, claim.starts_at) is None


@pytest.mark.parametrize("said", [FULL, REFUSED, Placement(proof=PostResult.ACCEPTED, queued_s=600.0)])
@pytest.mark.parametrize("rate", [30, 60, 100])
@pytest.mark.parametrize("intent_ms", [10, 60, 400])
def test_one_burst_halves_the_pace_once_however_slow_the_intents_are(
    rate: int, intent_ms: int, said: Placement
) -> None:
    """Intents are written four at a time, and the provider answers after 40 ms."""
    desk, ours = Desk(), dialling(rate)
    for n in range(CLAIMED_AT_ONCE):
        desk.flag(n)
    claims = desk.run(start_due, ours, CLAIMED_AT_ONCE, T0).claims
    assert len(claims) > 5, "all that may start within the lead"
    steps: list[Step] = []
    for n, claim in enumerate(claims):
        intended = T0 + ms(intent_ms * (n // 4 + 1))
        steps += [Step(intended, False, claim), Step(max(intended, claim.starts_at) + ms(40), True, claim)]
    halved: list[datetime] = []
    for step in sorted(steps, key=lambda step: step.at):
        if not step.answered:
            assert desk.run(write_intent, step.claim, ours.from_numbers, step.at) is not None
            continue
        before = pace(desk, step.at)
        answer(desk, step.claim, said, step.at)
        halved += [step.at] if pace(desk, step.at) < before else []
    assert len(halved) == 1


@pytest.mark.parametrize("ahead_ms", [0, 500, 900, 1000])
@pytest.mark.parametrize("ahead_hears_first", [True, False])
def test_a_node_that_is_behind_knows_of_the_slow_down_of_a_node_that_is_ahead(
    ahead_ms: int, ahead_hears_first: bool
) -> None:
    """Starts are granted ahead of their time, so the last of a burst was further ahead than a clock may be."""
    desk, recovery = Desk(), Policy().tempo.pace_recovery
    here, there = T0, T0 + ms(ahead_ms)
    starts = desk.run(take_lines, dialling(10).account, CLAIMED_AT_ONCE, there).starts
    assert len(starts) == 3
    first, second = (there, here) if ahead_hears_first else (here, there)
    assert desk.run(slow_down, "AC", starts[0], first)
    halved = desk.run(lambda unit: unit.lines.lock("AC"))
    assert pace_at(halved, recovery, here) == pace_at(halved, recovery, there) == 0.5
    assert not any(desk.run(slow_down, "AC", at, second) for at in starts), "one burst halves it once"


def test_a_call_that_was_granted_at_half_the_pace_halves_it_again() -> None:
    desk, ours = Desk(), dialling(10)
    for n in range(9):
        desk.flag(n)
    burst = desk.run(start_due, ours, CLAIMED_AT_ONCE, T0).claims
    for claim in burst:
        assert desk.run(write_intent, claim, ours.from_numbers, T0) is not None
    answer(desk, burst[0], FULL, T0 + ms(40))
    started = desk.run(start_due, ours, CLAIMED_AT_ONCE, T0 + ms(250))
    assert started.intent is not None
    assert started.starts_at is not None
    assert T0 + ms(399) < started.starts_at < T0 + ms(401), "half as fast"
    slower, at = started.intent.order.attempt_id, T0 + ms(440)
    desk.run(record_placement, "AC", slower, FULL, at, started.starts_at)
    assert 0.25 < pace(desk, at) < 0.26
