"""Decisions over HTTP: the one in force, long polls, and the feed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.web.world import BANK_KEY, HOLD_BASIS, LABEL_KEY, Caller, World, a_decision, play, serving, until
from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.errors import StoreDownError
from wakeup.domain.transfer import TransferState
from wakeup.simulator.virtual_loop import run
from wakeup.usecases.intake.queries import InForce, decision_in_force, decisions_after
from wakeup.web.api.decisions import cursor
from wakeup.web.apps import HttpListener, api_app

PATH = "/v1/transfers/t_90017/decision"
NAME = "transfer:t_90017"


def in_force(answer: Any) -> Any:
    return InForce(decision=answer) if isinstance(answer, Decision) else answer


def world_with(*answers: Any) -> World:
    world = World()
    world.store.will(decision_in_force, *map(in_force, answers))
    return world


def test_the_decision_in_force_is_answered_whole() -> None:
    async def story(core: Caller) -> None:
        heard = await core.get(PATH)
        assert (heard.status, heard.headers["ETag"]) == (200, '"2"')
        assert heard.json == {
            "type": "decision.made",
            "decision_id": "dec_2",
            "sequence": 2,
            "transfer_id": "t_90017",
            "case_id": "case_1",
            "decision": "allow",
            "reason": "consistent",
            "decided_by": "system",
            "decided_at": "2026-11-22T09:30:01Z",
            "decide_by": "2026-11-22T10:00:01Z",
            "hold_until": "2026-11-24T09:30:01Z",
            "evidence": [],
        }

    world = play(story, world_with(a_decision(2, Ruling.ALLOW)))
    assert world.store.ran[0].args == ("t_90017",)


def test_a_third_decision_is_a_change() -> None:
    async def story(core: Caller) -> None:
        assert (await core.get(PATH)).json["type"] == "decision.changed"

    play(story, world_with(a_decision(3)))


def test_a_hold_says_why_it_is_lawful() -> None:
    async def story(core: Caller) -> None:
        assert (await core.get(PATH)).json["hold_basis"] == HOLD_BASIS
        [item] = (await core.get("/v1/decisions")).json["items"]
        assert item["hold_basis"] == HOLD_BASIS

    world = world_with(a_decision(2))
    world.store.will(decisions_after, [(7, a_decision(2))])
    play(story, world)


@pytest.mark.parametrize("state", [TransferState.CANCELLED, TransferState.RELEASED])
def test_a_transfer_that_the_bank_has_closed_is_answered_as_such(state: TransferState) -> None:
    """Otherwise its last decision, often the standing hold, would look as if it were still waited for."""

    async def story(core: Caller) -> None:
        told = (await core.get(PATH)).json
        assert (told["decision"], told["transfer_closed"]) == ("hold", state)

    play(story, world_with(InForce(decision=a_decision(1), closed=state)))


def test_an_unknown_transfer_is_told_from_an_unknown_path() -> None:
    async def story(core: Caller) -> None:
        heard = await core.get(PATH)
        assert (heard.status, heard.json["detail"]) == (404, "unknown transfer")
        assert "detail" not in (await core.get("/v1/transfer/t_90017/decision")).json

    play(story, world_with(None))


@pytest.mark.parametrize("path", [PATH, "/v1/decisions", "/v1/users/u_1/call-status"])
def test_questions_need_a_key_with_the_scope(path: str) -> None:
    async def story(core: Caller) -> None:
        for key in (None, "", "wrong", BANK_KEY + "x"):
            heard = await core.get(path, key=key)
            assert (heard.status, heard.headers["WWW-Authenticate"]) == (401, "Bearer")
        other = await core.ask("GET", path, headers={"Authorization": f"Basic {BANK_KEY}"})
        assert (other.status, other.json["detail"]) == (401, "no client has this key; send Authorization: Bearer …")
        assert (await core.get(path, key=LABEL_KEY)).status == 403

    assert play(story).store.ran == []


def test_an_unknown_transfer_and_an_impossible_id_are_404() -> None:
    async def story(core: Caller) -> None:
        assert (await core.get(PATH)).status == 404
        assert (await core.get("/v1/transfers/t%00x/decision?wait=9")).status == 404

    assert len(play(story, world_with(None)).store.ran) == 1


@pytest.mark.parametrize("query", ["wait=61", "wait=-1", "wait=x", "wait=1&wait=2", "after=x", "unknown=1", "wait="])
def test_strange_queries_are_refused(query: str) -> None:
    async def story(core: Caller) -> None:
        assert (await core.get(f"{PATH}?{query}")).status == 422

    assert play(story).store.ran == []


def test_an_unknown_parameter_is_answered_with_the_known_ones() -> None:
    async def story(core: Caller) -> None:
        known = {"": "has an unknown query parameter; known are wait, after"}
        assert (await core.get(f"{PATH}?after=1&since=2")).faults() == known

    assert play(story).store.ran == []


def test_a_decision_that_the_client_knows_is_not_sent_again() -> None:
    async def story(core: Caller) -> None:
        known = await core.get(PATH, **{"If-None-Match": '"2"'})
        assert (known.status, known.body) == (304, b"")
        assert (await core.get(f"{PATH}?after=2")).status == 204
        assert (await core.get(f"{PATH}?after=1")).status == 200

    play(story, world_with(a_decision(2)))


@pytest.mark.parametrize("query", ["wait=30", "wait=30&after=1"])
def test_a_long_poll_wakes_up_with_the_decision(query: str) -> None:
    world = world_with(a_decision(1), a_decision(1), a_decision(2, Ruling.ALLOW))

    async def story(core: Caller) -> None:
        loop = asyncio.get_running_loop()
        # The first notification is about something else: the poll reads, and goes on waiting.
        loop.call_later(3, world.hub.ring, NAME)
        loop.call_later(7, world.hub.ring, NAME)
        begun = loop.time()
        heard = await core.get(f"{PATH}?{query}")
        assert (heard.status, heard.json["decision"]) == (200, "allow")
        assert 7 <= loop.time() - begun < 8

    play(story, world)
    assert len(world.store.ran) == 3, "read when something happened, and not in the four seconds between"
    assert world.hub.waiting[NAME] == []
    assert world.counted("long_polls") == 0


@pytest.mark.parametrize(("wait", "after_s"), [(60, 5), (4, 4)])
def test_a_long_poll_without_a_wake_up_looks_for_itself(wait: int, after_s: int) -> None:
    """Notifications may be lost at either end, so the poll reads every five seconds, and at its end."""

    async def story(core: Caller) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert (await core.get(f"{PATH}?wait={wait}&after=1")).json["sequence"] == 2
        assert after_s <= loop.time() - begun < after_s + 1

    play(story, world_with(a_decision(1), a_decision(2, Ruling.ALLOW)))


def test_no_wake_is_lost_between_reading_and_waiting() -> None:
    world = World()

    async def read() -> Any:
        world.hub.ring(NAME)
        world.store.will(decision_in_force, in_force(a_decision(2)))
        return in_force(a_decision(1))

    world.store.will(decision_in_force, read)

    async def story(core: Caller) -> None:
        begun = asyncio.get_running_loop().time()
        assert (await core.get(f"{PATH}?wait=60")).json["sequence"] == 2
        assert asyncio.get_running_loop().time() - begun < 1

    play(story, world)


def test_a_long_poll_ends_with_what_there_is() -> None:
    async def story(core: Caller) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert (await core.get(f"{PATH}?wait=30")).json["reason"] == "standing"
        assert 30 <= loop.time() - begun < 31
        assert (await core.get(f"{PATH}?wait=3&after=1")).status == 204

    play(story, world_with(a_decision(1)))


def test_a_poll_whose_client_has_gone_ends() -> None:
    world = world_with(a_decision(1))

    async def story(core: Caller) -> None:
        _, writer = await asyncio.open_connection(core.host, core.port)
        asked = f"GET {PATH}?wait=60 HTTP/1.1\r\nHost: wakeup\r\nAuthorization: Bearer {BANK_KEY}\r\n\r\n"
        writer.write(asked.encode())
        await until(lambda: world.hub.waiting[NAME])
        writer.close()
        await writer.wait_closed()
        await until(lambda: not world.hub.waiting[NAME])
        await until(world.log.requests)

    play(story, world)
    assert world.log.requests()[0]["status"] == 499


def test_polls_do_not_hold_up_the_end_of_the_process() -> None:
    world = world_with(a_decision(1))

    async def whole() -> None:
        listener = HttpListener(api_app(world.parts()), leave_early=True)
        async with serving(listener, world) as core:
            asking = asyncio.ensure_future(core.get(f"{PATH}?wait=60"))
            await until(lambda: world.hub.waiting[NAME])
            begun = asyncio.get_running_loop().time()
            await listener.cleanup()
            assert (await asking).json["reason"] == "standing"
            assert asyncio.get_running_loop().time() - begun < 2

    run(whole())


def test_the_feed_goes_on_behind_its_cursor() -> None:
    world = World()
    world.store.will(decisions_after, [(7, a_decision(1)), (8, a_decision(2))], [])

    async def story(core: Caller) -> None:
        first = await core.get("/v1/decisions?limit=2")
        assert [item["sequence"] for item in first.json["items"]] == [1, 2]
        second = await core.get(f"/v1/decisions?after={first.json['next']}")
        assert second.json == {"items": [], "next": first.json["next"]}

    play(story, world)
    assert [ran.args for ran in world.store.ran] == [(0, 2), (8, 100)]


@pytest.mark.parametrize(
    "query", ["after=8", "after=%20", "after=ZDg=x", "limit=0", "limit=501", f"after={cursor(1)}!"]
)
def test_a_cursor_is_ours_or_refused(query: str) -> None:
    async def story(core: Caller) -> None:
        assert (await core.get(f"/v1/decisions?{query}")).status == 422

    assert play(story).store.ran == []


def test_without_the_database_there_is_no_answer_rather_than_a_wrong_one() -> None:
    async def story(core: Caller) -> None:
        heard = await core.get(f"{PATH}?wait=10")
        assert (heard.status, heard.headers["Retry-After"]) == (503, "2")

    play(story, world_with(StoreDownError("closed")))
