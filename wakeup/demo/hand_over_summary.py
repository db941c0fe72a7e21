"""Sum up the hand-overs to agents in a demo, from the phone company's ledger, which records who met whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wakeup.demo.accounts import AGENTS

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The hand-overs, in three figures."""

    joined: int = 0
    """Customers who talked to an agent."""
    in_vain: int = 0
    """Conferences in which a customer waited and no agent came."""
    again: int = 0
    """Customers who talked to an agent on a call after their first."""


def handed_over(facts: Iterable[Fact]) -> HandedOver:
    """Sum up hand-overs. `facts`: calls created and conferences entered, in order."""
    agents = {number for _, _, number in AGENTS}
    calls: dict[str, str] = {}
    rooms: dict[str, list[str]] = {}
    earlier: set[str] = set()
    seen: set[str] = set()
    for row in facts:
        if row["fact"] == "created":
            calls[row["call"]] = row["to"]
            if row["to"] in seen:
                earlier.add(row["call"])
            seen.add(row["to"])
        elif row["room"].startswith("line-"):
            rooms.setdefault(row["room"], []).append(row["call"])
    theirs = [[call for call in inside if calls.get(call) not in agents] for inside in rooms.values()]
    met = [own[0] for own, inside in zip(theirs, rooms.values(), strict=True) if own and len(own) < len(inside)]
    return HandedOver(
        joined=len({calls[call] for call in met}),
        in_vain=len(rooms) - len(met),
        again=len({calls[call] for call in met if call in earlier}),
    )


def told(found: HandedOver) -> str:
    """Return the sentence for the end of a demo."""
    if not found.joined and not found.in_vain:
        return "Agents: no customer asked for one this time."
    return (
        f"Agents: {found.joined} customers were handed over, {found.again} of them on the appointment call; "
        f"{found.in_vain} waited in vain."
    )
