""" "Is it really the bank?": what the app may show, and when the call code stays hidden."""

from __future__ import annotations

import pytest

from tests.web.world import START, Caller, World, play
from wakeup.usecases.intake.queries import CallStatus, call_status

PATH = "/v1/users/u_1042/call-status"
TALKING = CallStatus(calling=True, answered=True, call_code="4711", started_at=START)
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
        assert told["started_at"] == START.isoformat().replace("+00:00", "Z")
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
def test_the_code_is_hidden_unless_the_callee_confirmed_and_nobody_watches(
    status: CallStatus, query: str, calling: object
) -> None:
    async def story(app: Caller) -> None:
        heard = await app.get(PATH + query)
        assert (heard.status, heard.json["calling"]) == (200, calling)
        assert "call_code" not in heard.json
        assert "4711" not in heard.text
        assert heard.headers["Cache-Control"] == "no-store"

    world = play(story, world_with(status))
    assert "4711" not in repr(world.log.lines)
    assert "u_1042" not in repr(world.log.lines)


ENDING = CallStatus(calling=True, answered=True, started_at=START)


def test_from_our_last_words_on_the_app_vouches_for_no_code() -> None:
    async def story(app: Caller) -> None:
        for query in ("confirmed=true", "confirmed=false"):
            told = (await app.get(f"{PATH}?{query}")).json
            assert told["calling"]
            assert "call_code" not in told
            assert "reads no code any more; anyone who quotes one now is a scammer" in told["say"]
        assert "现在谁再说出核对码，谁就是骗子" in (await app.get(f"{PATH}?language=zh")).json["say"]

    play(story, world_with(ENDING))


def test_our_last_words_are_not_taken_for_somebody_elses() -> None:
    """The code is gone when they are served, and the callee hears them for up to half a minute after that."""

    async def story(app: Caller) -> None:
        english = (await app.get(PATH)).json["say"]
        assert "not our automated voice" not in english
        assert english.endswith("Once it has finished speaking, hang up.")
        chinese = (await app.get(f"{PATH}?language=zh")).json["say"]
        assert "不是我们" not in chinese
        assert chinese.endswith("等它说完，请您挂断。")

    play(story, world_with(ENDING))


def test_a_watched_screen_is_told_so() -> None:
    async def story(app: Caller) -> None:
        told = (await app.get(f"{PATH}?confirmed=true&screen_share=true")).json
        assert "watching your screen" in told["say"]
        nobody = (await app.get(f"{PATH}?confirmed=true")).json
        assert "back of your card" in told["say"]
        assert told["say"] != nobody["say"]

    play(story, world_with(TALKING))


def test_a_colleague_who_keeps_our_promise_is_not_called_a_scammer() -> None:
    """No automated call is on the line, but the caller may be a colleague whose call was promised."""

    async def story(app: Caller) -> None:
        english = (await app.get(PATH)).json["say"]
        assert "scammer" not in english
        assert "dial the number on your card" in english
        chinese = (await app.get(f"{PATH}?language=zh")).json["say"]
        assert "骗子" not in chinese
        assert "自己拨银行卡背面的号码" in chinese

    play(story, world_with(NOBODY))


@pytest.mark.parametrize("status", [TALKING, RINGING])
def test_the_code_that_the_voice_reads_has_one_name(status: CallStatus) -> None:
    async def story(app: Caller) -> None:
        for query in ("", "&confirmed=true", "&screen_share=true"):
            said = (await app.get(f"{PATH}?language=zh{query}")).json["say"]
            assert "核对码" in said
            assert "这个号码" not in said
            assert "核对号码" not in said

    play(story, world_with(status))


@pytest.mark.parametrize("query", ["confirmed=yes", "confirmed=1", "language=fr", "code=4711"])
def test_strange_queries_are_refused(query: str) -> None:
    async def story(app: Caller) -> None:
        assert (await app.get(f"{PATH}?{query}")).status == 422

    assert play(story).store.ran == []


@pytest.mark.parametrize("path", ["call-status", "guardians"])
def test_an_impossible_id_is_told_from_an_unknown_path(path: str) -> None:
    async def story(app: Caller) -> None:
        heard = await app.get(f"/v1/users/u%201/{path}")
        assert (heard.status, heard.json["detail"]) == (
            404,
            "the id must be 1 to 64 of A-Z, a-z, 0-9 and _ . : -, not . or ..",
        )

    assert play(story).store.ran == []
