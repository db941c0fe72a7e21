"""Our own numbers: a customer always sees the same one, and the next takes over when one is refused."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import DIALLING, Desk, take_claims
from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import AttemptId
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.write_intent import Intent, write_intent
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.ringing.pacing import take_lines
from wakeup.usecases.ringing.senders import RESTS_FOR

ACCOUNT = DIALLING.account
POOL = tuple(f"+653158000{n}" for n in range(5))
REFUSED = Placement(proof=PostResult.REFUSED, code=21210, fault=RefusalCause.SENDER)


def intent_of(desk: Desk, now: datetime = T0, pool: tuple[str, ...] = POOL) -> tuple[AttemptId, Intent | None]:
    [claim] = desk.run(take_claims, now)
    return claim.attempt_id, desk.run(write_intent, claim, pool, now)


def sender(desk: Desk, now: datetime = T0, pool: tuple[str, ...] = POOL) -> str:
    _, intent = intent_of(desk, now, pool)
    assert intent is not None
    return intent.order.from_


def test_customers_are_spread_over_the_pool_and_each_keeps_its_number() -> None:
    seen: dict[str, str] = {}
    for order in (range(40), reversed(range(40))):
        # Other case and attempt ids, the same customers.
        desk = Desk()
        for n in order:
            desk.flag(n)
            mine = sender(desk)
            assert seen.setdefault(f"u_{n}", mine) == mine
    spread = Counter(seen.values())
    assert set(spread) == set(POOL)
    assert max(spread.values()) < 20


def test_a_refused_number_rests_and_the_next_one_calls_at_once(desk: Desk) -> None:
    case = desk.flag(1).case_id
    attempt_id, intent = intent_of(desk)
    assert intent is not None
    first = intent.order.from_
    desk.run(record_placement, ACCOUNT.name, attempt_id, REFUSED, T0)
    assert "alarm:sender_refused" in desk.wakes
    assert desk.run(take_lines, ACCOUNT, 5, T0).stopped_because is None, "the others go on"
    again = T0 + timedelta(seconds=1)
    second_id, second = intent_of(desk, again)
    assert second_id == attempt_id, "the same attempt"
    assert second is not None
    assert second.order.from_ == POOL[(POOL.index(first) + 1) % len(POOL)]
    assert len(desk.run(lambda unit: unit.attempts.of_case(case))) == 1


def test_a_rested_number_is_tried_again(desk: Desk) -> None:
    desk.flag(1)
    attempt_id, intent = intent_of(desk)
    assert intent is not None
    desk.run(record_placement, ACCOUNT.name, attempt_id, REFUSED, T0)
    later = T0 + RESTS_FOR + MINUTE
    assert sender(desk, later) == intent.order.from_


@pytest.mark.parametrize("minutes", [30, 5])
def test_while_all_senders_rest_no_call_is_made_and_the_attempt_waits_if_it_can(desk: Desk, minutes: int) -> None:
    desk.flag(1, minutes=minutes)
    attempt_id, _ = intent_of(desk, pool=POOL[:1])
    desk.run(record_placement, ACCOUNT.name, attempt_id, REFUSED, T0)
    _, nobody = intent_of(desk, T0 + timedelta(seconds=1), POOL[:1])
    assert nobody is None
    attempt = desk.run(lambda unit: unit.attempts.get(attempt_id))
    if minutes == 30:
        assert (attempt.state, attempt.due_at) == (AttemptState.PLANNED, T0 + RESTS_FOR)
        assert sender(desk, T0 + RESTS_FOR, POOL[:1]) == POOL[0]
    else:
        assert attempt.state is AttemptState.SUPPRESSED
