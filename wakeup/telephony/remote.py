"""Convert a call of the phone company's API to our terms."""

from __future__ import annotations

from datetime import datetime

from twilio.rest.api.v2010.account.call import CallInstance

from wakeup.domain.errors import RemoteError
from wakeup.telephony.codes import answered_by_of, disposition_of, event_of
from wakeup.telephony.post_result import is_sid
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import RemoteCall, RemoteRecording

QUEUED = "queued"
OUTBOUND = "outbound-api"


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
