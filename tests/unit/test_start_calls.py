"""A claim and its intent share one transaction; of several claims each gets an intent of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.unit.builders import T0
from tests.unit.desk import DIALLING, Desk
from tests.unit.test_last_checks import NIGHT_IN_SINGAPORE, hangs_up
from wakeup.domain.attempt import AttemptState
from wakeup.domain.pacing import LEAD
from wakeup.domain.transfer import Tier
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.reconcile import check
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.start_calls import Started, return_claim, start_due
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.ringing.pacing import AccountLimits, stop_dialling


def dialling_at(per_second: float, lines: int) -> Dialling:
    return replace(DIALLING, account=AccountLimits(name="AC", calls_per_second=per_second, max_concurrent=lines))


def states(desk: Desk) -> list[AttemptState]:
    return desk.run(lambda unit: [a.state for a in unit.attempts.to_check(T0 + timedelta(days=1), 100)])


def starts(desk: Desk) -> Started:
    return desk.run(start_due, DIALLING, 32, T0)


def test_one_due_attempt_is_claimed_and_its_intent_committed_at_once(desk: Desk) -> None:
    desk.flag()
    started = starts(desk)
    assert started.intent is not None
    assert (started.claims, started.more_due, states(desk)) == ((), False, [AttemptState.SENDING])
    assert starts(desk) == Started(), "and there is no second one"


def test_a_start_of_one_call_says_whether_there_is_more_to_do() -> None:
    desk, slow = Desk(), dialling_at(1, 10)
    desk.flag(1)
    desk.flag(2)
    started = desk.run(start_due, slow, 32, T0)
    assert started.intent is not None
    soon = T0 + timedelta(seconds=1)
    assert (started.starts_at, started.more_due, started.again_at) == (T0, False, soon - LEAD / 2), (
        "the second has a turn"
    )
    again = desk.run(start_due, slow, 32, T0)
    assert (again.intent, again.more_due, again.again_at) == (None, False, soon - LEAD / 2)
    second = desk.run(start_due, slow, 32, soon - LEAD / 2)
    assert second.intent is not None
    assert (second.starts_at, second.more_due, second.again_at) == (soon, False, None), "its intent is there in time"


def test_calls_that_are_claimed_together_start_one_after_the_other() -> None:
    desk, quick = Desk(), dialling_at(10, 10)
    for n in range(5):
        desk.flag(n)
    claims = desk.run(start_due, quick, 32, T0).claims
    assert [claim.starts_at for claim in claims] == [T0 + timedelta(milliseconds=100 * n) for n in range(3)]
    assert desk.run(start_due, quick, 32, T0).again_at == T0 + timedelta(milliseconds=300) - LEAD / 2


def test_what_runs_out_of_time_takes_no_start_from_what_does_not() -> None:
    desk, quick, late = Desk(), dialling_at(100, 10), T0 + timedelta(minutes=10)
    for minutes in (5, 60, 60):
        desk.flag(minutes=minutes)
    claims = desk.run(start_due, quick, 3, late).claims
    next_one = late + timedelta(milliseconds=10)
    assert [claim.starts_at for claim in claims] == [late, next_one]
    assert desk.run(lambda unit: unit.lines.lock("AC").recent) == (late, next_one), "the third start is given back"


def test_several_due_attempts_are_only_claimed(desk: Desk) -> None:
    for n in (1, 2, 3):
        desk.flag(n)
    started = starts(desk)
    assert started.intent is None
    assert (len(started.claims), started.more_due) == (3, True)
    assert states(desk) == [AttemptState.CLAIMED] * 3


def test_a_claim_is_given_back_only_while_nothing_else_has_happened_to_it(desk: Desk) -> None:
    for n in (1, 2, 3):
        desk.flag(n)
    one, sending, over = starts(desk).claims
    assert desk.run(write_intent, sending, DIALLING.from_numbers, T0) is not None
    desk.run(return_claim, DIALLING.account, one, T0)
    desk.run(return_claim, DIALLING.account, sending, T0)
    desk.run(return_claim, DIALLING.account, over, T0 + timedelta(minutes=1))
    found = [desk.run(lambda unit, one: unit.attempts.get(one), claim.attempt_id) for claim in (one, sending, over)]
    assert [attempt.state for attempt in found] == [AttemptState.PLANNED, AttemptState.SENDING, AttemptState.CLAIMED]


def test_an_attempt_that_must_not_ring_leaves_no_intent_and_the_next_is_looked_for(desk: Desk) -> None:
    opened = desk.flag()
    desk.on(opened.case_id, T0, lambda file: file.update(replace(file.case, no_calls=True)))
    assert starts(desk) == Started(more_due=True)
    assert starts(desk) == Started()


def test_attempts_that_may_not_ring_cost_those_that_may_no_time() -> None:
    """At one call a second, five calls that must wait for morning come before the one that may ring at night."""
    desk, slow = Desk(), dialling_at(1, 10)
    for n in range(5):
        desk.flag(n, NIGHT_IN_SINGAPORE, minutes=5)
    desk.flag(9, NIGHT_IN_SINGAPORE, minutes=60, tier=Tier.CRITICAL)
    started = [desk.run(start_due, slow, 32, NIGHT_IN_SINGAPORE) for _ in range(6)]
    assert [one.intent is not None for one in started] == [False] * 5 + [True]
    assert desk.run(lambda unit: unit.lines.granted("AC")) == 1, "how long calls last is measured by what rang"
    assert not desk.run(start_due, slow, 32, NIGHT_IN_SINGAPORE).more_due


def test_a_probe_that_may_not_ring_proves_nothing_and_one_that_was_placed_does() -> None:
    """The account is still broken after the stop. A whole second's calls were once posted and put off by a minute."""
    desk, until = Desk(), T0 + timedelta(minutes=1)
    unwanted = desk.flag(1)
    desk.on(unwanted.case_id, T0, lambda file: file.update(replace(file.case, no_calls=True)))
    for n in range(2, 9):
        desk.flag(n)
    desk.run(stop_dialling, "AC", "account:20003", until, T0)

    def at(seconds: int) -> Started:
        return desk.run(start_due, DIALLING, 32, until + timedelta(seconds=seconds))

    assert at(0) == Started(more_due=True), "the first must not ring"
    probe = at(0)
    assert probe.intent is not None
    assert at(0) == Started(again_at=until + timedelta(seconds=1) - LEAD / 2)
    lost = at(1)
    assert (lost.intent is None, lost.claims) == (False, ()), "nothing has come of it"
    placed = Placement(proof=PostResult.ACCEPTED, call_sid="CA" + "1" * 32)
    desk.run(record_placement, "AC", probe.intent.order.attempt_id, placed, until + timedelta(seconds=2))
    assert len(at(2).claims) == 5


