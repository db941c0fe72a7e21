"""A call that was promised to a customer and is late is red in the queue and a fault on the board."""

from __future__ import annotations

from datetime import timedelta

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.desk import said
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.settling.settle_case import settle_case

CHINESE = {"Accept-Language": "zh"}


async def test_a_promised_call_shows_its_time_and_is_a_fault_once_it_is_late(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()

    def promise(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            unit.talks.add_evidence(said(Outcome.NOT_ME, TransferId("t_1"), console.moment, 1), case_id)
            settle_file(file)

    await console.store.run(promise)
    await ann.sign_in("ann")
    queue = await ann.get("/console/queue")
    assert "Promised by" in queue.plain and "10:00 02:10:00" in queue.plain
    assert "No faults." in (await ann.get()).plain and "无故障。" in (await ann.get(**CHINESE)).plain
    console.moment += PERSON_WITHIN + timedelta(minutes=5)
    await console.store.run(settle_case, case_id, console.moment)
    queue = await ann.get("/console/queue")
    assert "−5:00 02:10:00" in queue.plain and 'class="over">−5:00' in queue.text
    board = (await ann.get()).plain
    assert "Promised calls overdue · 1" in board and "No faults." not in board
    assert "承诺的人工回电已逾期 · 1" in (await ann.get(**CHINESE)).plain
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "The customer was promised a human by Nov 22 02:10:00 and still waits." in case
