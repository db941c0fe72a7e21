"""Whether a human talk may still bring a warning about a customer's payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wakeup.domain.agent import longest_wrap_up
from wakeup.domain.hand_over import OPEN, HandOver, HandOverState
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.outcome import Outcome
from wakeup.ivr.turn import Turn
from wakeup.usecases.case.human_talk_notes import TimelineRow, is_written_up
from wakeup.usecases.records import Talk
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

GREETED = timedelta(minutes=3)
"""How long after a call to us was matched its caller may press a key."""
TOOK = "person_took_"
"""How the flags of a conversation begin that say that a colleague accepted the call."""
CALL_IN_OVER = "call_in_over"


def is_in_human_talk(unit: Unit, customer_id: CustomerId, now: datetime) -> bool:
    """True while the customer, or a guardian in one of their cases, waits for an agent or talks with one, and after it
    until the agent has recorded the outcome, or until a callee whose wait was given up is back in the script; for as
    long as a wrap-up may last. Also while a callee who is to have a human is on the line: where no agents are enrolled,
    a colleague's number is rung. And while the customer calls us. A colleague at a number has as long as an agent to
    record a contact or to hold the payment.

    What an agent is told is evidence only once it is recorded, and the wish for a human only once the call is over. A
    talk, or a last turn, that cannot be read counts as one that may bring news.
    """
    since = now - longest_wrap_up(unit.policy.people.wrap_up)
    return (
        any(_is_unheard(unit, one) for one in unit.hand_overs.lately(customer_id, since))
        or any(_may_bring_news(unit, talk) for talk in unit.talks.lately(customer_id, since))
        or any(_calls_us(unit, case_id, now) for case_id in unit.call_ins.matched(customer_id))
    )


def _is_unheard(unit: Unit, one: HandOver) -> bool:
    """True if the wait or the talk goes on, or what was said in it is no evidence yet. The wish for an agent is
    evidence only once the customer is back in the script."""
    if one.state in OPEN:
        return True
    if one.joined_at is not None:
        return not is_written_up(unit, one)
    return one.state is HandOverState.GIVEN_UP and not one.came_back


def _may_bring_news(unit: Unit, talk: Talk | None) -> bool:
    if talk is None:
        unit.wakes.add(alarm("talk_unreadable"))
        return True
    if not talk.finished:
        return _waits_for_human(unit, talk)
    joined = any(flag.startswith(TOOK) for flag in talk.conversation.flags)
    return joined and not _recorded(unit, talk.case_id, talk.started_at)


def _waits_for_human(unit: Unit, talk: Talk) -> bool:
    """True if the callee has asked for a human, or is being connected to one because no answer was understood."""
    if talk.conversation.outcome is Outcome.AGENT_REQUESTED:
        return True
    n = talk.turns - 1
    last = unit.talks.turn(talk.attempt_id, talk.customer_id, n)
    if last is None and unit.talks.was_served(talk.attempt_id, n):
        unit.wakes.add(alarm("talk_unreadable"))
        return True
    return last is not None and Turn.from_json(last.turn).connect is not None


def _recorded(unit: Unit, case_id: CaseId, since: datetime) -> bool:
    """True if staff have recorded a contact in this case since."""
    contact_at = unit.reviews.last_contact_at(case_id)
    return contact_at is not None and contact_at >= since


def _calls_us(unit: Unit, case_id: CaseId, now: datetime) -> bool:
    """True while a call to us that was matched with this case is being greeted or is with a colleague, or nothing is
    recorded about it yet. The end of such a call may be reported late or never, so that it counts no longer than a line
    is in use."""
    timeline = unit.views.timeline(case_id)
    greeted, asked, over = (
        _times(timeline, kind) for kind in ("call_in_matched", "call_in_asked_person", CALL_IN_OVER)
    )
    if any(call not in asked and now < at + GREETED for call, at in greeted.items()):
        return True
    writes, line = longest_wrap_up(unit.policy.people.wrap_up), unit.policy.calling.line_limit
    return any(
        now < over.get(call, at + line) + writes and not _recorded(unit, case_id, at) for call, at in asked.items()
    )


def _times(timeline: Iterable[TimelineRow], kind: str) -> dict[object, datetime]:
    """Return when each call had its first note of this kind."""
    found: dict[object, datetime] = {}
    for _, at, note in timeline:
        if note.kind == kind:
            found.setdefault(note.data.get("call"), at)
    return found
