"""An answered call is asked about when nothing has come from it for a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.agents_at_desk import comes_to_work, listens, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk
from wakeup.domain.attempt import DOUBTED, Attempt, AttemptEvent, AttemptState
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.domain.staff import StaffRole
from wakeup.ivr.turn import Connect, Listen, Room, Turn, Utterance
from wakeup.usecases.agents.offers import ALONE, ask_about, part
from wakeup.usecases.case.calls import RUNS_FOR
from wakeup.usecases.case.served_turn import record_turn
from wakeup.usecases.dispatch.reconcile import ASK_AGAIN, VANISHED_AFTER, Lookup, check, record_fetch, resume
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import RemoteCall

SECOND = timedelta(seconds=1)
WORDS = Utterance(text="这笔钱", language="zh-CN")
ASKED = Turn(n=1, node="ask", utterances=(WORDS,), listen=Listen(timeout_s=6))
GOODBYE = Turn(n=1, node="bye", utterances=(WORDS,))
IN_ROOM = replace(GOODBYE, room=Room(name="line-1", talk_s=3600))
WITH_A_COLLEAGUE = replace(GOODBYE, connect=Connect(whisper=WORDS, key="1", ring_s=20, n=0))


@pytest.fixture
def call(desk: Desk) -> Attempt:
    """The customer's call, which was answered."""
    return on_the_line(desk, CaseId(desk.flag(1).case_id))


def current(desk: Desk, call: Attempt) -> Attempt:
    return desk.run(lambda unit: unit.attempts.get(call.id))


def serves(desk: Desk, call: Attempt, turn: Turn, now: datetime = T0) -> None:
    desk.on(call.case_id, now, lambda file: record_turn(file, call.id, turn, "keys 1"))


def hears_of_it(desk: Desk, call: Attempt, at: datetime) -> None:
    """Something happens because of which this call is to be asked about at that time."""
    desk.on(call.case_id, T0, lambda file: ask_about(file, call.id, at))


def is_checked(desk: Desk, call: Attempt, now: datetime) -> Lookup | None:
    """The check falls due now. Returns what the phone company is asked."""
    desk.run(lambda unit: unit.attempts.save(replace(unit.attempts.get(call.id), check_at=now)))
    return desk.run(check, call.id, now)


def runs(desk: Desk, call: Attempt, now: datetime, asked_again_at: datetime | None = None) -> str | None:
    """The phone company says that the call is in progress. Returns the SID if it is to be cut."""
    to = desk.run(lambda unit: unit.parties.get(call.party_id, unit.cases.lock(call.case_id).customer_id)).phone
    report = CallReport(call_sid=str(call.call_sid), event=AttemptEvent.ANSWER, source="fetch", to=to,
                        from_="+6531580001")  # fmt: skip
    found = RemoteCall(report=report, created_at=T0, outbound=True, queued=False)
    return desk.run(record_fetch, call.id, found, now, asked_again_at)


def test_a_turn_that_may_still_be_heard_is_not_asked_about(desk: Desk, call: Attempt) -> None:
    serves(desk, call, ASKED)
    over = T0 + RUNS_FOR
    assert is_checked(desk, call, over - SECOND) is None
    assert current(desk, call).check_at == over
    assert desk.run(check, call.id, over) is not None
    assert current(desk, call).check_at == over + ASK_AGAIN


@pytest.mark.parametrize("served", [(), (IN_ROOM,), (WITH_A_COLLEAGUE,), (ASKED, replace(IN_ROOM, n=2))])
def test_a_call_that_makes_no_turns_is_asked_about(desk: Desk, call: Attempt, served: tuple[Turn, ...]) -> None:
    for turn in served:
        serves(desk, call, turn)
    assert is_checked(desk, call, T0 + SECOND) is not None


def test_only_the_newest_turn_counts(desk: Desk, call: Attempt) -> None:
    serves(desk, call, IN_ROOM)
    serves(desk, call, replace(ASKED, n=2), T0 + SECOND)
    assert is_checked(desk, call, T0 + RUNS_FOR) is None
    assert is_checked(desk, call, T0 + SECOND + RUNS_FOR) is not None


def test_a_call_older_than_any_script_is_asked_about_whatever_its_turns_say(desk: Desk, call: Attempt) -> None:
    old = T0 + POLICY.calling.time_limit
    serves(desk, call, ASKED, old - SECOND)
    assert is_checked(desk, call, old) is not None


def test_a_call_that_runs_is_asked_about_again_after_a_minute(desk: Desk, call: Attempt) -> None:
    now = T0 + 2 * MINUTE
    asked = is_checked(desk, call, now)
    assert asked is not None
    assert runs(desk, call, now + SECOND, asked.asked_again_at) is None
    assert current(desk, call).check_at == now + SECOND + RUNS_FOR


