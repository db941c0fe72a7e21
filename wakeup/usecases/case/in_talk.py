"""Whether a talk with an agent may still bring a warning about a customer's payments."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.agent import longest_wrap_up
from wakeup.domain.ids import CustomerId
from wakeup.usecases.unit import Unit


def is_in_talk(unit: Unit, customer_id: CustomerId, now: datetime) -> bool:
    """True while the customer, or a guardian in one of their cases, waits for an agent or talks with one, and after it
    until the agent has recorded the outcome, or until a caller whose wait was given up is back in the script; for as
    long as a wrap-up may last.

    What an agent is told is evidence only once it is recorded.
    """
    return unit.hand_overs.in_talk(customer_id, now - longest_wrap_up(unit.policy.people.wrap_up))
