"""A call that was promised to a customer and is late is red in the queue and a fault on the board."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.builders import T0
from tests.unit.desk import said
from wakeup.domain.attempt import Attempt, AttemptEvent, AttemptState, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Contact, Disposition, Evidence, Outcome
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.calls import end_attempt
from wakeup.usecases.case.record_evidence import new_evidence_id
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.plan_calls import suppress

CHINESE = {"Accept-Language": "zh"}


async def promise(console: ConsoleClient, case_id: CaseId, n: int = 1) -> None:
    def learn(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            unit.talks.add_evidence(said(Outcome.NOT_ME, TransferId(f"t_{n}"), console.moment, 1), case_id)
            settle_file(file)

    await console.store.run(learn)


async def is_promised(console: ConsoleClient) -> CaseId:
    """A customer who was promised a human within ten minutes."""
    case_id = await console.flag(held=False)
    await promise(console, case_id)
    return case_id


async def guardian_worries(console: ConsoleClient, case_id: CaseId) -> None:
    def worries(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            worry = Evidence(
                id=new_evidence_id(file), contact=Contact.GUARDIAN, outcome=Outcome.GUARDIAN_WORRIED, at=console.moment
            )
            unit.talks.add_evidence(worry, case_id)
            request_review(file, "worried")

    await console.store.run(worries)


async def test_a_promised_call_shows_its_time_and_is_a_fault_once_it_is_late(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await is_promised(console), browsers()
    await ann.sign_in("ann")
    queue = await ann.get("/console/queue")
    assert "Human due by" in queue.plain and "10:00 02:10:00" in queue.plain
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must reach the customer by 02:10:00 · 10:00 left" in case
    assert case.index("To be done") < case.index("Held because")
    assert "No faults." in (await ann.get()).plain and "无故障。" in (await ann.get(**CHINESE)).plain
    console.moment += PERSON_WITHIN + timedelta(minutes=5)
    await console.store.run(settle_case, case_id, console.moment)
    queue = await ann.get("/console/queue")
    assert "−5:00 02:10:00" in queue.plain and 'class="over">−5:00' in queue.text
    board = (await ann.get()).plain
    assert "Humans overdue · 1" in board and "No faults." not in board
    assert "人工处理已逾期 · 1" in (await ann.get(**CHINESE)).plain
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must reach the customer by 02:10:00 · 5:00 overdue" in case
    told = (await ann.get(f"/console/cases/{case_id}", **CHINESE)).plain
    assert "须人工联系到客户，截止 02:10:00 · 已逾期 5:00" in told
    assert "A human was due by Nov 22, 2026 02:10:00, and the case still waits for one." in case


async def test_where_only_a_review_is_due_nobody_is_told_to_reach_the_customer(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(), browsers()
    await guardian_worries(console, case_id)
    await ann.sign_in("ann")
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must look at this by" in case and "must reach the customer" not in case
    assert "guardian worried · guardian" in case and "of 4" not in case, "a worry has no score"
    assert "须人工查看，截止" in (await ann.get(f"/console/cases/{case_id}", **CHINESE)).plain
    assert "Humans due 1" in (await ann.get()).plain
    await promise(console, case_id)
    assert "A human must reach the customer by" in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_a_customer_whose_appointment_was_not_kept_must_be_reached(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await breaks_appointment(console, case_id, not_to_be_called)
    await ann.sign_in("ann")
    assert "A human must reach the customer by" in (await ann.get(f"/console/cases/{case_id}")).plain
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "follow", "follow-up", reason="customer_reached", text="she is well")
    assert "must reach the customer" not in (await ann.get(f"/console/cases/{case_id}")).plain
    console.moment += timedelta(minutes=5)
    await guardian_worries(console, case_id)
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must look at this by" in case and "must reach the customer" not in case, "they were reached since"


def phone_company_refuses(file: CaseFile, call: Attempt) -> None:
    sent = replace(call, state=AttemptState.SENDING, from_number="+6531000000", intent_at=file.now, check_at=file.now)
    plan_what_follows(file, end_attempt(file, sent, AttemptEvent.REFUSE, Disposition.FAILED))


def not_to_be_called(file: CaseFile, call: Attempt) -> None:
    suppress(file, call, "do_not_call")


async def breaks_appointment(
    console: ConsoleClient, case_id: CaseId, ends: Callable[[CaseFile, Attempt], None] | None,
    errand: Errand = Errand.APPOINTMENT,
) -> None:  # fmt: skip
    def appoint(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("UPDATE attempts SET errand = ?", (errand,))
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            if ends is not None:
                ends(file, file.calls()[0])

    await console.store.run(appoint)


@pytest.mark.parametrize("ends", [not_to_be_called, phone_company_refuses])
async def test_whatever_kept_a_promised_call_from_coming_the_customer_must_be_reached(
    console: ConsoleClient, browsers: Browsers, ends: Callable[[CaseFile, Attempt], None]
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    older = await ann.get(f"/console/cases/{case_id}")
    await breaks_appointment(console, case_id, ends)
    contact = {**older.hidden("follow"), "reason": "customer_reached", "text": "spoke to her before"}
    assert (await ann.post(f"/console/cases/{case_id}/follow-up", contact)).status == 409
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must reach the customer by" in case and "the call was not made; a human must call them." in case


async def test_a_call_for_which_no_time_was_told_breaks_no_promise(console: ConsoleClient, browsers: Browsers) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await breaks_appointment(console, case_id, not_to_be_called, Errand.COMPANY)
    await ann.sign_in("ann")
    case = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "A human must look at this by" in case and "the call was not made" not in case


async def test_a_take_over_owes_the_customer_the_appointment_also_after_it_is_given_back(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await breaks_appointment(console, case_id, None)
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "over", "take-over", reason="contact_customer", text="I call her")
    assert "A human must reach the customer by" in (await ann.get(f"/console/cases/{case_id}")).plain
    await ann.send(case_id, "claim", "give-back")
    assert "A human must reach the customer by" in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_the_board_names_the_humans_who_are_owed_and_puts_late_ones_first(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await console.flag(1, held=False, hold_max=T0 + timedelta(days=1))
    promised = await console.flag(2, held=False, hold_max=T0 + timedelta(days=2))
    ann = browsers()
    await ann.sign_in("ann")
    board = await ann.get()
    assert "Humans due 0" in board.plain and "left" not in board.plain.split("Humans due 0")[1].split("Money")[0]
    assert "<title>Board ·" in re.sub(r"\s+", " ", board.text)
    await promise(console, promised, 2)
    board = await ann.get()
    assert "Humans due 1 10:00 left" in board.plain and 'href="/console/queue">Humans due' in board.text
    assert re.findall(r'<tr data-id="(\w+)"', board.text) == ["t_1", "t_2"]
    assert "待人工处理 1 还剩 10:00" in (await ann.get(**CHINESE)).plain
    console.moment += PERSON_WITHIN + timedelta(minutes=2)
    board = await ann.get()
    assert re.findall(r'<tr data-id="(\w+)"( class="late")?', board.text) == [("t_2", ' class="late"'), ("t_1", "")]
    assert "Humans due 1 2:00 overdue" in board.plain
    assert "<title>(1) Board ·" in re.sub(r"\s+", " ", board.text), "as many alarms stand"


async def test_a_figure_with_a_list_of_its_own_leads_to_it(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    board = (await ann.get()).text
    for href, words in (
        ("/console?state=pending", "Waiting for a decision"),
        ("/console?state=held", "On hold"),
        ("/console?state=pending", "Due in 15 minutes"),
    ):
        assert f'<a href="{href}">{words}</a>' in board
