"""The phone company is asked about a talk of which its conference reports nothing, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, the_wait, waits
from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.usecases.agents.offers import part
from wakeup.usecases.agents.tend_hand_overs import tend
from wakeup.usecases.dispatch.reconcile import check, record_fetch
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import RemoteCall

NUMBER = "+6531580101"


@pytest.fixture
def talk(desk: Desk) -> HandOver:
    """Ada talks to a customer."""
    comes_to_work(desk, "ada", NUMBER)
    case_id = CaseId(desk.flag(1).case_id)
    return takes_it(desk, waits(desk, on_the_line(desk, case_id)))


def is_asked_about(desk: Desk, call: Attempt, now: datetime) -> datetime | None:
    """The phone company is asked about this call, and says that it is in progress. Returns when it is asked next."""
    sid = str(call.call_sid)
    report = CallReport(call_sid=sid, event=AttemptEvent.ANSWER, source="fetch", to=NUMBER, from_="+6531580001")
    assert desk.run(check, call.id, now) is not None
    alive = RemoteCall(report=report, created_at=T0, outbound=True, queued=False)
    desk.run(record_fetch, call.id, alive, now)
    return desk.run(lambda unit: unit.attempts.get(call.id)).check_at


def test_a_talk_of_which_the_conference_told_nothing_is_asked_about_three_times_and_no_more(
    desk: Desk, talk: HandOver
) -> None:
    assert talk.offer is not None
    for seconds in (10, 20, 30):
        desk.run(tend, the_wait(desk, talk), T0 + timedelta(seconds=seconds))
    assert the_wait(desk, talk).due_at is None
    call, now = desk.run(lambda unit, offer: unit.attempts.get(offer), talk.offer), T0 + timedelta(seconds=30)
    assert is_asked_about(desk, call, now) == now + timedelta(seconds=60)
    # Once the talk is over, the agent's call is asked about until its end is known.
    joined = the_wait(desk, talk)
    desk.on(talk.case_id, now, lambda file: part(file, joined))
    assert is_asked_about(desk, call, now + timedelta(seconds=10)) == now + timedelta(seconds=30)
