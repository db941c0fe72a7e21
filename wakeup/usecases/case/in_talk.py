"""Whether a talk with an agent may still bring a warning about a customer's payments."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.agent import longest_wrap_up
from wakeup.domain.ids import CustomerId
from wakeup.domain.outcome import Outcome
from wakeup.ivr.turn import Turn
from wakeup.usecases.records import Talk
from wakeup.usecases.unit import Unit


def is_in_talk(unit: Unit, customer_id: CustomerId, now: datetime) -> bool:
    """True while the customer, or a guardian in one of their cases, waits for an agent or talks with one, and after it
    until the agent has recorded the outcome, or until a callee whose wait was given up is back in the script; for as
    long as a wrap-up may last. Also while a callee who is to have a human is on the line: where no agents are enrolled,
    a colleague's number is rung.

    What an agent is told is evidence only once it is recorded, and the wish for a human only once the call is over.
    """
    since = now - longest_wrap_up(unit.policy.people.wrap_up)
    return unit.hand_overs.in_talk(customer_id, since) or any(
        _waits_for_human(unit, talk) for talk in unit.talks.on_the_line(customer_id)
    )


def _waits_for_human(unit: Unit, talk: Talk) -> bool:
    """True if the callee has asked for a human, or is being connected to one because no answer was understood."""
    if talk.conversation.outcome is Outcome.AGENT_REQUESTED:
        return True
    last = unit.talks.turn(talk.attempt_id, talk.customer_id, talk.turns - 1)
    return last is not None and Turn.from_json(last.turn).connect is not None
