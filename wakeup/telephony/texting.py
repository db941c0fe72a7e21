"""SMS at the phone company: one POST per SMS, then queries. Every result of the POST is classified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import aiohttp
from twilio.rest.api.v2010.account.message import MessageInstance

from wakeup.domain.errors import RemoteError
from wakeup.telephony import post_result
from wakeup.telephony.account import CLOCK_SLACK, NOT_FOUND, RefusedError, TwilioAccount, ask
from wakeup.telephony.codes import TEXT_REASONS
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.inbound import progress_of
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.inputs import MessageReport
from wakeup.usecases.ports import Placement, RemoteText, SmsOrder

LONGEST_VALID_S = 36_000
MAX_TEXTS = 2_000
SERVICE = "MG"
"""Prefix of the SID of a messaging service, which chooses the sending number itself."""


class TwilioTexts:
    """Implements `usecases.ports.Texting`. A POST that has begun is never cut off: `close` waits for its end."""

    def __init__(
        self,
        access: TwilioAccess,
        urls: CallbackUrls,
        *,
        connector: aiohttp.BaseConnector | None = None,
    ) -> None:
        self._urls = urls
        self._provider = access.provider
        self._account = TwilioAccount(access, connector)
        self._messages = self._account.client.messages

    async def close(self) -> None:
        """Reject new POSTs, wait for those in flight, then close the session."""
        await self._account.close()

    async def send(self, order: SmsOrder) -> Placement:
        return await self._account.post(self._post(order))

    async def find_texts(self, to: str, body: str, since: datetime) -> Sequence[RemoteText]:
        """Return SMS with exactly this body, oldest first. They have no id of ours, but the body has the reply code."""
        earliest = since - CLOCK_SLACK
        # Not filtered by date: a queued SMS has none, and no number gets that many SMS from us.
        texts = await ask(self._messages.list_async(to=to, page_size=self._provider.page_size, limit=MAX_TEXTS))
        if len(texts) >= MAX_TEXTS:
            # An incomplete list must never be read as "no such SMS".
            raise RemoteError("too many texts to look through", temporary=False)
        found = [_remote_text(text) for text in texts]
        ours = [text for text in found if text.outbound and text.created_at >= earliest]
        return sorted(
            (text for text in ours if text.report.to == to and text.body == body), key=lambda text: text.created_at
        )

    async def fetch_text(self, message_sid: str) -> RemoteText | None:
        try:
            return _remote_text(await ask(self._messages(message_sid).fetch_async()))
        except RefusedError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def _post(self, order: SmsOrder) -> Placement:
        sender = {"messaging_service_sid" if order.from_.startswith(SERVICE) else "from_": order.from_}
        try:
            message = await self._messages.create_async(
                to=order.to,
                body=order.body,
                status_callback=self._urls.sms_status(order.sms_id),
                validity_period=min(order.valid_for_s, LONGEST_VALID_S),
                **sender,
            )
        except Exception as error:  # noqa: BLE001 - whatever the error, it must be classified: an SMS may be under way
            placement = post_result.of_failure(error, self._provider)
            reason = TEXT_REASONS.get(placement.code) if placement.code is not None else None
            return placement if reason is None else replace(placement, reason=reason)
        return post_result.of_answer(message.sid, self._provider)


def _remote_text(message: MessageInstance) -> RemoteText:
    """Convert one SMS. Raises RemoteError without SID or date: skipping it would look like "no such SMS"."""
    created_at = message.date_created
    if not post_result.is_sid(message.sid) or not isinstance(created_at, datetime):
        raise RemoteError("the phone company shows a text without SID or date")
    code = message.error_code or None
    return RemoteText(
        report=MessageReport(
            message_sid=message.sid,
            progress=progress_of(str(message.status)),
            code=code,
            reason=None if code is None else TEXT_REASONS.get(code),
            to=message.to or "",
        ),
        created_at=created_at,
        outbound=str(message.direction).startswith("outbound"),
        body=message.body or "",
    )
