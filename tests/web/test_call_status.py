"""Is it really the bank? What its app may show, and when the call code stays hidden."""

from __future__ import annotations

import pytest

from tests.web.world import Caller, World, play
from wakeup.usecases.questions import CallStatus, call_status

PATH = "/v1/users/u_1042/call-status"
TALKING = CallStatus(calling=True, answered=True, call_code="4711")
RINGING = CallStatus(calling=True, answered=False, call_code=None)
NOBODY = CallStatus(calling=False, answered=False)


def world_with(status: CallStatus) -> World:
    world = World()
    world.store.will(call_status, status)
    return world


def test_the_code_is_shown_to_the_confirmed_callee_of_a_running_call() -> None:
    async def story(app: Caller) -> None:
        told = (await app.get(f"{PATH}?confirmed=true")).json
        assert (told["user_id"], told["calling"], told["call_code"]) == ("u_1042", True, "4711")
        assert "Only our automated voice reads this code; anyone else quoting it is a scammer." in told["say"]
        chinese = (await app.get(f"{PATH}?confirmed=true&language=zh")).json
        assert "骗子" in chinese["say"]

    assert play(story, world_with(TALKING)).store.ran[0].args == ("u_1042",)


@pytest.mark.parametrize(
    ("status", "query", "calling"),
    [
        (TALKING, "", True),
        (TALKING, "?confirmed=false", True),
        (TALKING, "?confirmed=true&screen_share=true", True),
        (TALKING, "?confirmed=true&remote_control=true", True),
        (RINGING, "?confirmed=true", True),
        (CallStatus(calling=True, answered=False, call_code="4711"), "?confirmed=true", True),
        (NOBODY, "?confirmed=true", False),
    ],
)
def test_otherwise_it_is_not(status: CallStatus, query: str, calling: object) -> None:
    async def story(app: Caller) -> None:
        heard = await app.get(PATH + query)
        assert (heard.status, heard.json["calling"]) == (200, calling)
        assert "call_code" not in heard.json
        assert "4711" not in heard.text
        assert heard.headers["Cache-Control"] == "no-store"

    world = play(story, world_with(status))
    assert "4711" not in repr(world.log.lines)
    assert "u_1042" not in repr(world.log.lines)


def test_a_watched_screen_is_told_so() -> None:
    async def story(app: Caller) -> None:
        told = (await app.get(f"{PATH}?confirmed=true&screen_share=true")).json
        assert "watching your screen" in told["say"]
        nobody = (await app.get(f"{PATH}?confirmed=true")).json
        assert "back of your card" in told["say"]
        assert told["say"] != nobody["say"]

    play(story, world_with(TALKING))


@pytest.mark.parametrize("query", ["confirmed=yes", "confirmed=1", "language=fr", "code=4711"])
def test_strange_queries_are_refused(query: str) -> None:
    async def story(app: Caller) -> None:
        assert (await app.get(f"{PATH}?{query}")).status == 422

    assert play(story).store.ran == []
