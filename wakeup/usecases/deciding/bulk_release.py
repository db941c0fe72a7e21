"""Bulk release of what one risk model flagged in a span of time: requested by one person, confirmed by another, and
carried out a few transfers per transaction.

A transfer that changed since the request is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.bulk import MOST, BulkRelease, BulkReleaseItem, BulkState, exclusion_reason
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CustomerId, TransferId
from wakeup.domain.review import REASONS, Act, ApprovalState, Reason, Review
from wakeup.domain.staff import Right, Staff, StaffId, demand, same_person
from wakeup.domain.transfer import Transfer
from wakeup.usecases.acting import acting
from wakeup.usecases.case.guard import guarded_from_outside
from wakeup.usecases.case.in_human_talk import is_in_human_talk
from wakeup.usecases.deciding.overrule import apply_release, close_wish, stands_behind
from wakeup.usecases.deciding.release_basis import binds_now, digest_of
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

TICKET = re.compile(r"[0-9A-Za-z._-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What one model flagged from `since` (inclusive) to `until` (exclusive)."""

    model: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The transfers a bulk release would contain, and why the others are left out."""

    takes: tuple[Transfer, ...]
    left_out: Mapping[str, int]
    binds: Mapping[TransferId, str]
    """What the release of each is bound to."""
    more: bool
    """There are more transfers than one request may contain."""

    @property
    def digest(self) -> str:
        """A hash of all that the request is bound to."""
        return digest_of(self.binds.items())


def preview(unit: Unit, span: Span, now: datetime) -> Preview:
    takes, left_out, more = _found(unit, span, now)
    return Preview(takes=takes, left_out=left_out, binds=_binds(unit, takes), more=more)


def _found(unit: Unit, span: Span, now: datetime) -> tuple[tuple[Transfer, ...], Mapping[str, int], bool]:
    """Return what a request would contain, how many transfers are left out for which reason, and whether there are more
    than one request may contain."""
    found = unit.bulk.held(span.model, span.since, span.until, MOST + 1)
    takes: list[Transfer] = []
    left_out: Counter[str] = Counter()
    for transfer in found[:MOST]:
        reason = _why_not(unit, transfer, now)
        if reason is None:
            takes.append(transfer)
        else:
            left_out[reason] += 1
    return tuple(takes), dict(left_out), len(found) > MOST


def _binds(unit: Unit, takes: Sequence[Transfer]) -> Mapping[TransferId, str]:
    found = ((one, unit.views.case(one.case_id)) for one in takes)
    return {one.id: binds_now(unit, case, one) for one, case in found if case is not None}


def ask_bulk(
    unit: Unit, by: StaffId, span: Span, reason: Reason | None, ticket: str, seen: str, now: datetime
) -> BulkRelease:
    """Record the first person's request. `seen`: the digest of the preview they were shown. Raises ConflictError
    naming the field at fault."""
    who = acting(unit, by, Right.RELEASE)
    if reason is None or reason not in REASONS[Act.RELEASED]:
        raise ConflictError("reason", "choose a reason")
    if not TICKET.fullmatch(ticket):
        raise ConflictError("ticket", "must be a ticket number: letters, digits and ._-")
    takes, _, _ = _found(unit, span, now)
    if not takes:
        raise ConflictError("version", "no transfer on hold can be released in this way")
    binds = _locked_binds(unit, takes)
    if digest_of(binds.items()) != seen:
        raise ConflictError("version", "the list has changed meanwhile; look at it again")
    wish = BulkRelease(
        id=unit.ids.new("blk"), model=span.model, since=span.since, until=span.until, reason=reason, ticket=ticket,
        asked_by=who.id, name=who.name, person=who.person, asked_at=now,
        expires_at=now + unit.policy.review.second_within,
    )  # fmt: skip
    unit.bulk.add(wish)
    for transfer in takes:
        bound = binds[transfer.id]
        unit.bulk.add_member(
            BulkReleaseItem(wish_id=wish.id, transfer_id=transfer.id, case_id=transfer.case_id, binds=bound)
        )
    unit.admin.add("bulk_asked", who.name, now, staff=who.id, bulk=wish.id, transfers=len(takes), reason=reason)
    unit.wakes.add("board")
    return wish


def _locked_binds(unit: Unit, takes: Sequence[Transfer]) -> Mapping[TransferId, str]:
    """Lock the cases, and return what the releases are bound to from then on. Ordered by customer, which is the order
    in which batches of events lock."""
    cases = {}
    for transfer in sorted(takes, key=lambda one: (one.customer_id, one.case_id)):
        cases[transfer.id] = unit.cases.lock(transfer.case_id)
    locked = {one.id: unit.transfers.get(one.id) or one for one in takes}
    return {one: binds_now(unit, cases[one], transfer) for one, transfer in locked.items()}


def confirm_bulk(unit: Unit, by: StaffId, wish_id: str, now: datetime) -> BulkRelease:
    """Record the second person's confirmation. Nothing is released yet; see `release_some`."""
    who, wish = _answering(unit, by, wish_id)
    if now >= wish.expires_at:
        raise ConflictError("bulk", "the request is too old; ask again")
    _stood_behind(unit, wish)
    if same_person(who.person, wish.person):
        raise ConflictError("bulk", "a second person must confirm, not the one who asked")
    unit.admin.add("bulk_confirmed", who.name, now, staff=who.id, bulk=wish.id)
    return _answer(unit, wish, BulkState.CONFIRMED, who, now)


