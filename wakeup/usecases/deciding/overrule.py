"""People overrule: hold, give more time, release. A release goes out as any decision does, under the names of who
released; where four eyes are due it waits for a second person, and lapses with time or with any change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wakeup.domain.case import Case
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.review import Act, Approval, ApprovalState, binding, needs_two, why_lapsed
from wakeup.domain.staff import Right, StaffId, demand, demand_or_glass, may
from wakeup.domain.transfer import STILL_OPEN, Transfer, TransferState
from wakeup.domain.window import settle_at
from wakeup.usecases.case.people import guard_one
from wakeup.usecases.deciding.decisions import extend_standing_hold, record_decision
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.ladder.plan_calls import use_more_time
from wakeup.usecases.review.contest import answered_by_release
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRef:
    """The transfer meant, and the number of its decision that was seen."""

    transfer_id: TransferId
    sequence: int


class Released(StrEnum):
    """What became of a wish to release."""

    RELEASED = "released"
    SECOND_NEEDED = "second_needed"
    REFUSED = "refused"
    TOO_OLD = "too_old"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    """Whoever asked may not release any more."""


def hold(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Transfer:
    """Hold it on a person's word; the machine does not release it any more. Needs no claim: it adds protection."""
    with ReviewFile(unit, order, now) as work:
        glass = demand_or_glass(work.staff, Right.HOLD)
        transfer = _aimed(work, aim)
        if transfer.state not in STILL_OPEN:
            raise ConflictError("transfer", f"the transfer is already {transfer.state}")
        act = work.record(Act.HELD, transfer, break_glass=glass)
        _alarm(work, glass=glass)
        guarded = work.file.put(replace(transfer, guarded=True))
        held = record_decision(work.file, guarded, Verdict(ruling=Ruling.HOLD, reason="held_by_person"), act.name)
        settle_file(work.file)
    return held


def extend(unit: Unit, order: Order, aim: DecisionRef, decide_by: datetime, now: datetime) -> Transfer:
    """Give the calls more time: the deadline moves, at most to the legal limit of the hold. Nothing is released."""
    with ReviewFile(unit, order, now) as work:
        glass = demand_or_glass(work.staff, Right.EXTEND)
        transfer = _aimed(work, aim)
        if transfer.state is not TransferState.PENDING:
            raise ConflictError("transfer", f"the transfer is already {transfer.state}")
        if decide_by <= transfer.decide_by:
            raise ConflictError("decide_by", "a window is extended, never shortened")
        if decide_by > transfer.hold_max:
            raise ConflictError("decide_by", "later than the legal limit of the hold")
        act = work.record(Act.EXTENDED, transfer, decide_by=decide_by.isoformat(), break_glass=glass)
        _alarm(work, glass=glass)
        settles = settle_at(transfer.flagged_at, decide_by, unit.policy.tempo)
        extended = extend_standing_hold(work.file, replace(transfer, decide_by=decide_by, settle_at=settles), act.name)
        use_more_time(work.file, extended)
        unit.wakes.add("settle")
    return extended


def release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """The first person's word: a release where one suffices, otherwise a wish that waits for a second."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        work.in_hand()
        transfer = _releasable(work, aim)
        waiting = unit.reviews.asked(transfer.id)
        if waiting is not None:
            if lapse_reason(unit, waiting, work.file.case, transfer, now) is None:
                raise ConflictError("transfer", "a release was asked for already; a second person confirms it")
            close_wish(work, waiting, ApprovalState.LAPSED)
        # Locks the customer: of two releases at once from two of their cases, each would take the other for still held.
        unit.customers.get(transfer.customer_id)
        if not two_needed(unit, work.file.case, transfer, now):
            act = work.record(Act.RELEASED, transfer)
            apply_release(work, transfer, act.name)
            return Released.RELEASED
        act = work.record(Act.RELEASE_ASKED, transfer)
        unit.reviews.add_approval(
            Approval(
                id=unit.ids.new("apr"),
                transfer_id=transfer.id,
                case_id=transfer.case_id,
                act_id=act.id,
                binds=binds_now(unit, work.file.case, transfer),
                asked_by=work.staff.id,
                name=act.name,
                person=act.person,
                asked_at=now,
                expires_at=now + unit.policy.review.second_within,
            )
        )
        # The second person is to take it in hand.
        work.give_back()
    return Released.SECOND_NEEDED


def confirm_release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """The second person's word: another person than the first, about the very same transfer."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        # Locks the customer. Whoever is warned in another of their cases does the same, and then looks for what was let
        # go: either we see the warning, or they see the release.
        unit.customers.get(work.file.case.customer_id)
        asked = _asked(work, aim)
        why = lapse_reason(unit, asked, work.file.case, work.transfer(aim.transfer_id), now)
        if why is not None:
            close_wish(work, asked, ApprovalState.LAPSED)
            return Released(why)
        if work.staff.person == asked.person:
            raise ConflictError("person", "a second person must confirm, not the one who asked")
        work.in_hand()
        transfer = _releasable(work, aim)
        act = work.record(Act.RELEASED, transfer, approval=asked.id)
        close_wish(work, asked, ApprovalState.USED)
        apply_release(work, transfer, f"{asked.name}+{act.name}")
    return Released.RELEASED


