"""What a form that was not sent would do. It is shown before its user sends it after all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wakeup.usecases.agents.agents import ASKED_FOR
from wakeup.usecases.ringing.do_not_call import SHORT

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
    "label": "Record what it turned out to be",
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
    "talk": "Join a colleague's call, or leave it",
}
"""Acts on a case, by the end of their path, in the words of their forms."""
ACCOUNTS = "/console/admin/accounts"
ELSEWHERE = {
    "/console/account/factor": "Enable a second factor",
    "/console/account/factor/confirm": "Use the second factor from now on",
    "/console/account/factor/drop": "Remove the second factor",
    ACCOUNTS: "Open or close an account",
    "/console/admin/factor": "Remove the second factor",
    "/console/admin/replay": "Send a decision again",
    "/console/admin/sessions": "Sign out everywhere",
    "/console/admin/verify": "Check all chains now",
    "/console/bulk": "Ask a second person",
    "/console/bulk/confirm": "Confirm, and release the money",
    "/console/bulk/go-on": "Continue",
    "/console/bulk/refuse": "Refuse the release",
    "/console/desk/state": "Set your own state",
    "/console/dialling/pause": "Pause all dialling",
    "/console/dialling/resume": "Resume dialling",
    "/console/do-not-call": "Add a number to the list",
    "/console/do-not-call/look": "Look it up",
    "/console/do-not-call/off": "Remove a number from the list",
    "/console/scripts/pause": "Pause a script",
    "/console/scripts/resume": "Resume the script",
    "/console/search": "Search",
    "/console/sign-out": "Sign out",
}
CONFIRM = {
    ACCOUNTS: "Close this account? Its sessions end, and the person gets no more calls.",
    "/console/admin/factor": "Device lost? Without a second factor, the password alone is enough to sign in.",
    "/console/bulk/confirm": "The money of all these transfers may then leave. Release them?",
    "/console/bulk/go-on": "The money of all these transfers may then leave. Release them?",
    "/console/dialling/pause": "No one is called until dialling is resumed. Pause all dialling?",
    "/console/scripts/pause": "New conversations will then use the general script. Pause this one?",
    "guardian": "Text this guardian now?",
}
"""What is asked before the form of this path, or of this act on a case, is sent."""
TOLD = "told"
"""A hidden field with the name that the page showed, where the other fields have only an id; `told.ID` for a choice."""
FIELDS = {
    TOLD: ("About", ""),
    "transfer": ("Transfer", ""),
    "party": ("Number", ""),
    "phone": ("Number", ""),
    "number": ("Number", ""),
    "by_voice": ("Blocked channels", "channel"),
    "by_sms": ("Blocked channels", "channel"),
    "channel": ("Channel", "channel"),
    "outcome": ("Outcome", "outcome"),
    "identified": ("I verified that it was the customer", ""),
    "agreed": ("The customer agrees, on the line", ""),
    "skill": ("Required skill", "skill"),
    "way": ("Way", "way"),
    "event": ("State", "agent"),
    "label": ("It was", "label"),
    "recovered": ("Recovered", ""),
    "decide_by": ("New deadline in your time zone", ""),
    "reason": ("Reason", "review_reason"),
    "why": ("Reason", "do_not_call"),
    "off": ("Reason", "do_not_call"),
    "model": ("Risk model", ""),
    "since": ("From", ""),
    "until": ("Until", ""),
    "ticket": ("Ticket", ""),
    "on": ("Account", "account"),
    "script": ("Script", ""),
    "message": ("Message", ""),
    "everywhere": ("Sign out everywhere", ""),
}
"""The fields that are shown, in this order: the label, and the vocabulary of the value if it is a code. `text` is
shown below them."""
_TIMES = frozenset({"decide_by", "since", "until"})
_MEANT: Mapping[str, Mapping[str, str]] = {
    "by_voice": {"yes": "voice"},
    "by_sms": {"yes": "sms"},
    "identified": {"yes": "✓"},
    "agreed": {"yes": "✓"},
    "everywhere": {"yes": "✓"},
    "on": {"yes": "open", "no": "closed"},
    "event": {event.value: state.value for event, state in ASKED_FOR.items()},
}
"""What a value stands for, where it is not shown as it is."""


def act_of(back: str, kept: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form that is sent to this path does, for which case, with what, and the question to ask
    first."""
    found = _OF_CASE.fullmatch(back)
    case_id, end = (found[1], found[2]) if found else ("", "")
    asked = CONFIRM.get(end or back, "")
    if back == ACCOUNTS and kept.get("on") == "yes":
        # An account that is opened harms nobody.
        asked = ""
    return {
        "act": OF_CASE.get(end, "") or ELSEWHERE.get(back, ""),
        "case_id": case_id,
        "rows": list(_rows(kept)),
        "asked": asked,
    }


def _rows(kept: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Return label, vocabulary and value of what was chosen or typed."""
    for name, (label, kind) in FIELDS.items():
        value = kept.get(name, "")
        if value:
            yield label, kind, _shown(name, value, kept)


def _shown(name: str, value: str, kept: Mapping[str, str]) -> str:
    if name == "party":
        return kept.get(f"{TOLD}.{value}", value)
    if name == "number":
        return value[:SHORT]
    if name in _TIMES:
        return value.replace("T", " ")
    return _MEANT.get(name, {}).get(value, value)
