"""News of a transfer, and labels that say later whether it was a scam."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bank.bodies import event
from tests.web.world import LABEL_SECRET, Caller, World, play
from wakeup.domain.errors import ConflictError
from wakeup.usecases.deciding.record_label import currency_of
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.app_confirmation import NotCounted
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event, record_bank_label
from wakeup.usecases.store import Lane

PATH, LABELS = "/v1/transfers/t_90017/events", "/v1/labels"
CANCELLED = {
    "type": "cancelled_in_app",
    "event_id": "evt_9",
    "transfer_id": "t_90017",
    "occurred_at": "2026-11-22T09:29:00Z",
}
SCAM = {
    "type": "label",
    "event_id": "evt_10",
    "transfer_id": "t_90017",
    "label": "scam",
    "recovered": "10.00",
    "occurred_at": "2026-11-22T09:00:00Z",
}


@pytest.mark.parametrize(
    ("taken", "status", "known"),
    [
        (TransferEventResult(known=True, new=True), 202, True),
        (TransferEventResult(known=False, new=True), 202, False),
        (TransferEventResult(known=True, new=False), 200, True),
    ],
)
def test_news_is_taken_and_told_whether_its_transfer_is_known(
    taken: TransferEventResult, status: int, known: object
) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, CANCELLED)
        assert (heard.status, heard.json["transfer_known"]) == (status, known)

    world = World()
    world.store.will(apply_transfer_event, taken)
    play(story, world)
    [ran] = world.store.ran
    inbound, news, _ = ran.args
    assert (ran.lane, inbound.webhook_id) == (Lane.DECIDE, "msg_1")
    assert (news.kind, news.transfer_id) == (TransferNews.CANCELLED_IN_APP, "t_90017")


@pytest.mark.parametrize(
    ("why", "field"),
    [(NotCounted.EARLY, "transfer_id"), (NotCounted.BEFORE_EVENT, "occurred_at"), (NotCounted.CLOSED, "transfer_id")],
)
def test_a_confirmation_that_does_not_count_is_taken_and_the_answer_says_so(why: NotCounted, field: str) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(PATH, {**CANCELLED, "type": "confirmed_in_app"})
        assert (heard.status, [warned["field"] for warned in heard.json["warnings"]]) == (202, [field])

    world = World()
    world.store.will(apply_transfer_event, TransferEventResult(known=True, new=True, left_out=why))
    play(story, world)


def test_path_and_body_speak_of_the_same_transfer() -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post("/v1/transfers/t_other/events", CANCELLED)
        assert (heard.status, heard.faults()) == (422, {"transfer_id": "is not the id in the path"})

    assert play(story).store.ran == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (PATH, {**CANCELLED, "type": "vanished"}),
        (PATH, {**CANCELLED, "type": "window_extended"}),
        (PATH, event()),
        (LABELS, {**SCAM, "label": "maybe"}),
        (LABELS, {**SCAM, "recovered": "1E+999999"}),
        (LABELS, CANCELLED),
    ],
)
def test_a_body_that_is_no_transfer_event_or_no_label_is_refused(path: str, content: Any) -> None:
    async def story(bank: Caller) -> None:
        assert (await bank.post(path, content)).status == 422

    assert play(story).store.ran == []


def test_a_settled_window_is_not_extended() -> None:
    async def story(bank: Caller) -> None:
        extended = {**CANCELLED, "type": "window_extended", "decide_by": "2026-11-22T11:00:00Z"}
        heard = await bank.post(PATH, extended)
        assert (heard.status, heard.faults()) == (409, {"type": "the transfer is already held"})

    world = World()
    world.store.will(apply_transfer_event, ConflictError("type", "the transfer is already held"))
    play(story, world)


def test_labels_are_kept_once_and_only_from_clients_with_the_scope() -> None:
    async def story(bank: Caller) -> None:
        assert (await bank.post(LABELS, SCAM, secret=LABEL_SECRET)).status == 202
        assert (await bank.post(LABELS, SCAM, secret=LABEL_SECRET)).status == 200
        assert (await bank.post(LABELS, SCAM, secret=LABEL_SECRET)).status == 409
        assert (await bank.post(PATH, CANCELLED, secret=LABEL_SECRET)).status == 403

    world = World()
    world.store.will(currency_of, "SGD", "SGD", None)
    world.store.will(record_bank_label, True, False, ConflictError("transfer_id", "unknown transfer"))
    play(story, world)
    told = [ran.args for ran in world.store.ran if ran.name == "record_bank_label"]
    assert [inbound.client for inbound, _, _ in told] == ["labeller"] * 3
    assert [label.label for _, label, _ in told] == ["scam"] * 3


@pytest.mark.parametrize(
    ("recovered", "currency", "taken"),
    [
        ("10.55", "SGD", True),
        ("10.550", "SGD", True),
        ("10.555", "SGD", False),
        ("10.5", "JPY", False),
        ("10.555", "KWD", True),
    ],
)
def test_a_recovered_amount_has_no_more_decimals_than_its_currency(recovered: str, currency: str, taken: bool) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.post(LABELS, {**SCAM, "recovered": recovered}, secret=LABEL_SECRET)
        fault = {} if taken else {"recovered": "has more decimals than its currency"}
        assert (heard.status, heard.faults()) == (202 if taken else 422, fault)

    world = World()
    world.store.will(currency_of, currency)
    world.store.will(record_bank_label, True)
    play(story, world)
    assert [ran.name for ran in world.store.ran] == ["currency_of", *["record_bank_label"] * taken]


def test_the_message_is_remembered_before_it_is_acted_upon() -> None:
    from wakeup.usecases.idempotency import Inbound
    from wakeup.web.api.idempotency import once

    acts: list[str] = []

    class Inbox:
        def body_hash(self, client: str, webhook_id: str) -> None:
            acts.append(f"looked for {client} {webhook_id}")

        def add_message(self, client: str, webhook_id: str, body_hash: str, now: object) -> None:
            acts.append(f"saw {client} {webhook_id} {body_hash}")

    class Unit:
        inbox = Inbox()

        def index(self, purpose: str, plain: str) -> str:
            return f"{purpose} {plain}"

    def verb(_unit: object, what: str, _now: object) -> str:
        acts.append(what)
        return "done"

    inbound = Inbound(client="bank", webhook_id="msg_1", body_hash="h")
    assert once(Unit(), inbound, verb, "act", None) == "done"  # type: ignore[arg-type]
    assert acts == ["looked for bank msg_1", "saw bank msg_1 content h", "act"]
