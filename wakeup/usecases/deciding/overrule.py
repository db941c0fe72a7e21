"""Staff overrule decisions: hold, extend the window, release.

A release is delivered as any decision, under the names of those who released. Where four eyes are required it
waits for a second person, and lapses with time or with any change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wakeup.domain.case import Case
from wakeup.domain.decision import RELEASED_BY_PERSON, Ruling, Verdict
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.review import Act, Approval, ApprovalState, needs_two, why_lapsed
from wakeup.domain.staff import Right, StaffId, demand, demand_or_glass, may, same_person
from wakeup.domain.transfer import STILL_OPEN, Transfer, TransferState
from wakeup.domain.window import settle_at
from wakeup.usecases.case.follow_up import ASKED, in_doubt
from wakeup.usecases.case.guard import guard_one
from wakeup.usecases.case.promised_call import still_promised
from wakeup.usecases.deciding.decisions import extend_standing_hold, record_decision
from wakeup.usecases.deciding.recall import HELD_BY_PERSON, unacknowledged
from wakeup.usecases.deciding.release_basis import binds_now
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import clear_follow_up, recall_by_hand
from wakeup.usecases.ladder.plan_calls import use_more_time
from wakeup.usecases.review.contest import answered_by_release
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRef:
    """The transfer meant, the sequence of the decision that was seen, and what a release was bound to on that page."""

    transfer_id: TransferId
    sequence: int
    binds: str | None = None
    """See `release_basis`. None if the order comes from no page of the case."""
    two_said: bool = False
    """The page said that two persons are needed. Then the order is a request, even if one suffices by now."""


class Released(StrEnum):
    """The result of a request to release."""

    RELEASED = "released"
    SECOND_NEEDED = "second_needed"
    REFUSED = "refused"
    TOO_OLD = "too_old"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    """The person who requested it may no longer release."""


def hold(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Transfer:
    """Hold a transfer by hand; it is no longer released automatically. Needs no claim, because it adds protection.

    An allow that the payment core has not acknowledged is recalled.
    """
    with ReviewFile(unit, order, now) as work:
        glass = demand_or_glass(work.staff, Right.HOLD)
        transfer = _aimed(work, aim)
        let_go = transfer.state not in STILL_OPEN
        if let_go and unacknowledged(work.file, transfer) is None:
            raise ConflictError("transfer", f"the transfer is already {transfer.state}")
        act = work.record(Act.HELD, transfer, break_glass=glass)
        _alarm(work, glass=glass)
        if let_go:
            recall_by_hand(work.file, transfer, act.name)
        else:
            # A hold by hand reaches no customer: what the decision before it promised them stands.
            verdict = replace(HELD_BY_PERSON, effects=still_promised(work.file, transfer))
            record_decision(work.file, replace(transfer, guarded=True), verdict, act.name)
        settle_file(work.file)
    return work.transfer(aim.transfer_id)


def extend(unit: Unit, order: Order, aim: DecisionRef, decide_by: datetime, now: datetime) -> Transfer:
    """Give the calls more time: move the deadline, at most to the legal limit of the hold. Nothing is released."""
    with ReviewFile(unit, order, now) as work:
        glass = demand_or_glass(work.staff, Right.EXTEND)
        transfer = _aimed(work, aim)
        if transfer.state is not TransferState.PENDING:
            raise ConflictError("transfer", f"the transfer is already {transfer.state}")
        if decide_by <= transfer.decide_by:
            raise ConflictError("decide_by", "a window can be extended, but not shortened")
        if decide_by > transfer.hold_max:
            raise ConflictError("decide_by", "must not be later than the legal limit of the hold")
        act = work.record(Act.EXTENDED, transfer, decide_by=decide_by.isoformat(), break_glass=glass)
        _alarm(work, glass=glass)
        settles = settle_at(transfer.flagged_at, decide_by, unit.policy.tempo)
        extended = extend_standing_hold(work.file, replace(transfer, decide_by=decide_by, settle_at=settles), act.name)
        use_more_time(work.file, extended)
        unit.wakes.add("settle")
    return extended


def release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """Release a transfer where one person suffices; otherwise record a request that waits for a second person."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        # Locks the customer. Otherwise two simultaneous releases in two of their cases would each take the other
        # transfer for still held, and a warning in another case might neither be seen nor see the release.
        unit.customers.lock(work.file.case.customer_id)
        binds = binds_now(unit, work.file.case, work.transfer(aim.transfer_id))
        work.in_hand()
        transfer = _releasable(work, aim, binds)
        waiting = unit.reviews.asked(transfer.id)
        if waiting is not None:
            if lapse_reason(unit, waiting, binds, now) is None:
                raise ConflictError("transfer", "a release was asked for already; a second person confirms it")
            close_wish(work, waiting, ApprovalState.LAPSED)
        if not (aim.two_said or two_needed(unit, work.file.case, transfer, now)):
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
                binds=binds,
                asked_by=work.staff.id,
                name=act.name,
                person=act.person,
                asked_at=now,
                expires_at=now + unit.policy.review.second_within,
            )
        )
        # The second person must be able to claim the case.
        work.give_back()
    return Released.SECOND_NEEDED


