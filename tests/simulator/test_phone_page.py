"""The telephone in the browser: what it shows, what it does, and which requests it refuses."""

from __future__ import annotations

from typing import Any

from tests.simulator.world import World, world

HER = "+6591234599"
ASK = '<Gather numDigits="1" timeout="60" action="/two"><Say>您要转账吗</Say></Gather><Say>没听到</Say>'


async def state(w: World, number: str = HER) -> dict[str, Any]:
    async with w.http.get(f"{w.url}/handset/{number}/state") as answer:
        return dict(await answer.json())


async def does(w: World, act: str, value: str = "", path: str = "act") -> int:
    async with w.http.post(f"{w.url}/handset/{HER}/{path}", json={"act": act, "value": value}) as answer:
        return answer.status


async def until(w: World, **wanted: Any) -> dict[str, Any]:
    """Poll repeatedly, as the page does."""
    for _ in range(600):
        call = (await state(w))["call"] or {}
        if all(call.get(key) == value for key, value in wanted.items()):
            return call
        await w.company.clock.sleep(0.3)
    raise AssertionError(f"never {wanted}: {await state(w)}")


async def test_a_handset_rings_is_picked_up_hears_and_presses() -> None:
    async with world() as w:
        w.application.serves("/voice", ASK)
        w.application.serves("/two", "<Say>好的，再见</Say>")
        assert (await state(w))["call"] is None
        assert await does(w, "answer") == 409, "there is no call"
        await w.call(HER)
        await until(w, phase="ringing")
        assert await does(w, "answer") == 204
        await until(w, listening=True)
        assert await does(w, "press", "x") == 400
        assert await does(w, "press", "1") == 204
        call = await until(w, phase="over")
        assert (call["heard"], call["status"]) == (["您要转账吗", "好的，再见"], "completed")


async def test_a_handset_may_take_calls_by_itself_as_an_agent_does() -> None:
    async with world() as w:
        w.application.serves("/voice", ASK.replace("您要转账吗", "To take it, press 1. To pass, press 2."))
        w.application.serves("/two", "<Say>You are being joined</Say><Pause length='20'/>")
        assert (await state(w))["takes"] is False
        assert await does(w, "takes", "yes") == 204
        assert (await state(w))["takes"] is True
        await w.call(HER)
        await until(w, heard=["To take it, press 1. To pass, press 2.", "You are being joined"])
        assert await does(w, "hang_up") == 204
        assert await does(w, "takes", "no") == 204
        await w.call(HER)
        call = await until(w, phase="ringing")
        await w.company.clock.sleep(5)
        assert (await state(w))["call"]["phase"] == "ringing" and not call["heard"]


async def test_a_handset_may_reject_a_call_or_be_out_of_reach() -> None:
    async with world() as w:
        w.application.serves("/voice", ASK)
        await state(w)
        await w.call(HER)
        await until(w, phase="ringing")
        assert await does(w, "reject") == 204
        assert (await until(w, phase="over"))["status"] in {"busy", "no-answer"}
        assert await does(w, "carrier", "busy") == 204
        assert (await state(w))["carrier"] == "busy"
        assert await does(w, "carrier", "on fire") == 409


async def test_the_holder_of_the_handset_may_wish_to_be_flagged_once() -> None:
    async with world() as w:
        assert await does(w, "", path="flag") == 202
        for expected in ([{"phone": HER, "locale": "en", "wants": "flag", "guardian": ""}], []):
            async with w.http.post(f"{w.url}/_sim/wishes") as answer:
                assert await answer.json() == expected


async def test_the_app_shows_what_the_bank_last_said_on_this_phone_only() -> None:
    async with world() as w:
        assert (await state(w))["app"] is None
        shown = {"say": "We are calling you.", "call_code": "2345", "started_at": "2026-11-29T09:00:00Z"}
        async with w.http.put(f"{w.url}/handset/{HER}/app", json=shown) as answer:
            assert answer.status == 204
        assert (await state(w))["app"] == {"say": "We are calling you.", "code": "2345"}
        assert (await state(w, "+6591234598"))["app"] is None


async def test_the_page_is_whole_and_no_form_of_another_site_works_it() -> None:
    async with world() as w:
        for path, kind in (
            ("/handset", "text/html"),
            ("/handset/phone.js", "text/javascript"),
            ("/handset/phone.css", "text/css"),
        ):
            async with w.http.get(w.url + path) as answer:
                assert (answer.status, answer.content_type) == (200, kind)
        async with w.http.get(f"{w.url}/handset/secrets.txt") as answer:
            assert answer.status == 404
        async with w.http.post(f"{w.url}/handset/{HER}/act", data={"act": "answer"}) as answer:
            assert answer.status == 415
        async with w.http.get(f"{w.url}/handset/911/state") as answer:
            assert answer.status == 400
