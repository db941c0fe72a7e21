"""The phone company's words and numbers in ours: error codes, call states, SIP answers, who picked up. Tables only."""

from __future__ import annotations

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.usecases.ports import Fault

NOT_IN_PROGRESS = 21220
"""The call cannot be changed in the state it is in: mostly because it is over."""
OPTED_OUT = 21610

_CODES: dict[Fault, tuple[int, ...]] = {
    # Missing or invalid, unreachable, country not enabled, on a block list, landline or opted out (messages).
    Fault.NUMBER: (
        *(21201, 21211, 21217, 21214, 21203, 21215, 13227, 21216, 13225, 13223, 13224),
        *(21408, OPTED_OUT, 21612, 21614, 30003, 30004, 30005, 30006, 30008),
    ),
    # The number we call or write from: not verified, not ours, not fit for it.
    Fault.SENDER: (21210, 21212, 21213, 21603),
    # "Not a message-capable number for this destination or account": it does not say for which of them.
    Fault.PAIR: (21606,),
    # Our URLs or parameters, a trial account; 20404 is an account SID or base URL nobody knows.
    Fault.CONFIGURATION: (
        *(20404, 20422, 21205, 21208, 21209, 21218, 21234, 21609, 21626, 21219),
        *(21617, 21703, 30007, 30034),
    ),
    Fault.ACCOUNT: (20003, 20005, 20008, 10001),
    Fault.CAPACITY: (10004, 21611, 30001),
}
FAULTS: dict[int, Fault] = {code: fault for fault, codes in _CODES.items() for code in codes}


TEXT_REASONS: dict[int, str] = {
    OPTED_OUT: "opted_out",
    21211: "no_such_number",
    21408: "destination_closed",
    21612: "destination_closed",
    21614: "landline",
    30001: "carrier_queue_full",
    30003: "unreachable",
    30004: "blocked",
    30005: "no_such_number",
    30006: "landline",
    30007: "filtered",
    30008: "carrier_failure",
    30034: "sender_not_registered",
}
"""Why a text did not arrive, in our words."""


def fault_of(status: int, code: int | None) -> Fault | None:
    """Who is to blame for a refusal. None for an unknown code: it neither stops dialling nor condemns a number."""
    known = FAULTS.get(code) if code is not None else None
    return known or (Fault.ACCOUNT if status in {401, 403} else None)


_PROGRESS = {
    "queued": AttemptEvent.ACCEPT,
    "initiated": AttemptEvent.ACCEPT,
    "ringing": AttemptEvent.RING,
    "in-progress": AttemptEvent.ANSWER,
    "answered": AttemptEvent.ANSWER,
}
_FINAL = {
    "completed": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "no-answer": Disposition.NO_ANSWER,
    "failed": Disposition.FAILED,
    "canceled": Disposition.CANCELED,
}
_SIP = {
    # Somebody pressed "decline", or their phone is set to decline us.
    603: Disposition.REJECTED,
    607: Disposition.REJECTED,
    608: Disposition.REJECTED,
    # Many handsets answer 486 for "decline" too: the two cannot be told apart, and busy is rung again sooner.
    486: Disposition.BUSY,
    600: Disposition.BUSY,
    # Switched off, out of coverage, or rung until somebody gave up.
    408: Disposition.NO_ANSWER,
    480: Disposition.NO_ANSWER,
    487: Disposition.NO_ANSWER,
}
_SIP_DECIDES = frozenset({Disposition.BUSY, Disposition.NO_ANSWER, Disposition.FAILED})


def event_of(call_status: str) -> AttemptEvent:
    """A state we have never heard of still proves that the call exists: the lowest rank."""
    return AttemptEvent.END if call_status in _FINAL else _PROGRESS.get(call_status, AttemptEvent.ACCEPT)


def disposition_of(call_status: str, sip_code: int | None) -> Disposition | None:
    """How a call ended; None while it has not. The SIP answer says more than busy, no-answer and failed, if it came."""
    final = _FINAL.get(call_status)
    if final in _SIP_DECIDES and sip_code is not None:
        return _SIP.get(sip_code, final)
    return final


def answered_by_of(word: str | None) -> AnsweredBy | None:
    """None when nobody listened; every `machine_…` is a machine, every unknown word is unknown."""
    if not word:
        return None
    if word.startswith("machine"):
        return AnsweredBy.MACHINE
    return {"human": AnsweredBy.HUMAN, "fax": AnsweredBy.FAX}.get(word, AnsweredBy.UNKNOWN)
