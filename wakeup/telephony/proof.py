"""What the outcome of the one POST proves: the single place that says whether a call may exist."""

from __future__ import annotations

import re

import aiohttp

from wakeup.telephony.outcomes import fault_of
from wakeup.telephony.transport import AnswerError
from wakeup.usecases.ports import Fault, Placement, Proof

_SID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
"""Compatible providers use UUIDs. Never anything that means something in a path."""
_TOO_MANY = 429
_UNAUTHORISED = 401
_AMBIGUOUS = frozenset({408, 409})


def is_sid(text: object) -> bool:
    return isinstance(text, str) and _SID.fullmatch(text) is not None


def of_answer(call_sid: object) -> Placement:
    """A success. Without a readable SID a call may exist that we cannot name."""
    if isinstance(call_sid, str) and is_sid(call_sid):
        return Placement(proof=Proof.ACCEPTED, call_sid=call_sid)
    return Placement(proof=Proof.UNKNOWN, reason="answer without a call SID")


def of_failure(error: Exception) -> Placement:
    """Anything but a success. What is not listed proves nothing."""
    match error:
        case AnswerError():
            return _of_refusal(error)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Placement(proof=Proof.NOT_SENT, reason=type(error).__name__)
        case _:
            return Placement(proof=Proof.UNKNOWN, reason=type(error).__name__)


def _of_refusal(answer: AnswerError) -> Placement:
    reason = f"status {answer.status}"
    if answer.status == _TOO_MANY:
        return Placement(
            proof=Proof.NOT_SENT,
            code=answer.code,
            fault=Fault.CAPACITY,
            retry_after_s=answer.retry_after_s,
            reason=reason,
        )
    if _is_definite(answer):
        return Placement(
            proof=Proof.REFUSED,
            code=answer.code,
            fault=fault_of(answer.status, answer.code),
            retry_after_s=answer.retry_after_s,
            reason=reason,
        )
    return Placement(proof=Proof.UNKNOWN, code=answer.code, reason=reason)


def _is_definite(answer: AnswerError) -> bool:
    """A 4xx of the phone company itself. One without its code may come from a gateway that lost the true answer."""
    if not 400 <= answer.status < 500 or answer.status in _AMBIGUOUS:
        return False
    return answer.code is not None or answer.status == _UNAUTHORISED
