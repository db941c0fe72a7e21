"""SMS webhooks: delivery receipts, and SMS from people. The response never contains a reply."""

from __future__ import annotations

import pytest

from tests.web.fake_twilio import call_in, path_of, verbs
from tests.web.world import ACCOUNT, Caller, World, play_public
from wakeup.domain.errors import StoreDownError
from wakeup.usecases.inputs import MessageProgress, MessageReport
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.usecases.texts.text_receipts import record_receipt

SID = "SM" + "1" * 32
INBOUND = "/twilio/sms/inbound"
TEXT = {"MessageSid": SID, "AccountSid": ACCOUNT, "From": "+6598880001", "To": "+6531580001", "Body": "47 1"}


def test_a_receipt_is_kept_and_answered_with_nothing() -> None:
    world = World()
    world.store.will(record_receipt, True)

    async def story(phone: Caller) -> None:
        path = path_of(world.urls.sms_status("sms_1"))
        told = await call_in(phone, path, base=TEXT, MessageStatus="undelivered", ErrorCode="30006")
        assert (told.status, told.body) == (204, b"")

    [ran] = play_public(story, world).store.ran
    sms_id, report, _ = ran.args
    assert sms_id == "sms_1"
    assert isinstance(report, MessageReport)
    assert (report.progress, report.code, report.reason) == (MessageProgress.FAILED, 30006, "landline")
    text = world.metrics.registry.get_sample_value(
        "wakeup_text_events_total", {"progress": "failed", "reason": "landline"}
    )
    assert text == 1


@pytest.mark.parametrize("changes", [{"MessageSid": ""}, {"MessageSid": "../x"}])
def test_a_receipt_without_a_name_is_refused(changes: dict[str, str]) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        path = path_of(world.urls.sms_status("sms_1"))
        assert (await call_in(phone, path, base={**TEXT, **changes})).status == 400

    assert play_public(story, world).store.ran == []


@pytest.mark.parametrize("body", ["47 1", "", "x" * 1600, "👍", "\u0000", "退订"])
@pytest.mark.parametrize("media", ["0", "3"])
def test_whatever_a_guardian_writes_is_taken_once_and_answered_with_silence(body: str, media: str) -> None:
    world = World()
    world.store.will(receive_reply, "answer_worried")

    async def story(phone: Caller) -> None:
        heard = await call_in(
            phone, INBOUND, base=TEXT, Body=body, NumMedia=media, MediaUrl0="https://evil.example/x", OptOutType=""
        )
        assert heard.status == 200
        assert verbs(heard) == []

    [ran] = play_public(story, world).store.ran
    message, _ = ran.args
    assert message.body == body.replace("\0", "").strip()
    assert message.stops is (body == "退订")


def test_a_forged_text_changes_nothing() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, INBOUND, token="other", base=TEXT)).status == 403
        assert (await call_in(phone, INBOUND, base={**TEXT, "AccountSid": "AC" + "9" * 32})).status == 403

    assert play_public(story, world).store.ran == []


def test_while_the_database_is_away_the_phone_company_is_asked_to_come_again() -> None:
    world = World()
    world.store.will(receive_reply, StoreDownError("gone"))
    world.store.will(record_receipt, StoreDownError("gone"))

    async def story(phone: Caller) -> None:
        for path in (INBOUND, path_of(world.urls.sms_status("sms_1"))):
            assert (await call_in(phone, path, base=TEXT)).status == 503

    play_public(story, world)
