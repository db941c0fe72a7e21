"""The agent's desk: which case opens there, what an agent records there, and who may use it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.console.console_client import Browsers, ConsoleClient, Page
from tests.unit.builders import T0
from wakeup.domain.agent import AgentEvent, AgentState
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, PartyId, TransferId
from wakeup.domain.party import Party, Role
from wakeup.domain.staff import StaffId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, set_state
from wakeup.usecases.desk.agent_desk import SOON, service_of
from wakeup.web.console.i18n import Look

KIM = StaffId("usr_kim")


def a_wait(case_id: str, now: datetime, **changes: Any) -> HandOver:
    usual = HandOver(
        attempt_id=AttemptId("att_c"), n=4, case_id=CaseId(case_id), customer_id=CustomerId("u_1"), language="zh",
        skills=(), state=HandOverState.JOINED, asked_at=now - timedelta(seconds=15), give_up_at=now,
        offer=AttemptId("att_a"), agent=KIM, joined_at=now, due_at=None,
    )  # fmt: skip
    return replace(usual, **changes)


async def comes_to_work(console: ConsoleClient) -> None:
    wanted = NewAgent(name="kim", address="+6531580101", languages=("zh", "en"))
    await console.store.run(enrol_agent, wanted, "root", console.moment)
    await console.store.run(set_state, KIM, AgentEvent.BE_READY, console.moment)


async def takes_the_call(console: ConsoleClient, case_id: CaseId) -> None:
    """The state after the agent has pressed the key on her phone."""

    def take(unit: SqlUnit) -> None:
        agent = unit.agents.lock(KIM)
        assert agent is not None
        unit.hand_overs.add(a_wait(case_id, console.moment))
        unit.agents.save(replace(agent, state=AgentState.ON_CALL, offer=AttemptId("att_a"), case_id=case_id))
        unit.wakes.add("agents")

    await console.store.run(take)


async def test_an_agents_desk_shows_the_case_and_the_recorded_outcome_holds_it(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    kim = browsers()
    await kim.sign_in("kim")
    assert "opens here by itself" in (await kim.get("/console/desk")).plain
    await takes_the_call(console, case_id)
    page = await kim.get("/console/desk")
    assert "On the line" in page.plain and case_id in page.text
    transfer = await console.store.read(lambda unit: unit.transfers.get(TransferId("t_1")))
    left = Look(language="en").left(transfer.decide_by, console.moment)
    assert f"pending Left {left}" in page.plain, "until then the money is decided about"
    assert "Never ask for a code" in page.plain and "+6590000001" not in page.text
    chinese = (await kim.get("/console/desk", **{"Accept-Language": "zh"})).plain
    assert "谈话守则 不索要验证码" in chinese, "a heading that says no would turn the rules round"
    path = f"/console/desk/{case_id}"
    sent = {**page.hidden("outcome"), "reason": "warned", "text": "she was told what to say"}
    unchosen = await kim.post(f"{path}/outcome", sent)
    assert unchosen.status == 409 and "choose the outcome of the call" in unchosen.plain
    assert "she was told what to say" in unchosen.text, "what was typed stays"
    done = await kim.post(f"{path}/outcome", {**sent, "outcome": "coached", "identified": "yes"})
    assert done.status == 303 and await console.state() == "held"
    assert "Saved." in (await kim.get("/console/desk")).plain
    asked = {**(await kim.get("/console/desk")).hidden("guardian")}
    refused = await kim.post(f"{path}/guardian", asked)
    assert refused.status == 409 and "must agree first" in refused.plain
    alone = await kim.post(f"{path}/guardian", {**asked, "agreed": "yes"})
    assert alone.status == 409 and "no guardian is known" in alone.plain
    away = await kim.post("/console/desk/state", {"csrf": page.csrf, "event": "leave"})
    assert away.status == 409 and "hang up to end it" in away.plain


async def test_an_agents_text_about_one_customer_never_fills_the_form_of_the_next(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, other = await console.flag(1, held=False), await console.flag(2, held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    sent = {**(await kim.get("/console/desk")).hidden("outcome"), "outcome": "not_me", "text": "said of the first"}
    console.moment += timedelta(minutes=3)
    await console.store.run(takes_the_next, other, console.moment)
    refused = await kim.post(f"/console/desk/{case_id}/outcome", sent)
    assert refused.status == 409 and "choose a reason" in refused.plain and "an earlier call" in refused.plain
    assert "said of the first" in refused.text and f"desk/{case_id}/outcome" in refused.text
    assert f"desk/{other}" not in refused.text, "no form of the next customer is on this page"
    assert "data-writing" in refused.text, "and no news take it away"
    again = {**sent, **refused.hidden("outcome"), "reason": "warned"}
    assert (await kim.post(f"/console/desk/{case_id}/outcome", again)).status == 303
    assert (await console.state(1), await console.state(2)) == ("held", "pending")
    assert f"desk/{other}/outcome" in (await kim.get("/console/desk")).text


def takes_the_next(unit: SqlUnit, case_id: CaseId, now: datetime) -> None:
    """Her wrap-up ended while she still wrote, and she now talks to another customer."""
    talk, agent = unit.hand_overs.get(AttemptId("att_c"), 4), unit.agents.lock(KIM)
    assert talk is not None and agent is not None
    unit.hand_overs.save(replace(talk, state=HandOverState.OVER, ended_at=now))
    ids = {"attempt_id": AttemptId("att_d"), "offer": AttemptId("att_b"), "customer_id": CustomerId("u_2")}
    unit.hand_overs.add(a_wait(case_id, now, **ids))
    unit.agents.save(replace(agent, state=AgentState.ON_CALL, offer=AttemptId("att_b"), case_id=case_id))


async def test_an_agents_text_is_not_lost_when_the_wrap_up_ends_by_itself(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/desk")
    await console.store.run(has_nobody_any_more)
    told = {**page.hidden("outcome"), "outcome": "not_me", "text": "she was told what to say"}
    refused = await kim.post(f"/console/desk/{case_id}/outcome", told)
    assert refused.status == 409 and "choose a reason" in refused.plain
    assert "she was told what to say" in refused.text and f"desk/{case_id}/outcome" in refused.text
    assert "Hand the customer on" not in refused.plain and f"desk/{case_id}/guardian" not in refused.text
    note = {**page.hidden("hand_on"), "text": "she is <frightened>"}
    too_late = await kim.post(f"/console/desk/{case_id}/hand-on", note)
    assert too_late.status == 409 and "no customer is on the line with you" in too_late.plain
    assert "she is &lt;frightened&gt;</textarea>" in too_late.text, "its form is gone, the words are not"


def has_nobody_any_more(unit: SqlUnit) -> None:
    talk, agent = unit.hand_overs.get(AttemptId("att_c"), 4), unit.agents.lock(KIM)
    assert talk is not None and agent is not None
    unit.hand_overs.save(replace(talk, state=HandOverState.OVER, ended_at=T0))
    unit.agents.save(replace(agent, state=AgentState.READY, offer=None, case_id=None))


async def test_an_agents_text_for_another_case_is_shown_and_fills_no_form_of_their_own(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, other = await console.flag(1, held=False), await console.flag(2, held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    sent = {**(await kim.get("/console/desk")).hidden("outcome"), "outcome": "not_me", "text": "said of another"}
    refused = await kim.post(f"/console/desk/{other}/outcome", sent)
    assert refused.status == 409 and "you have not talked to this customer" in refused.plain
    form = refused.text[refused.text.index(f"desk/{case_id}/outcome") :]
    assert "said of another" not in form and "checked" not in form, "her own form is as empty as it was"
    shown = refused.text[: refused.text.index(f"desk/{case_id}/outcome")]
    assert "said of another</textarea>" in shown and f"/console/cases/{other}" in shown


async def test_an_agent_brings_a_guardian_in_only_when_the_customer_agrees(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    await console.store.run(talks_in_a_call, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    path, page = f"/console/desk/{case_id}/company", await kim.get("/console/desk")
    assert "Bring the guardian into the call" in page.plain
    wish = page.hidden("guardian")
    refused = await kim.post(path, wish)
    assert refused.status == 409 and "must agree first" in refused.plain
    nobody = await kim.post(path, {**wish, "agreed": "yes"})
    assert nobody.status == 409 and "no guardian is known" in nobody.plain
    await console.store.run(is_rung_for_it, case_id)
    page = await kim.get("/console/desk")
    assert "is being called" in page.plain and "林小明" not in page.text
    again = await kim.post(path, {**wish, "agreed": "yes"})
    assert again.status == 409 and "in the call already" in again.plain


def is_rung_for_it(unit: SqlUnit, case_id: CaseId) -> None:
    """A guardian of the case is called at the agent's request."""
    [talk] = unit.hand_overs.of_case(case_id)
    son = Party(
        id=PartyId("pty_s"), case_id=case_id, role=Role.GUARDIAN, phone="+6590000009", number_index="ix", region="SG",
        line_type="mobile", name="林小明",
    )  # fmt: skip
    unit.parties.add([son], talk.customer_id)
    unit.guests.add(
        Guest(
            attempt_id=AttemptId("att_s"), case_id=case_id, customer_id=talk.customer_id, party_id=son.id,
            wait=talk.attempt_id, n=talk.n, by="kim", asked_at=T0,
        )
    )  # fmt: skip


