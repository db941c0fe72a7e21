"""Whether a human talk may still bring a warning about a customer's payments."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.agent import longest_wrap_up
from wakeup.domain.hand_over import OPEN, HandOver, HandOverState
from wakeup.domain.ids import CustomerId
from wakeup.usecases.case.human_talk_notes import is_written_up
from wakeup.usecases.unit import Unit


def is_in_human_talk(unit: Unit, customer_id: CustomerId, now: datetime) -> bool:
    """True while the customer, or a guardian in one of their cases, waits for an agent or talks with one, and after it
    until the agent has recorded the outcome, or until a callee whose wait was given up is back in the script; for as
    long as a wrap-up may last.

    What an agent is told is evidence only once it is recorded. A talk with a colleague at a number is never recorded by
    itself, so it guards the payments instead.
    """
    since = now - longest_wrap_up(unit.policy.people.wrap_up)
    return any(_is_unheard(unit, one) for one in unit.hand_overs.lately(customer_id, since))


def _is_unheard(unit: Unit, one: HandOver) -> bool:
    """True if the wait or the talk goes on, or what was said in it is no evidence yet. The wish for an agent is
    evidence only once the customer is back in the script."""
    if one.state in OPEN:
        return True
    if one.joined_at is not None:
        return not is_written_up(unit, one)
    return one.state is HandOverState.GIVEN_UP and not one.came_back
