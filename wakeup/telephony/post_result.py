"""What the result of the one POST proves: the single place that decides whether a call may exist."""

from __future__ import annotations

import aiohttp

from wakeup.telephony.codes import fault_of
from wakeup.telephony.fields import whole
from wakeup.telephony.provider import TWILIO, Provider
from wakeup.telephony.transport import AnswerError
from wakeup.usecases.ports import Placement, PostResult, RefusalCause

_UNAUTHORISED = 401


def is_sid(text: object, provider: Provider = TWILIO) -> bool:
    return isinstance(text, str) and provider.sid.fullmatch(text) is not None


def of_answer(call_sid: object, provider: Provider, queue_ms: object = None) -> Placement:
    """Classify a success. Without a readable SID a call may exist that we cannot identify."""
    if isinstance(call_sid, str) and is_sid(call_sid, provider):
        waits = whole(queue_ms)
        return Placement(proof=PostResult.ACCEPTED, call_sid=call_sid, queued_s=None if waits is None else waits / 1000)
    return Placement(proof=PostResult.UNKNOWN, reason="answer without a call SID")


def of_failure(error: Exception, provider: Provider) -> Placement:
    """Classify any other result. What is not listed here proves nothing."""
    match error:
        case AnswerError():
            return _of_refusal(error, provider)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Placement(proof=PostResult.NOT_SENT, reason=type(error).__name__)
        case _:
            return Placement(proof=PostResult.UNKNOWN, reason=type(error).__name__)


def _of_refusal(answer: AnswerError, provider: Provider) -> Placement:
    reason = f"status {answer.status}"
    if answer.status == provider.not_sent_status:
        return Placement(
            proof=PostResult.NOT_SENT,
            code=answer.code,
            fault=RefusalCause.CAPACITY,
            retry_after_s=answer.retry_after_s,
            reason=reason,
        )
    if _is_definite(answer, provider):
        return Placement(
            proof=PostResult.REFUSED,
            code=answer.code,
            fault=fault_of(answer.status, answer.code),
            retry_after_s=answer.retry_after_s,
            reason=reason,
        )
    return Placement(proof=PostResult.UNKNOWN, code=answer.code, reason=reason)


def _is_definite(answer: AnswerError, provider: Provider) -> bool:
    """True for a 4xx of the phone company itself. Without its code it may come from a gateway that lost the answer."""
    if not 400 <= answer.status < 500 or answer.status in provider.ambiguous_statuses:
        return False
    return answer.code is not None or answer.status == _UNAUTHORISED
