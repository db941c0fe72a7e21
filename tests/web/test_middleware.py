"""The middleware: one log line without personal data, problem documents on every path, safe headers, request ids."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from tests.bank.bodies import event
from tests.web.test_risk_events import PATH, accepted, world_with
from tests.web.world import Caller, World, play, play_inside, play_public

INNER = pytest.mark.parametrize("listener", [play, play_inside])
LISTENERS = pytest.mark.parametrize("listener", [play, play_public, play_inside])


@INNER
def test_unknown_paths_and_methods_are_problems(listener: Any) -> None:
    async def story(caller: Caller) -> None:
        for path in ("/", "/nothing?phone=%2B6591234567", "/v1/users//call-status", "/../etc/passwd"):
            heard = await caller.ask("GET", path)
            assert (heard.status, heard.headers["Content-Type"]) == (404, "application/problem+json")
            assert heard.json == {"title": "Not Found", "status": 404}

    world = listener(story)
    assert {line["route"] for line in world.log.requests()} == {"none"}
    assert "6591234567" not in repr(world.log.lines)


@pytest.mark.parametrize(
    ("listener", "method", "path", "allowed"),
    [
        (play, "GET", PATH, "POST"),
        (play, "DELETE", "/v1/decisions", "GET"),
        (play, "PUT", "/v1/users/u_1/nothing", None),
        (play, "POST", "/v1/users/u_1/guardians", "DELETE,GET,PUT"),
        (play_inside, "POST", "/healthz", "GET,HEAD"),
    ],
)
def test_other_methods_are_told_which_would_do(listener: Any, method: str, path: str, allowed: str | None) -> None:
    async def story(caller: Caller) -> None:
        heard = await caller.ask(method, path)
        assert heard.headers["Content-Type"] == "application/problem+json"
        assert (heard.status, heard.headers.get("Allow")) == (405 if allowed else 404, allowed)

    listener(story)


@LISTENERS
def test_an_expectation_that_is_not_met_is_a_problem_without_an_echo(listener: Any) -> None:
    """aiohttp answers it itself, in front of every handler, and would repeat it."""

    async def story(caller: Caller) -> None:
        heard = await caller.raw(b"POST /v1/risk-events HTTP/1.1\r\nHost: w\r\nExpect: +6591234567\r\n\r\n")
        # The public listener refuses an unsigned POST even before that.
        assert (
            b" 403 " in heard.partition(b"\r\n")[0] if listener is play_public else heard.startswith(b"HTTP/1.1 417 ")
        )
        assert b"application/problem+json" in heard
        assert b"Server: wakeup" in heard
        assert b"6591234567" not in heard

    listener(story)


@LISTENERS
def test_every_answer_is_safe_to_show(listener: Any) -> None:
    async def story(caller: Caller) -> None:
        for method, path in (("GET", "/nothing"), ("DELETE", "/healthz"), ("POST", "/v1/decisions")):
            headers = (await caller.ask(method, path)).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Cache-Control"] == "no-store"
            assert headers["Server"] == "wakeup"
            # The connection filter makes no request of it.
            assert listener is play_public or headers["X-Request-Id"].startswith("req_")

    listener(story)


def test_one_line_a_request_with_ids_and_without_persons() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(f"{PATH}?name=Chan", event())
        assert heard.headers["X-Request-Id"] == "req_1"

    world = play(story, world_with(accepted()))
    [line] = world.log.requests()
    assert line.pop("ms") >= 0
    assert line == {
        "level": "info",
        "event": "request",
        "event_id": "evt_20261122_0001",
        "route": PATH,
        "method": "POST",
        "status": 202,
        "request": "req_1",
        "client": "bank",
        "transfer": "t_90017",
        "case": "case_1",
    }
    assert world.counted("requests_total", route=PATH, method="POST", status="202") == 1


def test_a_request_id_is_believed_from_a_trusted_proxy_only() -> None:
    async def story(caller: Caller) -> None:
        heard = await caller.ask("GET", "/healthz", headers={"X-Request-Id": "edge-7"})
        told.append(heard.headers["X-Request-Id"])
        strange = await caller.ask("GET", "/healthz", headers={"X-Request-Id": "edge 7; x"})
        assert strange.headers["X-Request-Id"].startswith("req_")

    told: list[str] = []
    play_inside(story)
    play_inside(story, World(proxies=(ip_network("10.0.0.0/8"),)))
    play_inside(story, World(proxies=(ip_network("127.0.0.0/8"),)))
    assert told == ["req_1", "req_1", "edge-7"]
