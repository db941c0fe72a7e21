"""Writes a decision: the numbered row, the note in the timeline, and the message to the payment core, all together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from wakeup.domain.decision import Decision, Effect, Ruling, Verdict
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import DecisionId, MessageId
from wakeup.domain.review import REACHED_ACTS
from wakeup.domain.states import move
from wakeup.domain.transfer import (
    TRANSFER_TRANSITIONS,
    Transfer,
    TransferEvent,
    TransferState,
)
from wakeup.domain.window import alarm_at
from wakeup.usecases.case.follow_up import promise_person
from wakeup.usecases.case.human_talk_notes import after_human_talks
from wakeup.usecases.casefile import INSTANT, CaseFile
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.records import OutboxMessage
from wakeup.usecases.wakes import of_transfer

_EVENT = {
    Ruling.ALLOW: TransferEvent.ALLOW,
    Ruling.HOLD: TransferEvent.HOLD,
    Ruling.REFUSE: TransferEvent.REFUSE,
}

TIME_TO_ARRIVE = timedelta(minutes=1)
"""Time within which a decision that replaces an earlier one after the deadline should arrive."""
FIRST_POSTED = 2
"""Sequence of the first decision that is delivered; sequence 1 is the standing hold."""
_CONTACTS = frozenset(f"review_{act}" for act in REACHED_ACTS)
_STANDING = Verdict(ruling=Ruling.HOLD, reason="standing")


def record_standing_hold(file: CaseFile, transfer: Transfer) -> Decision:
    """Record the standing hold that every accepted event leaves: effective at `decide_by` unless a better decision
    replaces it.

    It is returned in the response to the event and in the decision feed, so it needs no message of its own.
    """
    decision = _decision(file, transfer, transfer.sequence, _STANDING, "system")
    file.unit.decisions.add(decision)
    file.unit.wakes.add("feed")
    return decision


def record_decision(file: CaseFile, transfer: Transfer, verdict: Verdict, by: str = "system") -> Transfer:
    """Record a decision: move the transfer, number the decision, and queue its message, in one transaction."""
    begins = transfer.state is not TransferState.HELD
    state = move(TRANSFER_TRANSITIONS, transfer.state, _EVENT[verdict.ruling])
    decided = replace(transfer, state=state, allow_at=verdict.allow_at)
    if begins and verdict.ruling is Ruling.HOLD:
        before = file.unit.policy.review.alarm_before
        decided = replace(decided, alarm_at=alarm_at(file.now, transfer.hold_max, before))
    return _issue(file, decided, verdict, by)


def extend_standing_hold(file: CaseFile, extended: Transfer, by: str) -> Transfer:
    """Tell the payment core of the standing hold of a transfer whose deadline a human moved. The transfer stays
    pending."""
    verdict = Verdict(ruling=Ruling.HOLD, reason="window_extended")
    return _issue(file, extended, verdict, by)


def repeat_hold(file: CaseFile, transfer: Transfer) -> Transfer:
    """Tell the payment core again, after a restore, that this pending or held transfer is held. Its state, and what
    humans have to do about it, stay as they are."""
    newest = file.unit.decisions.newest(transfer.id)
    effects, rests_on = (frozenset(newest.effects), newest.rests_on) if newest else (frozenset[Effect](), ())
    return _issue(
        file, transfer, Verdict(ruling=Ruling.HOLD, reason="restored", effects=effects, rests_on=rests_on), "system"
    )


def _issue(file: CaseFile, transfer: Transfer, verdict: Verdict, by: str) -> Transfer:
    unit = file.unit
    sequence = max(transfer.sequence, unit.decisions.floor()) + 1
    decision = _decision(file, transfer, sequence, verdict, by)
    decided = replace(transfer, sequence=decision.sequence)
    unit.decisions.add(decision)
    unit.outbox.add(_message(file, transfer, decision))
    # The note is dated now. Only after a clock was set back is the decision dated otherwise, and the note says so.
    dated = {} if decision.decided_at == file.now else {"decided_at": decision.decided_at.isoformat()}
    file.note(
        "decided",
        by,
        **dated,
        transfer=transfer.id,
        decision=decision.id,
        sequence=decision.sequence,
        ruling=verdict.ruling,
        reason=verdict.reason,
        policy=decision.policy_version,
        rests_on=tuple(verdict.rests_on),
        effects=tuple(decision.effects),
    )
    file.put(decided)
    if Effect.PERSON in verdict.effects:
        promise_person(file)
    if Effect.GUARDIAN in verdict.effects and not unit.confirmations.of_case(file.case.id):
        ask_guardian(file, "decision")
    unit.wakes.update({"deliver", "feed", of_transfer(transfer.id)})
    return decided


def _message(file: CaseFile, transfer: Transfer, decision: Decision) -> OutboxMessage:
    return OutboxMessage(
        id=MessageId(file.unit.ids.new("msg")),
        transfer_id=transfer.id,
        case_id=transfer.case_id,
        decision_id=decision.id,
        sequence=decision.sequence,
        due_at=file.now,
        late_at=_late_at(file, transfer),
    )


def _late_at(file: CaseFile, transfer: Transfer) -> datetime:
    """Return when the message counts as late. The first decision is late after `decide_by`, even if it was made
    after that. `transfer`: as it was before the decision."""
    if transfer.sequence < FIRST_POSTED or transfer.decide_by > file.now:
        return transfer.decide_by
    return file.now + TIME_TO_ARRIVE


def kind_of(sequence: int) -> Literal["decision.made", "decision.changed"]:
    """Return the message type, the same by webhook and by feed: `made` for the first decision after the standing
    hold, `changed` for those that replace it."""
    return "decision.made" if sequence <= FIRST_POSTED else "decision.changed"


def decision_body(decision: Decision, hold_basis: str) -> dict[str, object]:
    """Return the decision as the payment core reads it (docs/api.md). A hold names its legal basis."""
    basis = {"hold_basis": hold_basis} if decision.ruling is Ruling.HOLD else {}
    return {"type": kind_of(decision.sequence), **decision_facts(decision), **basis}


def decision_facts(decision: Decision) -> dict[str, object]:
    """Return the decision's public fields, times in ISO 8601 UTC."""
    return {
        "decision_id": decision.id,
        "sequence": decision.sequence,
        "transfer_id": decision.transfer_id,
        "case_id": decision.case_id,
        "decision": decision.ruling.value,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_at": iso(decision.decided_at),
        "decide_by": iso(decision.decide_by),
        "hold_until": iso(decision.hold_until),
        "evidence": list(decision.rests_on),
    }


