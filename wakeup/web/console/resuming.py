"""What a form that was not sent would do. It is shown before its user sends it after all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason

_OF_CASE = re.compile(r"/console/(?:cases|desk)/([^/?]+)/([a-z-]+)")
OF_CASE = {
    "claim": "Claim it",
    "give-back": "Give it back",
    "note": "A note for colleagues",
    "hold": "Hold this transfer",
    "extend": "Extend the deadline",
    "release": "Release it",
    "confirm": "Confirm the release, as the second person",
    "refuse": "Refuse the release",
    "label": "Set the later truth",
    "police": "Send to the police queue",
    "check": "Was the outcome correct?",
    "take-over": "Take it over",
    "ring": "Ring again",
    "guardian": "Text the next guardian",
    "follow-up": "Contact made",
    "contest": "Record an objection",
    "answer": "Answer that the hold stays",
    "unmask": "Unmask",
    "outcome": "What is the outcome of the call?",
    "company": "Bring the guardian into the call",
    "hand-on": "Hand the customer on",
}
"""Acts on a case, by the end of their path, in the words of their forms."""
ELSEWHERE = {
    "/console/bulk": "Ask a second person",
    "/console/bulk/confirm": "Confirm, and release the money",
    "/console/bulk/go-on": "Continue",
    "/console/bulk/refuse": "Refuse the release",
    "/console/do-not-call": "Add a number to the list",
    "/console/do-not-call/look": "Look it up",
}


def act_of(back: str, kept: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form that is sent to this path does, for which case and why. Empty where that is not known."""
    found = _OF_CASE.fullmatch(back)
    case_id, end = (found[1], found[2]) if found else ("", "")
    reason, outcome = kept.get("reason", ""), kept.get("outcome", "")
    return {
        "act": OF_CASE.get(end, "") or ELSEWHERE.get(back, ""),
        "case_id": case_id,
        "transfer": kept.get("transfer", ""),
        "reason": reason if reason in set(Reason) else "",
        "outcome": outcome if outcome in set(Outcome) else "",
    }
