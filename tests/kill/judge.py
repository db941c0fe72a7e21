"""Check what the simulators' ledgers must say at the end of every test. Nothing here reads the service's own tables."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.kill.service_process import Down, ServiceProcess
from wakeup.runtime.audit_verify import find_faults
from wakeup.runtime.settings.settings import load_settings
from wakeup.simulation.checks.calls import posted_twice, rung_twice
from wakeup.simulation.checks.core import core_faults
from wakeup.simulator.ledger import Ledger

ALWAYS_TOLERATED = ("promise_late",)
"""There are no staff here who could keep a promised call."""


async def judge(service: ServiceProcess, tolerated: tuple[str, ...] = ()) -> dict[str, int]:
    """Check every promise from outside. The service's log may contain no error other than those `tolerated`.

    Returns figures about the run.
    """
    feed, allowed = await service.whole_feed(), (*ALWAYS_TOLERATED, *tolerated)
    faults = [
        *_decisions(service, feed),
        *_calls(service.company.ledger),
        *[f"logged: {line}" for line in service.errors() if not any(f'"{name}"' in line for name in allowed)],
        *await asyncio.to_thread(_history, service),
    ]
    assert not faults, "\n".join([*faults, service.told()])
    return {
        "kills": len(service.downs),
        "transfers": len(service.events),
        "late": sum(one.late for one in service.core.transfers.values()),
        "calls": len(service.company.ledger.of("created")),
        "redelivered": service.core.counts["doubled"],
    }


def _decisions(service: ServiceProcess, feed: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Exactly one decision is in force. It was first delivered in time, or late only after an absence beyond the
    deadline.
    """
    faults = [fault for name in service.events for fault in _transfer(service, name, feed.get(name, []))]
    return [*faults, *core_faults(service.core)]


def _transfer(service: ServiceProcess, name: str, told: list[dict[str, Any]]) -> list[str]:
    """The decisions in the feed begin with the standing hold and end with the decision that the core has in force."""
    known = service.core.transfers[name]
    if not told:
        # The event was never acknowledged, so the transfer must be absent everywhere.
        broken = service.answered.get(name, 0) // 100 == 2 or known.decision
        return [f"{name}: answered {service.answered.get(name)} and not in the feed"] if broken else []
    faults, first, last = [], told[0], told[-1]
    sequences = [item["sequence"] for item in told]
    if sequences != list(range(1, len(told) + 1)) or (first["decision"], first["reason"]) != ("hold", "standing"):
        faults.append(f"{name}: feed {[(i['sequence'], i['decision'], i['reason']) for i in told]}")
    if not known.decision:
        faults.append(f"{name}: undecided")
    elif (known.sequence, known.decision) != (last["sequence"], last["decision"]):
        faults.append(f"{name}: the core holds {known.sequence} {known.decision}, the feed ends with {last}")
    return faults + (_late(service, name, service.events[name]["transfer"]) if known.late else [])


def _late(service: ServiceProcess, name: str, transfer: dict[str, Any]) -> list[str]:
    """A late decision is accepted only if the service was down, and only if it is a hold: the standing hold was in
    force.
    """
    by = datetime.fromisoformat(transfer["decide_by"])
    due = by - service.margin(transfer)
    away = any(
        down.since <= by and (down.until is None or down.until + _breath(service, down) >= due)
        for down in service.downs
    )
    first = next(r for r in service.core.ledger.of("accepted", "out_of_order") if r["transfer"] == name)
    faults = [] if away else [f"{name}: late at {first['at']} for {by}, though the service was there from {due}"]
    return faults + ([] if first["decision"] == "hold" else [f"{name}: late and {first['decision']}"])


def _breath(service: ServiceProcess, down: Down) -> timedelta:
    """Half a real second, or as long as the start took: a service that restarts at the last moment has much to catch up
    with, and a busy machine prolongs both alike.
    """
    return max(timedelta(seconds=0.5 * service.stage.speed), down.start_took)


def _calls(ledger: Ledger) -> list[str]:
    """One POST per attempt and per SMS, and one live call per number. No test here has the phone company refuse a POST,
    after which the same attempt might be posted again.
    """
    refused = [f"refused: {row}" for row in ledger.of("post_refused")]
    return [*posted_twice(ledger), *rung_twice(ledger), *refused]


def _history(service: ServiceProcess) -> list[str]:
    """Run `wakeup audit verify` in this process."""
    settings = load_settings(service.environment)
    url, key = settings.database_url.get_secret_value(), settings.keys.audit.get_secret_value()
    anchors = Path(settings.audit.anchors_file)
    return [f"audit: {fault}" for fault in find_faults(url, key, anchors, node=settings.node.name)]