def iso(at: datetime) -> str:
    """Return the time in ISO 8601 with a Z, as in the rest of the API."""
    return at.isoformat().replace("+00:00", "Z")


def _decided_at(file: CaseFile, transfer: Transfer, verdict: Verdict) -> datetime:
    """Return the time of a decision: now. One that promises a human is dated after the last contact with the customer,
    and after the talks of which a record may come late: they do not keep this promise even if a clock was set back
    since.

    A contact that this very use case records is where the decision comes from, and keeps its promise.
    """
    if Effect.PERSON not in verdict.effects or file.notes_now(_CONTACTS):
        return file.now
    reached_at = file.unit.reviews.reached_at(transfer)
    after = (file.now, reached_at and reached_at + INSTANT, after_human_talks(file.unit, file.case.id))
    return max(at for at in after if at is not None)


def _decision(file: CaseFile, transfer: Transfer, sequence: int, verdict: Verdict, by: str) -> Decision:
    return Decision(
        id=DecisionId(file.unit.ids.new("dec")),
        transfer_id=transfer.id,
        case_id=transfer.case_id,
        sequence=sequence,
        ruling=verdict.ruling,
        reason=verdict.reason,
        decided_by=by,
        decided_at=_decided_at(file, transfer, verdict),
        decide_by=transfer.decide_by,
        hold_until=transfer.hold_max,
        policy_version=file.unit.policy.version,
        rests_on=verdict.rests_on,
        effects=tuple(sorted(verdict.effects)),
    )
