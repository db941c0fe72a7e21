"""The provider's profile: features it lacks are not requested, and the code follows what the profile states."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.telephony.twilio_stub import FROM, NOW, ORDER, SID, TO, Answer, TwilioStub, call, page, phone, says
from wakeup.domain.errors import RemoteError
from wakeup.telephony import post_result
from wakeup.telephony.client import TwilioPhone
from wakeup.telephony.provider import TWILIO, Feature, Provider
from wakeup.telephony.transport import AnswerError
from wakeup.usecases.ports import PostResult

BARE = replace(TWILIO, features=frozenset())
"""A compatible provider that can do little more than ring."""


def asked(provider: Provider, answer: Answer, act: Callable[[TwilioPhone], Awaitable[object]]) -> TwilioStub:
    async def story() -> TwilioStub:
        async with TwilioStub(answer) as stub, phone(stub.url, provider=provider) as company:
            await act(company)
            return stub

    return asyncio.run(story())


def form(provider: Provider) -> dict[str, Any]:
    stub = asked(provider, says(201, call()), lambda company: company.place(ORDER))
    return dict(stub.received[0].form)


def test_a_provider_is_not_asked_for_a_feature_it_does_not_have() -> None:
    twilio, bare = form(TWILIO), form(BARE)
    lacking = {"MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "TimeLimit"}
    assert twilio.keys() - bare.keys() == lacking
    assert bare.items() <= twilio.items()


def test_without_filters_one_list_is_asked_for_and_read_here() -> None:
    def find(company: TwilioPhone) -> Awaitable[object]:
        return company.find(TO, FROM, since=NOW, now=NOW)

    assert len(asked(TWILIO, page(), find).received) == 2
    assert len(asked(BARE, page(), find).received) == 1


def test_a_running_call_is_given_no_words_where_that_is_not_possible() -> None:
    with pytest.raises(RemoteError):
        asked(BARE, says(200, call()), lambda company: company.speak_to_machine(SID, "<Response/>"))


def test_ids_and_statuses_are_the_profiles() -> None:
    other = replace(TWILIO, sid=re.compile("[0-9]+"), ambiguous_statuses=frozenset({422}), not_sent_status=420)
    assert post_result.is_sid("123", other)
    assert not post_result.is_sid(SID, other)
    answers = {status: AnswerError(status, 1, None) for status in (420, 422, 429)}
    proofs = {status: post_result.of_failure(answer, other).proof for status, answer in answers.items()}
    assert proofs == {420: PostResult.NOT_SENT, 422: PostResult.UNKNOWN, 429: PostResult.REFUSED}


def test_twilio_can_do_everything_and_goes_nowhere_in_mainland_china() -> None:
    assert all(TWILIO.has(feature) for feature in Feature)
    assert "+86" in TWILIO.not_served["CN"]