def confirm_release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """Confirm a release as the second person, who must differ from the first, for the very same transfer."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        # Locks the customer. A warning in another of their cases locks the customer too, and then looks for
        # released transfers: either we see the warning, or it sees the release.
        unit.customers.lock(work.file.case.customer_id)
        asked = _asked(work, aim)
        binds = binds_now(unit, work.file.case, work.transfer(aim.transfer_id))
        why = lapse_reason(unit, asked, binds, now)
        if why is not None:
            close_wish(work, asked, ApprovalState.LAPSED)
            return Released(why)
        if same_person(work.staff.person, asked.person):
            raise ConflictError("person", "a second person must confirm, not the one who asked")
        work.in_hand()
        transfer = _releasable(work, aim, binds)
        act = work.record(Act.RELEASED, transfer, approval=asked.id)
        close_wish(work, asked, ApprovalState.USED)
        apply_release(work, transfer, f"{asked.name}+{act.name}")
    return Released.RELEASED


def refuse_release(unit: Unit, order: Order, aim: DecisionRef, now: datetime) -> Released:
    """Refuse a release request, as a second person or as the first. The transfer stays on hold and is no longer
    released automatically, even if it was cooling."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        asked, transfer = _asked(work, aim), work.transfer(aim.transfer_id)
        work.record(Act.RELEASE_REFUSED, transfer, approval=asked.id)
        close_wish(work, asked, ApprovalState.REFUSED)
        guard_one(work.file, transfer)
    return Released.REFUSED


def two_needed(unit: Unit, case: Case, transfer: Transfer, now: datetime) -> bool:
    """True if releasing this transfer now takes two persons."""
    return needs_two(transfer, case.tier, unit.reviews.day_of(transfer, now - DAY), unit.policy)


def _aimed(work: ReviewFile, aim: DecisionRef) -> Transfer:
    transfer = work.transfer(aim.transfer_id)
    if transfer.sequence != aim.sequence:
        raise ConflictError("version", "there is a newer decision; look at it again")
    return transfer


def _releasable(work: ReviewFile, aim: DecisionRef, binds: str) -> Transfer:
    transfer = _aimed(work, aim)
    if transfer.state is not TransferState.HELD or work.now >= transfer.hold_max:
        raise ConflictError("transfer", "only a transfer that is on hold can be released")
    if aim.binds is not None and aim.binds != binds:
        raise ConflictError("version", "what a release rests on has changed since this page was made; look at it again")
    return transfer


def _asked(work: ReviewFile, aim: DecisionRef) -> Approval:
    asked = work.unit.reviews.asked(aim.transfer_id)
    if asked is None or asked.case_id != work.file.case.id:
        raise ConflictError("transfer", "this release is no longer asked for")
    return asked


def lapse_reason(unit: Unit, asked: Approval, binds: str, now: datetime) -> str | None:
    """Return why this request is no longer valid, or None. `binds`: what the release is bound to now."""
    if not stands_behind(unit, asked.asked_by):
        return Released.WITHDRAWN
    return why_lapsed(asked, binds, now)


def stands_behind(unit: Unit, staff_id: StaffId) -> bool:
    """True if the person who requested a release may still release. An account may be closed because it was
    compromised."""
    who = unit.staff.get(staff_id)
    return who.disabled_at is None and may(who.role, Right.RELEASE)


def close_wish(work: ReviewFile, approval: Approval, state: ApprovalState) -> None:
    """Close a release request; the timeline records how it ended."""
    work.unit.reviews.save_approval(replace(approval, state=state, answered_at=work.now))
    work.file.note("approval_closed", work.staff.name, transfer=approval.transfer_id, approval=approval.id, state=state)


def apply_release(work: ReviewFile, transfer: Transfer, names: str) -> None:
    """Allow the transfer, under the names of those who released it."""
    doubtful = in_doubt(work.file, transfer)
    record_decision(work.file, transfer, Verdict(ruling=Ruling.ALLOW, reason=RELEASED_BY_PERSON), names)
    if doubtful and not work.file.noted(ASKED):
        # The core has not answered the hold that recalled an allow, and no answer to it will end the review any more.
        clear_follow_up(work.file)
    settle_file(work.file)
    answered_by_release(work)


def _alarm(work: ReviewFile, *, glass: bool) -> None:
    if glass:
        work.unit.wakes.add(alarm("break_glass"))