def refuse_bulk(unit: Unit, by: StaffId, wish_id: str, now: datetime) -> BulkRelease:
    """Refuse the request as a second person, or withdraw it as the first."""
    who, wish = _answering(unit, by, wish_id)
    unit.admin.add("bulk_refused", who.name, now, staff=who.id, bulk=wish.id)
    return _answer(unit, wish, BulkState.REFUSED, who, now)


def release_some(unit: Unit, by: StaffId, wish_id: str, most: int, now: datetime) -> int:
    """Release the next few transfers of a confirmed request. Returns how many are left.

    Possible only for as long as a confirmation lasts.
    """
    wish = _wish(unit, wish_id)
    if wish.state is not BulkState.CONFIRMED or wish.answered_at is None:
        raise ConflictError("bulk", "this has not been confirmed")
    if now >= wish.answered_at + unit.policy.review.second_within:
        raise ConflictError("bulk", "the request is too old; ask again")
    _stood_behind(unit, wish)
    waiting = [member for member in unit.bulk.members(wish.id) if member.done_at is None]
    for member in _locked(unit, waiting[:most]):
        left_out = _release(unit, by, wish, member, now)
        unit.bulk.save_member(replace(member, done_at=now, left_out=left_out))
    return max(0, len(waiting) - most)


def _locked(unit: Unit, members: Sequence[BulkReleaseItem]) -> Iterator[BulkReleaseItem]:
    """Yield members by customer, in the order in which batches of events lock: the customer's cases first, then the
    customer.

    So a concurrent warning in another of the customer's cases is either seen here, or sees what was released.
    """
    theirs = defaultdict[CustomerId, list[BulkReleaseItem]](list)
    for member in members:
        transfer = unit.transfers.get(member.transfer_id)
        assert transfer is not None
        theirs[transfer.customer_id].append(member)
    for customer_id in sorted(theirs):
        for member in theirs[customer_id]:
            unit.cases.lock(member.case_id)
        unit.customers.lock(customer_id)
        yield from theirs[customer_id]


def _release(unit: Unit, by: StaffId, wish: BulkRelease, member: BulkReleaseItem, now: datetime) -> str | None:
    order = Order(staff_id=by, case_id=member.case_id, version=0, reason=wish.reason, text=wish.ticket)
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        transfer = work.transfer(member.transfer_id)
        reason = _why_not(unit, transfer, now)
        if reason is not None or binds_now(unit, work.file.case, transfer) != member.binds:
            return reason or "changed"
        asked = unit.reviews.asked(transfer.id)
        if asked is not None:
            close_wish(work, asked, ApprovalState.LAPSED)
        work.record(Act.RELEASED, transfer, bulk=wish.id)
        apply_release(work, transfer, f"{wish.name}+{wish.answered_by}")
    return None


def _why_not(unit: Unit, transfer: Transfer, now: datetime) -> str | None:
    case = unit.views.case(transfer.case_id)
    if case is None:
        return "not_held"
    lessons = [evidence for _, evidence in unit.talks.evidence(case, transfer.flagged_at)]
    review = unit.reviews.get(case.id) or Review(case_id=case.id)
    if guarded_from_outside(unit, transfer):
        transfer = replace(transfer, guarded=True)
    in_talk = is_in_human_talk(unit, transfer.customer_id, now)
    return exclusion_reason(transfer, case, lessons, review, now, in_talk=in_talk)


def _answering(unit: Unit, by: StaffId, wish_id: str) -> tuple[Staff, BulkRelease]:
    who = acting(unit, by, Right.RELEASE)
    wish = _wish(unit, wish_id)
    if wish.state is not BulkState.ASKED:
        raise ConflictError("bulk", "this request was answered already")
    return who, wish


def _stood_behind(unit: Unit, wish: BulkRelease) -> None:
    if not stands_behind(unit, wish.asked_by):
        raise ConflictError("bulk", "the person who asked for it may no longer release; ask again")


def _wish(unit: Unit, wish_id: str) -> BulkRelease:
    wish = unit.bulk.lock(wish_id)
    if wish is None:
        raise NotFoundError("no such request")
    return wish


def _answer(unit: Unit, wish: BulkRelease, state: BulkState, who: Staff, now: datetime) -> BulkRelease:
    answered = replace(wish, state=state, answered_by=who.name, answered_at=now)
    unit.bulk.save(answered)
    unit.wakes.add("board")
    return answered
