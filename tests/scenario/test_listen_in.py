"""A supervisor listens, whispers to the agent or joins in: by a key, logged, and out when the talk is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.scenario.colleagues import NUMBERS, comes_to_work, says
from tests.scenario.talks import reach
from tests.scenario.world import World, plain
from wakeup.domain.agent import AgentEvent
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.ids import CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.runtime.service import access_of
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.telephony.client import TwilioPhone
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.agents.agents import NewAgent, enrol_agent
from wakeup.usecases.conference.listen_in import Moved, leave_human_talk, listen_in
from wakeup.usecases.console.sign_in import close_account
from wakeup.usecases.review.review import Order

MAY_LISTEN, TO_ENTER, OUT = "主管可能会旁听", "旁听来电", "已离开通话"


async def talk(world: World) -> tuple[HandsetCall, HandsetCall]:
    """Customer and agent, joined."""
    desk = await comes_to_work(world, "ada")
    call = await reach(world)
    await call.presses("0")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await call.hears(MAY_LISTEN)
    await agent.presses("1")
    await agent.hears(MET)
    return call, agent


async def supervisor(world: World) -> None:
    """Supervisor Ben, who is also an agent, in the state away."""
    store, now = world.service.store, world.clock.now()
    ben = Staff(
        id=StaffId("usr_ben"), name="ben", person=PersonId("p_ben"), role=StaffRole.SUPERVISOR, password_hash="$none",
        made_at=now,
    )  # fmt: skip
    await store.run(lambda unit: unit.staff.add(ben))
    await store.run(enrol_agent, NewAgent(name="ben", address=NUMBERS["ben"], languages=("zh",)), "root", now)


@asynccontextmanager
async def phone(world: World) -> AsyncIterator[TwilioPhone]:
    """The phone company client as the console uses it."""
    urls = CallbackUrls(world.given.public_base_url, world.given.keys.tag.get_secret_value())
    async with TwilioPhone(access_of(world.given), urls, connector=world.wires(each_once=True)) as ours:
        yield ours


async def order(world: World, name: str = "ben") -> Order:
    [one] = await world.service.store.read(lambda unit: unit.hand_overs.open())
    review = await world.service.store.read(lambda unit: unit.reviews.get(CaseId(one.case_id)))
    return Order(staff_id=StaffId(f"usr_{name}"), case_id=one.case_id, version=0 if review is None else review.version)


async def wishes(world: World, way: ListenMode, name: str = "ben") -> Moved | None:
    wish, [talk] = await order(world, name), await world.service.store.read(lambda unit: unit.hand_overs.open())
    now = world.clock.now()
    moved: Moved | None = await world.service.store.run(listen_in, wish, talk.attempt_id, talk.n, way, now)
    if moved is not None and moved.turn is not None:
        async with phone(world) as ours:
            await ours.go_on(moved.call_sid, moved.attempt_id, moved.turn)
    return moved


def entered(world: World) -> list[tuple[bool, str]]:
    return [(row["muted"], row["coach"]) for row in world.company.ledger.of("room_entered")]


async def test_a_supervisor_joins_by_key_is_heard_as_they_wish_and_every_step_is_recorded(world: World) -> None:
    await supervisor(world)
    call, agent = await talk(world)
    met = call.transcript.count(MET)
    assert await wishes(world, ListenMode.LISTEN) is None
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await ben.answers()
    await ben.hears(TO_ENTER)
    await ben.hears_nothing_of("陈美玲")
    await ben.presses("1")
    await ben.hears(MET)
    assert call.transcript.count(MET) == met, "nobody is told that they came"
    assert await wishes(world, ListenMode.LISTEN) is None, "they listen already"
    await wishes(world, ListenMode.WHISPER)
    await world.sleep(2)
    await wishes(world, ListenMode.BARGE)
    await world.sleep(2)
    assert entered(world)[2:] == [(True, ""), (False, agent.sid), (False, "")]
    assert call.status == agent.status == "in-progress", "their coming and going ends no talk"
    await agent.hangs_up()
    await ben.hears(OUT)
    await ben.ended()
    await call.ended()
    told = [(row["kind"], row["by"], row.get("way")) for row in world.timeline() if "listening" in row["kind"]]
    assert told == [
        ("listening_asked", "ben", "listen"), ("listening_begun", "ben", "listen"),
        ("listening_changed", "ben", "whisper"), ("listening_changed", "ben", "barge"),
        ("listening_over", "ben", None),
    ]  # fmt: skip
    assert not any(NUMBERS["ben"] in plain(url) for url in world.company.asked)
    assert await world.decided(within=3600) == "hold"


async def test_an_agent_who_listens_is_rung_for_the_next_customer_after_leaving(world: World) -> None:
    await supervisor(world)
    call, _agent = await talk(world)
    await says(world, "ben", AgentEvent.BE_READY)
    await wishes(world, ListenMode.LISTEN)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await ben.answers()
    await ben.presses("1")
    await ben.hears(MET)
    second = await reach(world, n=2, phone="+6591234577")
    cho = await comes_to_work(world, "cho")
    await second.presses("0")
    other = await cho.expect_call(within=5)
    await other.answers()
    await other.presses("2")
    await world.sleep(5)
    assert world.rang(NUMBERS["ben"]) == 1 and len(world.timeline("agents_busy")) == 1
    await ben.hangs_up()
    again = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await again.answers()
    await again.presses("1")
    await second.hears(MET)
    await second.hangs_up()
    await call.hangs_up()


async def test_a_voicemail_never_listens_and_a_click_ends_it(world: World) -> None:
    await supervisor(world)
    call, agent = await talk(world)
    await wishes(world, ListenMode.BARGE)
    voicemail = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await voicemail.answers()
    await voicemail.hears(OUT, within=60)
    await voicemail.ended()
    assert len(entered(world)) == 2
    await world.sleep(2)
    await wishes(world, ListenMode.LISTEN)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=30)
    await ben.answers()
    await ben.presses("1")
    await ben.hears(MET)
    moved = await world.service.store.run(leave_human_talk, await order(world), world.clock.now())
    assert moved is not None
    async with phone(world) as ours:
        await ours.hang_up(moved.call_sid)
    await ben.ended(within=10)
    await world.sleep(2)
    assert [row["entered"] for row in world.timeline("listening_over")] == [False, True]
    await call.hangs_up()
    await agent.ended()


async def test_listening_in_needs_a_supervisor_and_a_conversation(world: World) -> None:
    await supervisor(world)
    await comes_to_work(world, "cho", ready=False)
    call, agent = await talk(world)
    with pytest.raises(ForbiddenError):
        await wishes(world, ListenMode.LISTEN, "cho")
    late, [over] = await order(world), await world.service.store.read(lambda unit: unit.hand_overs.open())
    await call.hangs_up()
    await agent.ended()
    with pytest.raises(ConflictError, match="no colleague is talking"):
        await world.service.store.run(listen_in, late, over.attempt_id, over.n, ListenMode.LISTEN, world.clock.now())
    assert world.rang(NUMBERS["cho"]) == world.rang(NUMBERS["ben"]) == 0


async def closes_bens_account(world: World) -> None:
    root = Staff(
        id=StaffId("usr_root"), name="root", person=PersonId("p_root"), role=StaffRole.ADMIN, password_hash="$none",
        made_at=world.clock.now(),
    )  # fmt: skip
    await world.service.store.run(lambda unit: unit.staff.add(root))
    await world.service.store.run(close_account, root.id, StaffId("usr_ben"), world.clock.now())


async def test_a_supervisor_whose_account_is_closed_is_out_of_the_talk_and_it_goes_on(world: World) -> None:
    await supervisor(world)
    call, agent = await talk(world)
    await wishes(world, ListenMode.BARGE)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await ben.answers()
    await ben.presses("1")
    await ben.hears(MET)
    await closes_bens_account(world)
    await ben.ended(within=10)
    await world.sleep(2)
    assert [row["entered"] for row in world.timeline("listening_over")] == [True]
    assert call.status == agent.status == "in-progress"
    await agent.hangs_up()
    await call.ended()


async def test_a_closed_account_lets_no_supervisor_in_who_is_being_called(world: World) -> None:
    await supervisor(world)
    call, agent = await talk(world)
    await wishes(world, ListenMode.LISTEN)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await ben.answers()
    await ben.hears(TO_ENTER)
    await closes_bens_account(world)
    await ben.presses("1")
    await ben.hears(OUT)
    await ben.ended()
    assert not world.timeline("listening_begun")
    await agent.hangs_up()
    await call.ended()


async def test_the_phone_that_rings_a_supervisor_stops_when_the_account_is_closed(world: World) -> None:
    await supervisor(world)
    call, agent = await talk(world)
    await wishes(world, ListenMode.LISTEN)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await world.sleep(2)
    await closes_bens_account(world)
    await ben.ended(within=10)
    await agent.hangs_up()
    await call.ended()