def test_a_probe_that_was_taken_ends_the_stop_though_it_is_over_at_once() -> None:
    """When every number was busy within the second, the account once stayed at one probing call a second for ever."""
    desk, until = Desk(), T0 + timedelta(minutes=1)
    for n in range(1, 7):
        desk.flag(n)
    desk.run(stop_dialling, "AC", "account:20003", until, T0)
    probe = desk.run(start_due, DIALLING, 32, until).intent
    assert probe is not None
    attempt = desk.run(lambda unit: unit.attempts.get(probe.order.attempt_id))
    placed = Placement(proof=PostResult.ACCEPTED, call_sid=f"CA{attempt.id}")
    desk.run(record_placement, "AC", attempt.id, placed, until)
    hangs_up(desk, attempt.case_id, attempt.id, until)
    assert len(desk.run(start_due, DIALLING, 32, until + timedelta(seconds=1)).claims) == 5


def test_a_call_that_was_posted_before_the_stop_does_not_end_it() -> None:
    desk, until = Desk(), T0 + timedelta(minutes=1)
    for n in range(1, 7):
        desk.flag(n)
    one_line = dialling_at(1, 1000)
    early = desk.run(start_due, one_line, 32, T0).intent
    assert early is not None
    desk.run(stop_dialling, "AC", "account:20003", until, T0)
    placed = Placement(proof=PostResult.ACCEPTED, call_sid="CA" + "1" * 32)
    desk.run(record_placement, "AC", early.order.attempt_id, placed, until)
    assert desk.run(start_due, DIALLING, 32, until).intent is not None, "one probes"


def test_a_call_whose_answer_was_lost_is_looked_for_since_its_intent(desk: Desk) -> None:
    desk.flag()
    intent = starts(desk).intent
    assert intent is not None
    desk.run(
        record_placement, "AC", intent.order.attempt_id, Placement(proof=PostResult.UNKNOWN), T0 + timedelta(seconds=1)
    )
    question = desk.run(check, intent.order.attempt_id, T0 + timedelta(seconds=31))
    assert question is not None and question.since == T0, "how far clocks may differ is added once, by whoever asks"


def test_a_provider_that_takes_calls_and_lets_them_wait_is_posted_to_more_slowly(desk: Desk) -> None:
    opened = desk.flag()
    intent = starts(desk).intent
    assert intent is not None
    taken = Placement(proof=PostResult.ACCEPTED, call_sid="CA" + "1" * 32, queued_s=5.5)
    desk.run(record_placement, "AC", intent.order.attempt_id, taken, T0 + timedelta(seconds=1))
    assert "alarm:provider_queue" in desk.wakes
    assert desk.run(lambda unit: unit.lines.lock("AC").pace) == 0.5
    [note] = [row for row in desk.timeline(opened.case_id) if row["kind"] == "queued_at_provider"]
    assert note["seconds"] == 6


def test_a_moment_in_the_providers_queue_is_nothing(desk: Desk) -> None:
    desk.flag()
    intent = starts(desk).intent
    assert intent is not None
    taken = Placement(proof=PostResult.ACCEPTED, call_sid="CA" + "1" * 32, queued_s=5.0)
    desk.run(record_placement, "AC", intent.order.attempt_id, taken, T0 + timedelta(seconds=1))
    assert desk.run(lambda unit: unit.lines.lock("AC").paced_at) is None
