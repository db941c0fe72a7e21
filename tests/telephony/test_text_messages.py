"""SMS at the phone company: one POST each, the result assessed whatever happens, and queries about what was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from tests.telephony.twilio_stub import (
    ACCOUNT,
    FROM,
    NOW,
    TO,
    URLS,
    Answer,
    TwilioStub,
    access,
    call,
    drops,
    fault,
    patience,
    says,
    stalls,
)
from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import SmsId
from wakeup.telephony.texting import LONGEST_VALID_S, MAX_TEXTS, TwilioTexts
from wakeup.usecases.inputs import MessageProgress
from wakeup.usecases.ports import Placement, PostResult, RemoteText, SmsOrder

T = TypeVar("T")
SM, BODY = "SM" + "1" * 32, "Code 4711: is the payment known to you?"
TEXTS = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
ORDER = SmsOrder(sms_id=SmsId("sms_1"), to=TO, from_=FROM, body=BODY, valid_for_s=600)


def text(sid: str = SM, status: str = "sent", **changes: Any) -> dict[str, Any]:
    """An SMS as the API shows it."""
    return {**call(sid, status), "body": BODY, "error_code": None, **changes}


def page(*texts: dict[str, Any]) -> Answer:
    return says(200, {"messages": list(texts), "next_page_uri": None, "page": 0, "page_size": 1000})


def asked(answer: Answer, question: Callable[[TwilioTexts], Awaitable[T]]) -> tuple[T, TwilioStub]:
    async def story() -> tuple[T, TwilioStub]:
        async with TwilioStub(answer) as stub:
            texts = TwilioTexts(access(stub.url, **patience(answer)), URLS)
            try:
                return await question(texts), stub
            finally:
                await texts.close()

    return asyncio.run(story())


def sent(answer: Answer, **changes: Any) -> tuple[Placement, TwilioStub]:
    return asked(answer, lambda texts: texts.send(replace(ORDER, **changes)))


async def find(texts: TwilioTexts) -> list[RemoteText]:
    return list(await texts.find_texts(TO, BODY, NOW))


async def fetch(texts: TwilioTexts) -> RemoteText | None:
    return await texts.fetch_text(SM)


def test_a_text_is_posted_once_with_all_that_belongs_to_it() -> None:
    placement, stub = sent(says(201, text(status="queued")))
    assert placement == Placement(proof=PostResult.ACCEPTED, call_sid=SM)
    [post] = stub.received
    assert (post.method, post.raw_path) == ("POST", TEXTS)
    assert dict(post.form) == {
        "To": TO, "From": FROM, "Body": BODY, "StatusCallback": URLS.sms_status(ORDER.sms_id), "ValidityPeriod": "600",
    }  # fmt: skip


def test_a_messaging_service_picks_the_number_and_nothing_waits_longer_than_it_may() -> None:
    service = "MG" + "3" * 32
    [post] = sent(says(201, text()), from_=service, valid_for_s=2 * LONGEST_VALID_S)[1].received
    assert (post.form["MessagingServiceSid"], post.form["ValidityPeriod"]) == (service, str(LONGEST_VALID_S))
    assert "From" not in post.form


@pytest.mark.parametrize(
    ("answer", "proof", "reason"),
    [
        (fault(400, 21610), PostResult.REFUSED, "opted_out"),
        (fault(400, 21614), PostResult.REFUSED, "landline"),
        (fault(429, 20429), PostResult.NOT_SENT, None),
        (drops, PostResult.UNKNOWN, None),
        (stalls, PostResult.UNKNOWN, None),
        (fault(500, 20500), PostResult.UNKNOWN, None),
    ],
)
def test_the_answer_to_a_posted_text_says_what_it_proves(answer: Answer, proof: PostResult, reason: str | None) -> None:
    placement, stub = sent(answer)
    assert placement.proof is proof
    assert len(stub.received) == 1, "never posted again by itself"
    if reason is not None:
        assert placement.reason == reason
    assert BODY not in repr(placement) and TO not in repr(placement)


def test_only_our_own_texts_of_these_words_since_the_intent_are_found_the_oldest_first() -> None:
    later = text("SM-later", date_created="Sun, 22 Nov 2026 09:30:03 +0000")
    others = (
        text("SM-too-old", date_created="Sun, 22 Nov 2026 09:29:54 +0000"),
        text("SM-theirs", direction="inbound"),
        text("SM-other-words", body="Code 4712"),
        text("SM-to-another", to="+6500000000"),
    )
    found, stub = asked(page(later, *others, text()), find)
    assert [one.report.message_sid for one in found] == [SM, "SM-later"]
    assert dict(stub.received[0].query) == {"To": TO, "PageSize": "1000"}


def test_a_list_that_may_be_incomplete_is_no_answer() -> None:
    with pytest.raises(RemoteError):
        asked(page(*[text("SM-theirs", direction="inbound")] * MAX_TEXTS), find)


@pytest.mark.parametrize("shown", [text(sid=""), text(date_created=None)])
def test_a_text_without_sid_or_date_is_not_taken_for_one_that_never_was(shown: dict[str, Any]) -> None:
    with pytest.raises(RemoteError):
        asked(page(shown), find)


def test_a_text_is_shown_in_our_words() -> None:
    found, stub = asked(says(200, text(status="undelivered", error_code=30006)), fetch)
    assert stub.received[0].raw_path == TEXTS.replace(".json", f"/{SM}.json")
    assert found is not None
    report = found.report
    assert (report.progress, report.code, report.reason, report.to) == (MessageProgress.FAILED, 30006, "landline", TO)
    assert found.created_at == NOW
    assert BODY not in repr(found)


def test_a_text_that_is_unknown_there_is_none_and_any_other_fault_is_no_answer() -> None:
    assert asked(fault(404, 20404), fetch)[0] is None
    for status in (500, 429, 401):
        with pytest.raises(RemoteError):
            asked(fault(status, 20000 + status), fetch)
