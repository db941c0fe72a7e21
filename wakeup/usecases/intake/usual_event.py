"""The usual risk event, in one step: a new customer with one number that may be rung, and time for the whole ladder.

`open_case` handles every event, by way of the case file and a value for every row. A usual event needs none of that,
and in a flood of them it takes half of the time. What this module leaves in the database is the same to the last
byte (a test compares both ways). The rules are called, not repeated; only what they are called with is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.call_value import fair_class_at, value_of
from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.ids import AttemptId, CaseId, DecisionId, PartyId, TransferId
from wakeup.domain.ladder import NextCall, first_call
from wakeup.domain.rung_plan import Window, roomy_next
from wakeup.domain.window import settle_at
from wakeup.usecases.case.parties import needs_time, same_number, suspicious_line
from wakeup.usecases.inputs import FAMILY_RISK, FlaggedTransfer, Number
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.ladder.plan_calls import at_risk
from wakeup.usecases.records import Fact, KnownEvent, Note
from wakeup.usecases.repositories.openings import Opening
from wakeup.usecases.unit import Unit

LONG_WINDOW = timedelta(seconds=30)
"""If a window is longer than this, the settler learns of it only after the phone was rung, together with others."""
_WAKES = frozenset({"feed", "dispatch", "climb", "board"})


def settler_of(settles: datetime, now: datetime) -> str:
    """Return the name to wake for a new transfer."""
    return "newcomers" if settles - now > LONG_WINDOW else "settle"


def is_usual(unit: Unit, event: FlaggedTransfer, known: KnownEvent, now: datetime) -> bool:
    """True if all that this event can bring about is a new case whose customer is rung at their only number."""
    number = event.customer.number
    return (
        known.seen_at is None
        and not known.early_news
        and not event.guardians
        and not event.alternates
        and number is not None
        and not suspicious_line(event, unit.policy, now)
        and not same_number(number.e164, event.payee)
    )


def open_usual(unit: Unit, event: FlaggedTransfer, now: datetime) -> Accepted | None:
    """Open the case of a usual event. Returns None, and does nothing, when the window is too short for the ladder."""
    policy, number = unit.policy, event.customer.number
    settles = settle_at(now, event.decide_by, policy.tempo)
    step = first_call(now, settles, policy.calling)
    rung_at = roomy_next(policy.ladders[event.tier], Window(begins_at=now, ends_at=settles), policy.calling)
    if not isinstance(step, NextCall) or rung_at is None or number is None:
        return None
    opening = _opening(unit, event, number, step, rung_at, settles, now)
    unit.openings.add(event, opening)
    unit.wakes |= _WAKES
    unit.wakes.add(settler_of(settles, now))
    decision = opening.decision
    return Accepted(case_id=opening.case_id, transfer_id=decision.transfer_id, decision=decision, new=True)


def _opening(
    unit: Unit, event: FlaggedTransfer, number: Number, step: NextCall, rung_at: datetime, settles: datetime,
    now: datetime,
) -> Opening:  # fmt: skip
    policy, new_id, unhurried = unit.policy, unit.ids.new, needs_time(event)
    case_id = CaseId(new_id("case"))
    decision = Decision(
        id=DecisionId(new_id("dec")), transfer_id=TransferId(event.transfer_id), case_id=case_id, sequence=1,
        ruling=Ruling.HOLD, reason="standing", decided_by="system", decided_at=now, decide_by=event.decide_by,
        hold_until=event.hold_max, policy_version=policy.version, rests_on=(), effects=(),
    )  # fmt: skip
    party_id, attempt_id = PartyId(new_id("pty")), AttemptId(new_id("att"))
    risked = at_risk(policy, event.amount, event.currency, event.share_of_balance, event.typology)
    opened: dict[str, Fact] = {"transfer": event.transfer_id, "tier": event.tier, "signals": event.signals}
    planned: dict[str, Fact] = {"attempt": attempt_id, "n": 1, "party": party_id, "due_at": step.due_at.isoformat()}
    return Opening(
        now, case_id, decision, party_id, number, attempt_id, settles, step.latest_start,
        value_of([risked], (), policy.overload), fair_class_at(event.tier, unhurried=unhurried), rung_at, unhurried,
        FAMILY_RISK in event.signals,
        (Note(kind="case_opened", by="bank", data=opened), Note(kind="attempt_planned", by="system", data=planned)),
    )  # fmt: skip