def refuse_release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """The wish is answered with no, by a second person or by the first themselves: the hold stays, whatever the
    machine's cooling would have done."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        asked, transfer = _asked(work, aim), work.transfer(aim.transfer_id)
        work.record(Act.RELEASE_REFUSED, transfer, approval=asked.id)
        close_wish(work, asked, ApprovalState.REFUSED)
        guard_one(work.file, transfer)
    return Released.REFUSED


def two_needed(unit: Unit, case: Case, transfer: Transfer, now: datetime) -> bool:
    """Whether releasing this transfer now takes two persons."""
    rows = unit.reviews.day_of(transfer.customer_id, now - DAY)
    day = {transfer_id: (amount, currency) for transfer_id, amount, currency in rows}
    day[transfer.id] = (transfer.amount, transfer.currency)
    return needs_two(transfer, case.tier, day.values(), unit.policy)


def _aimed(work: ReviewFile, aim: DecisionRef) -> Transfer:
    transfer = work.transfer(aim.transfer_id)
    if transfer.sequence != aim.sequence:
        raise ConflictError("version", "a newer decision stands; look at it again")
    return transfer


def _releasable(work: ReviewFile, aim: DecisionRef) -> Transfer:
    transfer = _aimed(work, aim)
    if transfer.state is not TransferState.HELD or work.now >= transfer.hold_max:
        raise ConflictError("transfer", "only a transfer that is on hold can be released")
    return transfer


def _asked(work: ReviewFile, aim: DecisionRef) -> Approval:
    asked = work.unit.reviews.asked(aim.transfer_id)
    if asked is None or asked.case_id != work.file.case.id:
        raise ConflictError("transfer", "nobody asks for this release any more")
    return asked


def lapse_reason(unit: Unit, asked: Approval, case: Case, transfer: Transfer, now: datetime) -> str | None:
    """Why this wish counts no more, or None."""
    if not stands_behind(unit, asked.asked_by):
        return Released.WITHDRAWN
    return why_lapsed(asked, binds_now(unit, case, transfer), now)


def stands_behind(unit: Unit, staff_id: StaffId) -> bool:
    """Whether whoever asked for a release may still release. An account may be closed because somebody else had it."""
    who = unit.staff.get(staff_id)
    return who.disabled_at is None and may(who.role, Right.RELEASE)


def binds_now(unit: Unit, case: Case, transfer: Transfer) -> str:
    """What a wish to release this transfer rests on, as it stands now."""
    lessons = unit.talks.evidence(case, transfer.flagged_at)
    return binding(transfer, case.tier, [evidence.id for _, evidence in lessons])


def close_wish(work: ReviewFile, approval: Approval, state: ApprovalState) -> None:
    """It waits for nobody any more; the timeline says how it ended."""
    work.unit.reviews.save_approval(replace(approval, state=state, answered_at=work.now))
    work.file.note("approval_closed", work.staff.name, transfer=approval.transfer_id, approval=approval.id, state=state)


def apply_release(work: ReviewFile, transfer: Transfer, names: str) -> None:
    """The money may leave, under the names of who released it."""
    record_decision(work.file, transfer, Verdict(ruling=Ruling.ALLOW, reason="released_by_person"), names)
    settle_file(work.file)
    answered_by_release(work)


def _alarm(work: ReviewFile, *, glass: bool) -> None:
    if glass:
        work.unit.wakes.add("alarm:break_glass")
