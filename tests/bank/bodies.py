"""Request bodies as a bank would send them, and ways to spoil them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from wakeup.bank.examples import RISK_EVENT_EXAMPLE
from wakeup.bank.faults import Unprocessable
from wakeup.bank.parse import Parsed, parse_risk_event
from wakeup.bank.schemas import RiskEvent

NOW = datetime(2026, 11, 22, 9, 30, 1, tzinfo=UTC)
GONE = object()
"""Put in place of a value, it removes the field."""


def event(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The example event with changes by path, such as `{"transfer.amount": "1"}`."""
    content = copy.deepcopy(RISK_EVENT_EXAMPLE)
    for path, value in (changes or {}).items():
        *way, last = path.split(".")
        here: Any = content
        for step in way:
            here = here[int(step)] if step.isdigit() else here[step]
        if value is GONE:
            del here[last]
        else:
            here[last] = value
    return content


def raw(content: Any) -> bytes:
    return json.dumps(content).encode()


def accepted(changes: dict[str, Any] | None = None) -> Parsed[RiskEvent]:
    return parse_risk_event(raw(event(changes)), now=NOW)


def faults(body: bytes) -> dict[str, str]:
    """Field -> reason, for a refused risk event."""
    try:
        parse_risk_event(body, now=NOW)
    except Unprocessable as refusal:
        return {fault.field: fault.reason for fault in refusal.faults}
    raise AssertionError("the event was accepted")


def faults_with(changes: dict[str, Any]) -> dict[str, str]:
    return faults(raw(event(changes)))