def test_a_call_that_nobody_knows_is_asked_about_soon_and_given_up(desk: Desk, call: Attempt) -> None:
    now = T0 + 2 * MINUTE
    for _ in range(VANISHED_AFTER):
        assert is_checked(desk, call, now) is not None
        assert current(desk, call).check_at == now + ASK_AGAIN
        desk.run(record_fetch, call.id, None, now)
        now += ASK_AGAIN
    assert current(desk, call).state is AttemptState.ENDED


@pytest.mark.parametrize("how", ["asked about", "after a restart", "unknown to the provider"])
def test_a_call_in_doubt_is_asked_about_whatever_its_turns_say(desk: Desk, call: Attempt, how: str) -> None:
    claimed = replace(call, claimed_by="node")
    desk.run(lambda unit: unit.attempts.save(claimed))
    serves(desk, call, ASKED)
    now = T0 + SECOND
    match how:
        case "asked about":
            hears_of_it(desk, call, now)
        case "after a restart":
            assert desk.run(resume, "node", now) == 1
        case _:
            desk.run(record_fetch, call.id, None, T0)
    assert is_checked(desk, call, now) is not None
    assert runs(desk, call, now) is None
    assert is_checked(desk, call, now + SECOND) is None, "it has shown itself"


def test_an_event_puts_the_check_by_age_off_until_it_can_show_something(desk: Desk, call: Attempt) -> None:
    desk.run(lambda unit: unit.attempts.save(replace(call, check_at=T0 + SECOND)))
    for at in (ALONE, 2 * ALONE):
        hears_of_it(desk, call, T0 + at)
        found = current(desk, call)
        assert (found.check_at, found.checks) == (T0 + ALONE, DOUBTED), "the first of two events counts"


def test_an_answer_older_than_an_event_does_not_move_its_date(desk: Desk, call: Attempt) -> None:
    asked = is_checked(desk, call, T0)
    assert asked is not None
    hears_of_it(desk, call, T0 + 2 * SECOND)
    assert runs(desk, call, T0 + SECOND, asked.asked_again_at) is None
    assert current(desk, call).check_at == T0 + 2 * SECOND


def test_the_last_words_end_the_code(desk: Desk, call: Attempt) -> None:
    desk.run(lambda unit: unit.attempts.save(replace(call, call_code="4082")))
    serves(desk, call, replace(ASKED, n=0))
    assert current(desk, call).call_code == "4082"
    serves(desk, call, GOODBYE)
    assert current(desk, call).call_code is None


@pytest.fixture
def talk(desk: Desk, call: Attempt) -> HandOver:
    """Ada talks to the customer."""
    comes_to_work(desk, "ada", "+6531580101")
    return takes_it(desk, waits(desk, call))


def test_a_supervisor_in_a_talk_that_ends_hears_our_goodbye(desk: Desk, talk: HandOver) -> None:
    comes_to_work(desk, "sue", "+6531580102", StaffRole.SUPERVISOR)
    listens(desk, "sue", talk)
    [listener] = desk.run(lambda unit: unit.listeners.open())
    theirs = on_the_line(desk, talk.case_id, desk.run(lambda unit: unit.attempts.get(listener.attempt_id)))
    desk.run(lambda unit: unit.listeners.save(replace(listener, entered_at=T0)))
    over = T0 + MINUTE
    assert runs(desk, theirs, over) is None
    desk.on(talk.case_id, over, lambda file: part(file, talk))
    assert runs(desk, theirs, over + SECOND) is None
    assert current(desk, theirs).check_at == over + SECOND + ASK_AGAIN, "they are to leave"
    assert runs(desk, theirs, over + ALONE) == theirs.call_sid


def test_a_customer_whose_talk_is_over_is_asked_about_soon_until_they_return(
    desk: Desk, call: Attempt, talk: HandOver
) -> None:
    now = T0 + MINUTE
    assert runs(desk, call, now) is None
    assert current(desk, call).check_at == now + RUNS_FOR
    desk.on(talk.case_id, now, lambda file: part(file, talk))
    assert runs(desk, call, now) is None
    assert current(desk, call).check_at == now + ASK_AGAIN
    over = desk.run(lambda unit: unit.hand_overs.get(talk.attempt_id, talk.n))
    assert over is not None
    desk.run(lambda unit: unit.hand_overs.save(replace(over, came_back=True)))
    assert runs(desk, call, now) is None
    assert current(desk, call).check_at == now + RUNS_FOR
