"""One posted risk event: every kind of response, and nothing accepted without a signature."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.bank.bodies import GONE, event
from tests.web.world import LABEL_SECRET, OLD_SECRET, START, Caller, World, a_decision, play
from wakeup.domain.errors import ConflictError, StoreBusyError, StoreDownError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.receive_event import receive_event
from wakeup.usecases.store import Lane

PATH = "/v1/risk-events"


def accepted(*, new: bool = True) -> Accepted:
    return Accepted(case_id=CaseId("case_1"), transfer_id=TransferId("t_90017"), decision=a_decision(), new=new)


def world_with(answer: Any) -> World:
    world = World()
    world.store.will(receive_event, answer)
    return world


def test_a_new_event_is_kept_and_its_standing_hold_told() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event())
        assert heard.status == 202
        assert heard.json == {
            "event_id": "evt_20261122_0001",
            "case_id": "case_1",
            "transfer_id": "t_90017",
            "decision": {
                "decision": "hold",
                "decision_id": "dec_1",
                "sequence": 1,
                "reason": "standing",
                "effective_at": "2026-11-22T10:00:01Z",
                "hold_until": "2026-11-24T09:30:01Z",
            },
            "warnings": [],
        }

    world = play(story, world_with(accepted()))
    [ran] = world.store.ran
    inbound, flagged, now = ran.args
    assert (ran.lane, inbound.client, inbound.webhook_id, len(inbound.body_hash)) == (Lane.INGEST, "bank", "msg_1", 64)
    assert (flagged.event_id, flagged.client, flagged.customer.number.e164) == (
        "evt_20261122_0001",
        "bank",
        "+6591234567",
    )
    assert timedelta() <= now - START < timedelta(seconds=1)
    assert world.counted("risk_events_total", answer="new") == 1


def test_an_event_that_differs_from_its_transfer_gets_a_warning() -> None:
    doubtful = replace(accepted(), differs=("amount",), tap_left_out=True)

    async def story(bank: Caller) -> None:
        warnings = (await bank.post(PATH, event())).json["warnings"]
        assert [warned["field"] for warned in warnings] == ["transfer.amount", "transfer.id"]

    play(story, world_with(doubtful))


def test_a_known_event_is_answered_200() -> None:
    async def story(bank: Caller) -> None:
        assert (await bank.post(PATH, event())).status == 200

    world = play(story, world_with(accepted(new=False)))
    assert world.counted("risk_events_total", answer="known") == 1


def test_an_unknown_typology_is_accepted_with_a_warning() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event({"risk.typology": "moon_cheese"}))
        assert heard.status == 202
        assert [warning["field"] for warning in heard.json["warnings"]] == ["risk.typology"]
        assert "moon" not in heard.text

    play(story, world_with(accepted()))


def test_a_conflict_names_the_field() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event())
        assert (heard.status, heard.headers["Content-Type"]) == (409, "application/problem+json")
        assert heard.json == {
            "title": "Conflict",
            "status": 409,
            "errors": [{"field": "event_id", "reason": "known with other content"}],
        }

    world = play(story, world_with(ConflictError("event_id", "known with other content")))
    assert world.counted("risk_events_total", answer="conflict") == 1


@pytest.mark.parametrize(("error", "wait"), [(StoreBusyError(1.4), "2"), (StoreDownError("SQLITE_FULL"), "2")])
def test_without_the_database_nothing_is_promised(error: Exception, wait: str) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event())
        assert (heard.status, heard.headers["Retry-After"]) == (503, wait)
        assert "SQLITE" not in heard.text

    world = play(story, world_with(error))
    assert world.counted("risk_events_total", answer="unavailable") == 1


def test_the_bank_is_told_to_send_again_what_may_have_been_stored() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event())
        assert heard.json["detail"].endswith("it may have stored this all the same: send it again with the same ids")

    play(story, world_with(StoreDownError("hangs")))


def test_our_own_fault_says_nothing() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event())
        assert heard.status == 500
        assert heard.json == {"title": "Internal Server Error", "status": 500}

    world = play(story, world_with(RuntimeError("secret +6591234567")))
    [failed] = [line for line in world.log.lines if line["level"] == "error"]
    assert failed["event"] == "request_failed"


@pytest.mark.parametrize(
    ("how", "detail"),
    [
        ({"webhook_signature": None}, "signature: missing_header"),
        ({"webhook_id": "msg_1", "webhook_timestamp": "soon"}, "signature: malformed"),
        ({"at": START - timedelta(minutes=5, seconds=1)}, "signature: stale"),
        ({"at": START + timedelta(minutes=6)}, "signature: in_the_future"),
        ({"secret": "whsec_" + "c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy"}, "signature: no_match"),
        ({"X_Wakeup_Client": "labeller"}, "signature: no_match"),
        ({"X_Wakeup_Client": "nobody"}, "signature: no_match"),
    ],
)
def test_an_event_without_a_valid_signature_is_refused(how: dict[str, Any], detail: str) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event(), **how)
        assert (heard.status, heard.json["detail"].partition("; ")[0]) == (401, detail)
        assert "WWW-Authenticate" in heard.headers

    world = play(story)
    assert world.store.ran == []
    assert world.counted("bad_signatures_total", door="api", flaw=detail.removeprefix("signature: ")) == 1


def test_a_signature_is_of_one_body_only() -> None:
    async def story(bank: Caller) -> None:
        _, headers = bank.signed_message(event())
        other = json.dumps(event({"transfer.amount": "1.00"})).encode()
        assert (await bank.ask("POST", PATH, data=other, headers=headers)).status == 401

    assert play(story).store.ran == []


def test_both_secrets_serve_while_they_rotate() -> None:
    async def story(bank: Caller) -> None:
        assert (await bank.post(PATH, event(), secret=OLD_SECRET)).status == 202
        assert (await bank.post(PATH, event(), secret=OLD_SECRET, X_Wakeup_Client="bank")).status == 202

    play(story, world_with(accepted()))


def test_a_client_does_only_what_it_may() -> None:
    async def story(bank: Caller) -> None:
        # The body is not parsed: it is not a risk event, and the answer does not say so.
        assert (await bank.post(PATH, {}, secret=LABEL_SECRET)).status == 403

    assert play(story).store.ran == []


def test_every_fault_is_named_at_once_and_no_value_repeated() -> None:
    spoilt = event({"transfer.amount": "1E+999999", "customer.name": GONE, "risk.tier": "dire", "customer.phone": "x"})

    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, spoilt)
        assert heard.status == 422
        assert {"transfer.amount", "risk.tier", "customer.phone"} <= heard.faults().keys()
        assert "999999" not in heard.text
        assert "dire" not in heard.text

    world = play(story)
    assert world.store.ran == []
    assert world.counted("risk_events_total", answer="invalid") == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"event_id": "a", "event_id": "b"}', "contains the same key twice in one object"),
        (b"{", "is not JSON, from character 2 on"),
        (b"[]", "must be a JSON object"),
        (b"", "is not JSON, from character 1 on"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "is nested more than 16 deep"),
    ],
)
def test_json_with_tricks_is_refused(body: bytes, reason: str) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, body)
        assert (heard.status, heard.faults()) == (422, {"": reason})

    assert play(story).store.ran == []


@pytest.mark.parametrize(("charset", "status"), [("utf-8", 202), ('"UTF-8"', 202), ("utf8", 202), ("iso-8859-1", 415)])
def test_a_body_in_another_charset_is_refused_and_not_misread(charset: str, status: int) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, event(), Content_Type=f"application/json; charset={charset}")
        assert heard.status == status

    play(story, world_with(accepted()))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_other_content_types_are_refused(kind: str) -> None:
    async def story(bank: Caller) -> None:
        assert (await bank.post(PATH, event(), Content_Type=kind)).status == 415

    assert play(story).store.ran == []


def test_a_compressed_body_is_never_inflated() -> None:
    async def story(bank: Caller) -> None:
        body, headers = bank.signed_message(event())
        headers["Content-Encoding"] = "gzip"
        assert (await bank.ask("POST", PATH, data=gzip.compress(body), headers=headers)).status == 415

    assert play(story).store.ran == []
