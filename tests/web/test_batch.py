"""A batch of a thousand events: one result per event, in chunks that let other requests through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.bank.bodies import event
from tests.web.world import LABEL_SECRET, Caller, World, a_decision, play
from wakeup.bank.responses import BatchAnswer
from wakeup.domain.errors import ConflictError, StoreBusyError, StoreDownError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.storage.keyring import SealError
from wakeup.usecases.idempotency import Inbound
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.receive_event import receive_batch
from wakeup.usecases.store import Lane
from wakeup.web.api.events import CHUNK

PATH = "/v1/risk-events/batch"


def keep(_inbound: Inbound, events: Sequence[FlaggedTransfer], _now: object) -> list[Accepted | ConflictError]:
    """Event 3 is a conflict, event 4 is known, all others are new."""
    return [
        ConflictError("event_id", "known with other content")
        if flagged.event_id == "evt_3"
        else Accepted(
            case_id=CaseId("case_1"),
            transfer_id=TransferId(flagged.transfer_id),
            decision=a_decision(),
            new=flagged.event_id != "evt_4",
        )
        for flagged in events
    ]


def batch(count: int, **spoilt: dict[str, Any]) -> dict[str, Any]:
    return {"events": [{**event({"event_id": f"evt_{n}"}), **spoilt.get(f"e{n}", {})} for n in range(count)]}


def world_with(*answers: Any) -> World:
    world = World()
    world.store.will(receive_batch, *answers)
    return world


def test_every_event_has_the_answer_it_would_have_had_alone() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(6, e1={"event_id": 7}))
        assert heard.status == 200
        answer = BatchAnswer.model_validate_json(heard.body)
        assert [item.index for item in answer.results] == [0, 1, 2, 3, 4, 5]
        assert [item.status for item in answer.results] == [202, 422, 202, 409, 200, 202]
        refused = answer.results[1].problem
        assert refused is not None
        assert [fault.field for fault in refused.errors] == ["event_id"]
        kept = answer.results[0].answer
        assert kept is not None
        assert kept.decision.decision == "hold"

    world = play(story, world_with(keep))
    assert world.counted("risk_events_total", answer="new") == 3
    assert world.log.requests()[0]["events"] == 6
    assert world.log.requests()[0]["refused"] == 2


def test_a_thousand_events_come_in_short_transactions() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(1000))
        assert heard.status == 200
        assert [item["index"] for item in heard.json["results"]] == list(range(1000))

    world = play(story, world_with(keep))
    assert {len(ran.args[1]) for ran in world.store.ran} == {CHUNK}
    assert {ran.lane for ran in world.store.ran} == {Lane.INGEST}
    assert {(ran.args[0].client, ran.args[0].webhook_id) for ran in world.store.ran} == {("bank", "msg_1")}


def test_too_many_events_none_or_something_else_refuse_the_batch() -> None:
    async def story(bank: Caller) -> None:
        small = {"event_id": 1}
        contents: list[Any] = [
            {"events": [small] * 1001},
            {"events": []},
            {"events": {}},
            {},
            {"events": [small], "x": 1},
        ]
        for content in contents:
            assert (await bank.post(PATH, content)).status == 422
        assert (await bank.post(PATH, batch(1), secret=LABEL_SECRET)).status == 403

    assert play(story).store.ran == []


def test_an_event_that_the_store_could_not_take_is_named_with_503() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(CHUNK * 3))
        assert (heard.status, heard.headers["Retry-After"]) == (200, "1")
        statuses = [item["status"] for item in heard.json["results"]]
        assert statuses[CHUNK:] == [503] * (2 * CHUNK)
        assert 503 not in statuses[:CHUNK]

    world = play(story, world_with(keep, StoreBusyError(1.0)))
    assert len(world.store.ran) == 2, "a busy Store is not asked again for the rest"


def test_when_nothing_could_be_taken_the_batch_is_503() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(2))
        assert (heard.status, heard.headers["Retry-After"]) == (503, "2")

    play(story, world_with(StoreDownError("closed")))


def test_the_same_message_id_with_another_body_is_a_conflict_of_the_whole() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(2))
        assert (heard.status, heard.faults()) == (409, {"webhook_id": "known with another body"})

    play(story, world_with(ConflictError("webhook_id", "known with another body")))


def test_a_customer_who_cannot_be_read_keeps_no_other_from_being_called() -> None:
    """Their event alone has the answer that it would have had alone."""

    def opens(inbound: Inbound, events: Sequence[FlaggedTransfer], now: object) -> list[Accepted | ConflictError]:
        if any(flagged.event_id == "evt_7" for flagged in events):
            raise SealError
        return keep(inbound, events, now)

    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(CHUNK * 2))
        assert heard.status == 200
        statuses = [item["status"] for item in heard.json["results"]]
        assert statuses == [{3: 409, 4: 200, 7: 500}.get(n, 202) for n in range(CHUNK * 2)]
        problem = heard.json["results"][7]["problem"]
        assert (problem["status"], problem["errors"]) == (500, [])

    world = play(story, world_with(opens))
    assert [len(ran.args[1]) for ran in world.store.ran] == [CHUNK, *[1] * CHUNK, CHUNK]
    assert world.counted("risk_events_total", answer="failed") == 1
    assert [line["event_id"] for line in world.log.lines if line["event"] == "event_failed"] == ["evt_7"]


def test_of_many_customers_who_cannot_be_read_only_the_first_tells_where() -> None:
    def refuses(*_: object) -> list[Accepted | ConflictError]:
        raise SealError

    async def story(bank: Caller) -> None:
        assert {item["status"] for item in (await bank.post(PATH, batch(3))).json["results"]} == {500}

    lines = [line for line in play(story, world_with(refuses)).log.lines if line["event"] == "event_failed"]
    assert ["exc_info" in line for line in lines] == [True, False, False]


def test_a_store_that_fails_while_events_are_stored_alone_is_not_asked_again() -> None:
    """What was stored before is answered as stored: these customers may be called by now."""

    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, batch(CHUNK * 2))
        assert (heard.status, heard.headers["Retry-After"]) == (200, "1")
        assert [item["status"] for item in heard.json["results"]] == [202, *[503] * (CHUNK * 2 - 1)]

    world = play(story, world_with(SealError(), keep, StoreBusyError(1.0)))
    assert len(world.store.ran) == 3