async def test_an_agent_hands_the_customer_on_to_a_free_agent_with_a_note(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    await console.store.run(is_called_in_a_call, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    path, page = f"/console/desk/{case_id}/hand-on", await kim.get("/console/desk")
    wish = {**page.hidden("hand_on"), "skill": "distress", "text": "she is frightened"}
    alone = await kim.post(path, wish)
    assert alone.status == 409 and "the customer stays with you" in alone.plain and "she is frightened" in alone.text
    wanted = NewAgent(name="ann", address="+6531580102", languages=("zh",))
    await console.store.run(enrol_agent, wanted, "root", console.moment)
    await console.store.run(set_state, StaffId("usr_ann"), AgentEvent.BE_READY, console.moment)
    assert (await kim.post(path, wish)).status == 303
    page = await kim.get("/console/desk")
    assert "To be recorded" in page.plain and "Hand the customer on" not in page.plain
    assert "she is frightened" in page.plain
    assert "kim handed the customer on to another colleague." in (await kim.get(f"/console/cases/{case_id}")).plain


def is_called_in_a_call(unit: SqlUnit, case_id: CaseId) -> None:
    """The agent's call of the hand-over is a call of the case."""
    [call] = unit.attempts.of_case(case_id)
    for table in ("hand_overs", "agents"):
        unit.connection.exec_driver_sql(f"UPDATE {table} SET offer = '{call.id}' WHERE offer = 'att_a'")


async def test_the_desk_of_another_agent_is_closed_and_a_person_who_takes_no_calls_has_none(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    ann, vera = browsers(), browsers()
    await ann.sign_in("ann")
    await vera.sign_in("vera")
    assert (await vera.get("/console/desk")).status == 403
    page = await ann.get("/console/desk")
    assert "Your account does not take calls." in page.plain and f"desk/{case_id}/outcome" not in page.text
    assert "kim on call" in page.plain and "100.0 % 1 / 1" in page.plain
    form = {"csrf": page.csrf, "form": "guardian", "version": "0", "agreed": "yes"}
    assert (await ann.post(f"/console/desk/{case_id}/guardian", form)).status == 404
    form |= {"outcome": "coached", "reason": "warned"}
    refused = await ann.post(f"/console/desk/{case_id}/outcome", form)
    assert refused.status == 409 and "you have not talked to this customer" in refused.plain


async def test_a_supervisor_joins_an_agents_conversation_and_leaves_it(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    ann, kim = browsers(), browsers()
    await ann.sign_in("ann")
    await kim.sign_in("kim")
    assert '/talk"' not in (await kim.get("/console/desk")).text, "only supervisors"
    path, page = f"/console/desk/{case_id}/talk", await ann.get("/console/desk")
    assert "listen whisper barge" in page.plain
    form = {"csrf": page.csrf, "version": "0", "way": "listen"}
    alone = await ann.post(path, form | row_of(page))
    assert alone.status == 409 and "you have no phone number here" in alone.plain
    wanted = NewAgent(name="ann", address="+6531580102", languages=("zh",))
    await console.store.run(enrol_agent, wanted, "root", console.moment)
    await console.store.run(talks_in_a_call, case_id)
    form |= row_of(await ann.get("/console/desk"))
    assert (await ann.post(path, form)).status == 303
    page = await ann.get("/console/desk")
    assert "ann – is being called" in page.plain and "Leave the call" in page.plain
    assert (await ann.post(path, {**form, "way": "leave"})).status == 303
    assert "Leave the call" not in (await ann.get("/console/desk")).plain
    told = (await ann.get(f"/console/cases/{case_id}")).plain
    assert "ann asked to join the call: listen." in told and "ann left the call." in told


def row_of(page: Page) -> dict[str, str]:
    """The talk that a row of the desk names."""
    return dict(re.findall(r'name="(call|n)" value="([^"]+)"', page.text))


def talks_in_a_call(unit: SqlUnit, case_id: CaseId) -> None:
    """The customer's call of the hand-over is a call of the case."""
    [wait] = unit.hand_overs.of_case(case_id)
    [call] = unit.attempts.of_case(case_id)
    unit.connection.exec_driver_sql(
        f"UPDATE hand_overs SET attempt_id = '{call.id}' WHERE attempt_id = '{wait.attempt_id}'"
    )


async def test_an_agents_page_is_told_that_the_agent_has_taken_a_call(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    kim = browsers()
    await kim.sign_in("kim")
    cookie = "; ".join(f"{name}={value}" for name, value in kim.cookies.items())
    async with kim.session.get(f"{kim.base}/console/desk/live", headers={"Cookie": cookie}) as stream:

        async def news() -> dict[str, str]:
            while not (line := (await stream.content.readline()).decode()).startswith("data: "):
                pass
            told: dict[str, str] = json.loads(line.removeprefix("data: "))
            return told

        assert (await news())["at"] == "ready::"
        await takes_the_call(console, case_id)
        while (told := await news())["at"] == "ready::":
            pass
        assert told["at"] == f"on_call:{case_id}:att_a" and "on call" in told["team"]


def test_customers_who_asked_for_an_agent_are_counted_by_how_they_fared() -> None:
    late = T0 - SOON - timedelta(seconds=10)
    waits = [
        a_wait("case_1", T0),
        a_wait("case_2", T0, asked_at=late),
        a_wait("case_3", T0, state=HandOverState.ABANDONED, joined_at=None),
        a_wait("case_4", T0, state=HandOverState.WAITING, joined_at=None),
    ]
    service = service_of(waits)
    assert (service.asked, service.joined, service.soon, service.left, service.longest_s) == (3, 2, 1, 1, 30)
