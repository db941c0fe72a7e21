"""The phone company as the use cases see it: one POST per call, then queries. The only state is what is in flight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

import aiohttp
from twilio.rest.api.v2010.account.call import CallInstance

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import AttemptId
from wakeup.telephony import post_result
from wakeup.telephony.account import CLOCK_SLACK, DRAIN_S, NOT_FOUND, RefusedError, TwilioAccount, ask
from wakeup.telephony.codes import NOT_IN_PROGRESS, answered_by_of, disposition_of, event_of
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.post_result import is_sid
from wakeup.telephony.provider import Feature
from wakeup.telephony.recordings import SID
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import CallOrder, Placement, RemoteCall, RemoteRecording

EVENTS = ("initiated", "ringing", "answered", "completed")
MAX_CALLS = 10_000
MAX_RECORDINGS = 100
QUEUED = "queued"
OUTBOUND = "outbound-api"


class TwilioPhone:
    """Twilio, or a provider that speaks its API.

    A POST that has begun is never cut off: when its caller is cancelled it runs to its end, and `close` waits for
    it. Cutting it would not stop the call and would only lose the answer. The caller's row then stays `sending`,
    which is resolved by asking; a caller that needs the answer shields `place` together with recording it.
    """

    def __init__(
        self,
        access: TwilioAccess,
        urls: CallbackUrls,
        *,
        connector: aiohttp.BaseConnector | None = None,
        drain_s: float = DRAIN_S,
    ) -> None:
        self._urls = urls
        self._account = TwilioAccount(access, connector, drain_s)
        self._calls = self._account.client.calls
        self._provider = access.provider

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Reject new POSTs, wait for those in flight, then close the session."""
        await self._account.close()

    async def place(self, order: CallOrder) -> Placement:
        return await self._account.post(self._post(order))

    async def find(self, to: str, from_: str, since: datetime, now: datetime) -> Sequence[RemoteCall]:
        """Return matching calls, oldest first. `since` earlier than yesterday widens the search: we may have been
        down for days.

        Queued calls have no start time and are missed by a search by day, so they are listed first: a call that
        leaves the queue between the two requests is then found by the second.
        """
        earliest = since - CLOCK_SLACK
        first_day = min(earliest, now - timedelta(days=1)).astimezone(UTC).date().isoformat()
        filtered = self._provider.has(Feature.LIST_FILTERS)
        waiting = await self._list(to, from_, status="queued") if filtered else []
        started = await self._list(to, from_, start_time_after=first_day)
        found = {call.report.call_sid: call for call in (*waiting, *started)}
        # A compatible provider may ignore the filters.
        ours = (call for call in found.values() if call.outbound and call.created_at >= earliest)
        pair = (call for call in ours if (call.report.to, call.report.from_) == (to, from_))
        return sorted(pair, key=lambda call: call.created_at)

    async def fetch(self, call_sid: str) -> RemoteCall | None:
        try:
            call = await ask(self._calls(call_sid).fetch_async())
        except RefusedError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return remote_call(call, "fetch")

    async def hang_up(self, call_sid: str) -> None:
        """End a call in any state with `completed`. If that is refused, it is over, or still queued and cancelled."""
        if await self._update(call_sid, status="completed"):
            return
        call = await self.fetch(call_sid)
        if call is None or call.report.event is AttemptEvent.END:
            return
        if not await self._update(call_sid, status="canceled"):
            raise RemoteError("the call can neither be ended nor cancelled now")

    async def go_on(self, call_sid: str, attempt_id: AttemptId, turn: int) -> None:
        await self._update(call_sid, url=self._urls.voice(attempt_id, turn), method="POST")

    async def record(self, call_sid: str, attempt_id: AttemptId) -> str | None:
        begun = await ask(
            self._calls(call_sid).recordings.create_async(
                recording_status_callback=self._urls.recording(attempt_id),
                recording_status_callback_event=["completed"],
                recording_status_callback_method="POST",
                recording_channels="dual",
            )
        )
        return begun.sid if SID.fullmatch(begun.sid or "") else None

    async def recordings(self, call_sid: str) -> Sequence[RemoteRecording]:
        try:
            found = await ask(self._calls(call_sid).recordings.list_async(limit=MAX_RECORDINGS))
        except RefusedError as error:
            if error.status == NOT_FOUND:
                return []
            raise
        return [remote_recording(one.sid, one.duration) for one in found if SID.fullmatch(one.sid or "")]

    async def speak_to_machine(self, call_sid: str, twiml: str) -> None:
        if len(twiml) > self._provider.inline_twiml or not self._provider.has(Feature.TWIML_UPDATE):
            raise RemoteError("this TwiML cannot be sent to a running call", temporary=False)
        await self._update(call_sid, twiml=twiml)

    async def _post(self, order: CallOrder) -> Placement:
        attempt = order.attempt_id
        try:
            call = await self._calls.create_async(
                to=order.to,
                from_=order.from_,
                url=self._urls.voice(attempt, 0),
                method="POST",
                fallback_url=self._urls.fallback(attempt),
                fallback_method="POST",
                status_callback=self._urls.status(attempt),
                status_callback_event=list(EVENTS),
                status_callback_method="POST",
                timeout=order.ring_timeout_s,
                **self._further(order),
            )
        except Exception as error:  # noqa: BLE001 - whatever the error, it must be classified: a call may exist
            return post_result.of_failure(error, self._provider)
        return post_result.of_answer(call.sid, self._provider, call.queue_time)

    def _further(self, order: CallOrder) -> dict[str, str | int]:
        """Parameters that only some providers understand."""
        further: dict[str, str | int] = {}
        if self._provider.has(Feature.TIME_LIMIT):
            further["time_limit"] = order.time_limit_s
        if self._provider.has(Feature.ANSWER_DETECTION):
            further |= {
                "machine_detection": "DetectMessageEnd",
                "async_amd": "true",
                "async_amd_status_callback": self._urls.amd(order.attempt_id),
                "async_amd_status_callback_method": "POST",
            }
        return further

    async def _list(self, to: str, from_: str, **question: str) -> list[RemoteCall]:
        calls = await ask(
            self._calls.list_async(to=to, from_=from_, page_size=self._provider.page_size, limit=MAX_CALLS, **question)
        )
        if len(calls) >= MAX_CALLS:
            # An incomplete list must never be read as "no such call".
            raise RemoteError("too many calls to look through", temporary=False)
        return [remote_call(call, "list") for call in calls]

    async def _update(self, call_sid: str, **change: str) -> bool:
        """Return False if the call's state allows no change. True for an unknown call: nothing is left to change."""
        try:
            await ask(self._calls(call_sid).update_async(**change))
        except RefusedError as error:
            if error.code == NOT_IN_PROGRESS:
                return False
            if error.status != NOT_FOUND:
                raise
        return True


def remote_call(call: CallInstance, source: str) -> RemoteCall:
    """Convert one call. Raises RemoteError without SID or date: skipping it would look like "no such call"."""
    created_at = call.date_created
    if not is_sid(call.sid) or not isinstance(created_at, datetime):
        raise RemoteError("the phone company shows a call without SID or date")
    status = str(call.status)
    return RemoteCall(
        report=CallReport(
            call_sid=call.sid,
            event=event_of(status),
            disposition=disposition_of(status, None),
            source=source,
            answered_by=answered_by_of(call.answered_by),
            to=call.to or "",
            from_=call._from or "",  # noqa: SLF001 - the library's name, because `from` is a keyword
        ),
        created_at=created_at,
        outbound=call.direction == OUTBOUND,
        queued=status == QUEUED,
    )


def remote_recording(sid: str, duration: str | None) -> RemoteRecording:
    """Convert one recording. Its duration is -1 or missing while it is not complete."""
    length = duration or ""
    return RemoteRecording(sid=sid, seconds=int(length) if length.isdecimal() else None)
