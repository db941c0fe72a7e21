"""A supervisor joins an agent's talk: the desk shows whether the supervisor can really be heard."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_desk import comes_to_work, row_of, takes_the_call
from wakeup.domain.attempt import AttemptState
from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import AttemptId, CallSid, CaseId, CustomerId, PartyId
from wakeup.domain.listening import Listener, ListenMode
from wakeup.domain.staff import StaffId
from wakeup.storage.unit_of_work import SqlUnit


async def test_the_desk_shows_how_a_supervisor_is_heard_and_not_a_refused_change(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    ann = browsers()
    await ann.sign_in("ann")
    await console.store.run(is_heard_by_all, case_id, console.moment)
    page = await ann.get("/console/desk")
    assert row_of(page) == {"call": "att_c", "n": "4"}, "the row names its own talk"
    form = {"csrf": page.csrf, "version": "0", "way": "listen", **row_of(page)}
    console.phone.error = RemoteError("no answer")
    for _ in range(2):
        refused = await ann.post(f"/console/desk/{case_id}/talk", form)
        assert refused.status == 409 and "everybody still hears you" in refused.plain
        assert "ann – barge" in refused.plain
        assert pressed(refused.text) == ["barge"], "listen can be tried again"
    assert console.phone.gone_on == [("CAl", 0)] * 2
    console.phone.error = None
    assert (await ann.post(f"/console/desk/{case_id}/talk", form)).status == 303


def pressed(page: str) -> list[str]:
    """The listening modes that are active and cannot be chosen now."""
    return re.findall(r'name="way" value="(\w+)"\s+aria-pressed="true" disabled', page)


def is_heard_by_all(unit: SqlUnit, case_id: CaseId, now: datetime) -> None:
    """Ann has joined Kim's talk and is heard by all."""
    [first] = unit.attempts.of_case(case_id)
    call = replace(
        first, id=AttemptId("att_l"), n=2, state=AttemptState.ANSWERED, call_sid=CallSid("CAl"), number_index="i_ann",
        party_id=PartyId("pty_ann"), intent_at=now, from_number="+6531580001", answered_at=now, check_at=now,
    )  # fmt: skip
    unit.attempts.add(call, now)
    unit.listeners.add(
        Listener(
            attempt_id=call.id, case_id=case_id, customer_id=CustomerId("u_1"), wait=AttemptId("att_c"), n=4,
            staff_id=StaffId("usr_ann"), name="ann", way=ListenMode.BARGE, served=ListenMode.BARGE, asked_at=now, entered_at=now,
        )
    )  # fmt: skip
