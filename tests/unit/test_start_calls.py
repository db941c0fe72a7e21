"""One claim and its intent in one transaction; several claims each get an intent of their own."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.attempt import AttemptState
from wakeup.usecases.pacing import Account
from wakeup.usecases.start_calls import Started, start_due

ACCOUNT = Account(name="AC", calls_per_second=100, max_concurrent=1000)
OURS = ("+6531580001",)


def states(desk: Desk) -> list[AttemptState]:
    return desk.run(lambda unit: [a.state for a in unit.attempts.to_check(T0 + timedelta(days=1), 100)])


def starts(desk: Desk) -> Started:
    return desk.run(start_due, ACCOUNT, "node", OURS, 32, T0)


def test_one_due_attempt_is_claimed_and_its_intent_committed_at_once() -> None:
    desk = Desk()
    desk.flag()
    started = starts(desk)
    assert started.intent is not None
    assert (started.claims, started.worked, states(desk)) == ((), True, [AttemptState.SENDING])
    assert starts(desk) == Started(), "and there is no second one"


def test_several_are_only_claimed() -> None:
    desk = Desk()
    for n in (1, 2, 3):
        desk.flag(n)
    started = starts(desk)
    assert started.intent is None
    assert (len(started.claims), started.worked) == (3, True)
    assert states(desk) == [AttemptState.CLAIMED] * 3


def test_one_that_must_not_ring_after_all_leaves_no_intent_and_the_next_is_looked_for() -> None:
    desk = Desk()
    opened = desk.flag()
    desk.on(opened.case_id, T0, lambda file: file.change(no_calls=True))
    assert starts(desk) == Started(worked=True)
    assert starts(desk) == Started()
