"""Rebuild the calls of a phone company from its ledger after a restart. Nothing else is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wakeup.simulator.call import Call
from wakeup.simulator.call_request import CallRequest, Hook
from wakeup.simulator.ledger import Ledger


def restore_calls(ledger: Ledger) -> dict[str, Call]:
    """Restore all calls. Calls that were alive when the company went down ended then: failed if not yet answered,
    otherwise completed, without a callback."""
    calls: dict[str, Call] = {}
    for row in list(ledger.facts):
        if row["fact"] == "created":
            calls[row["call"]] = _created(row)
        elif row.get("call") in calls:
            _apply(calls[row["call"]], row)
    for call in calls.values():
        if not call.final:
            call.status = "completed" if call.answered else "failed"
            call.ended = ledger.last_moment()
            ledger.add("ended", call=call.sid, status=call.status, seconds=call.seconds, sip="500", restart=True)
    return calls


def _created(row: dict[str, Any]) -> Call:
    url = Hook(url=row["url"]) if row.get("url") else None
    request = CallRequest(to=row["to"], from_=row["from_"], url=url)
    return Call(sid=row["call"], request=request, created=_moment(row))


def _apply(call: Call, row: dict[str, Any]) -> None:
    match row["fact"]:
        case "initiated":
            call.started = _moment(row)
            call.queue_ms = round((call.started - call.created).total_seconds() * 1000)
        case "ringing":
            call.status = "ringing"
        case "answered":
            call.status, call.answered = "in-progress", _moment(row)
        case "verdict":
            call.answered_by = row["answered_by"]
        case "ended":
            call.status, call.ended = row["status"], _moment(row)
        case _:
            pass


def _moment(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def sids_used(facts: Iterable[dict[str, Any]]) -> int:
    """Return how many SIDs were issued before the restart."""
    return sum(
        row["fact"] in {"created", "dialled", "inbound", "message_created", "message_inbound", "recording"}
        for row in facts
    )
