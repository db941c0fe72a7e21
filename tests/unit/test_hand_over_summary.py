"""The demo's hand-over summary, which is read from the phone company's ledger."""

from __future__ import annotations

from typing import Any

from wakeup.demo.accounts import AGENTS, PLAYED
from wakeup.demo.hand_over_summary import HandedOver, handed_over, told
from wakeup.simulator.profiles import Register

AGENT = AGENTS[0][2]


def created(call: str, to: str) -> dict[str, Any]:
    return {"fact": "created", "call": call, "to": to}


def entered(call: str, room: str) -> dict[str, Any]:
    return {"fact": "room_entered", "call": call, "room": room}


def test_customers_who_met_an_agent_are_counted_and_those_who_did_not() -> None:
    facts = [
        created("c1", "+6581000058"), entered("c1", "line-a-4"), created("a1", AGENT), entered("a1", "line-a-4"),
        created("c2", "+6581000158"), entered("c2", "line-b-4"), created("a2", AGENT),
        created("c3", "+6581000158"), entered("c3", "line-c-3"), created("a3", AGENT), entered("a3", "line-c-3"),
        created("c4", "+6581000258"), entered("c4", "room-family"), created("g", "+6581000385"), entered("g", "room-family"),
    ]  # fmt: skip
    found = handed_over(facts)
    assert found == HandedOver(joined=2, in_vain=1, again=1)
    assert "2 customers" in told(found)
    assert told(handed_over([])) == "Agents: no customer asked for one this time."


def test_the_number_a_visitor_can_play_is_answered_by_no_simulated_agent() -> None:
    assert Register(1).profile(PLAYED).agent == "ignores"
    assert {Register(1).profile(number).agent for _, _, number in AGENTS} == {"accepts"}
