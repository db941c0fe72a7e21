"""Tables from the phone company's terms to ours: error codes, call states, SIP answers, who answered."""

from __future__ import annotations

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.usecases.ports import RefusalCause

NOT_IN_PROGRESS = 21220
"""The call cannot be changed in its present state, mostly because it is over."""
OPTED_OUT = 21610

_CODES: dict[RefusalCause, tuple[int, ...]] = {
    # Missing or invalid, unreachable, country not enabled, on a block list, landline or opted out (SMS).
    RefusalCause.NUMBER: (
        *(21201, 21211, 21217, 21214, 21203, 21215, 13227, 21216, 13225, 13223, 13224),
        *(21408, OPTED_OUT, 21612, 21614, 30003, 30004, 30005, 30006, 30008),
    ),
    # The number we call or write from: not verified, not ours, or unsuitable.
    RefusalCause.SENDER: (21210, 21212, 21213, 21603),
    # "Not a message-capable number for this destination or account": does not say which of the two.
    RefusalCause.PAIR: (21606,),
    # Our URLs or parameters, or a trial account; 20404 is an unknown account SID or base URL.
    RefusalCause.CONFIGURATION: (
        *(20404, 20422, 21205, 21208, 21209, 21218, 21234, 21609, 21626, 21219),
        *(21617, 21703, 30007, 30034),
    ),
    RefusalCause.ACCOUNT: (20003, 20005, 20008, 10001),
    RefusalCause.CAPACITY: (10004, 21611, 30001),
}
FAULTS: dict[int, RefusalCause] = {code: fault for fault, codes in _CODES.items() for code in codes}


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
"""Why an SMS did not arrive, in our terms."""


def fault_of(status: int, code: int | None) -> RefusalCause | None:
    """Return what a refusal is due to. None for an unknown code, which neither stops dialling nor condemns a number."""
    known = FAULTS.get(code) if code is not None else None
    return known or (RefusalCause.ACCOUNT if status in {401, 403} else None)


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
    # The callee pressed "decline", or their phone is set to decline us.
    603: Disposition.REJECTED,
    607: Disposition.REJECTED,
    608: Disposition.REJECTED,
    # Many handsets answer 486 for "decline" too: indistinguishable, and busy is rung again sooner.
    486: Disposition.BUSY,
    600: Disposition.BUSY,
    # Switched off, out of coverage, or rung until given up.
    408: Disposition.NO_ANSWER,
    480: Disposition.NO_ANSWER,
    487: Disposition.NO_ANSWER,
}
_SIP_DECIDES = frozenset({Disposition.BUSY, Disposition.NO_ANSWER, Disposition.FAILED})


def event_of(call_status: str) -> AttemptEvent:
    """Map a call status to an event. An unknown status still proves that the call exists, and gets the lowest rank."""
    return AttemptEvent.END if call_status in _FINAL else _PROGRESS.get(call_status, AttemptEvent.ACCEPT)


def disposition_of(call_status: str, sip_code: int | None) -> Disposition | None:
    """Return how a call ended; None while it has not. A SIP code, if there is one, is more precise than busy,
    no-answer and failed."""
    final = _FINAL.get(call_status)
    if final in _SIP_DECIDES and sip_code is not None:
        return _SIP.get(sip_code, final)
    return final


def answered_by_of(word: str | None) -> AnsweredBy | None:
    """Map `AnsweredBy`. None without detection; every `machine_…` is a machine, and an unknown word is unknown."""
    if not word:
        return None
    if word.startswith("machine"):
        return AnsweredBy.MACHINE
    return {"human": AnsweredBy.HUMAN, "fax": AnsweredBy.FAX}.get(word, AnsweredBy.UNKNOWN)
