"""Staff work on cases: claim, give back, note, check, hand to the police, unmask. An act based on an older version
of the case is rejected, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.party import Party, Payee
from wakeup.domain.review import REASONS, Act, Reason, Review, ReviewAct, holder, reaches, reaches_about
from wakeup.domain.staff import PersonId, Right, Staff, StaffId, demand, same_person
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.promised_call import end_kept_promise
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.resume_calls import resume_calls
from wakeup.usecases.records import Fact, Note
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import pages_of

MAX_TEXT = 2000
_ACTS = frozenset(f"review_{act}" for act in Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a staff member at the console wants done to a case, and the version of the case that they saw."""

    staff_id: StaffId
    case_id: CaseId
    version: int
    reason: Reason | None = None
    text: str = field(default="", repr=False)
    seen: int | None = None
    """How many rows of the timeline the page showed. None if the order comes from no page of the case."""


class ReviewFile:
    """One case in the hands of one staff member: `with ReviewFile(unit, order, now) as work:`.

    Raises NotFoundError or ForbiddenError; ConflictError names the field at fault.
    """

    def __init__(self, unit: Unit, order: Order, now: datetime) -> None:
        self.unit, self.order, self.now = unit, order, now
        self.staff: Staff = unit.staff.get(order.staff_id)
        self.file = CaseFile(unit, unit.cases.lock(order.case_id), now)

    @property
    def review(self) -> Review:
        return self.file.review

    def __enter__(self) -> Self:
        self.file.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.unit.wakes.update(pages_of(self.order.case_id))
        self.file.__exit__(kind, error, trace)

    def unchanged(self) -> None:
        """Raise ConflictError if the case was worked on since this staff member looked at it."""
        if self.order.version == self.review.version:
            return
        last = self.last_act()
        if last is not None and same_person(PersonId(str(last.data.get("person"))), self.staff.person):
            # Perhaps they pressed the button twice.
            raise ConflictError("version", "you have changed this case yourself meanwhile; look at it again")
        raise ConflictError("version", "somebody else has changed this case meanwhile; look at it again")

    def last_act(self) -> Note | None:
        """Return the timeline row of what staff did last on this case, whenever it is dated. It opens no sealed words,
        which may be erased or lost."""
        told = (note for _, _, note in reversed(self.unit.views.timeline(self.file.case.id)))
        return next((note for note in told if note.kind in _ACTS), None)

    def in_hand(self) -> None:
        """Raise ConflictError unless this staff member claimed the case and still holds it."""
        self.unchanged()
        if holder(self.review, self.now) != self.staff.id:
            raise ConflictError("claim", "claim the case first")

    def transfer(self, transfer_id: TransferId) -> Transfer:
        found = next((t for t in self.file.transfers() if t.id == transfer_id), None)
        if found is None:
            raise NotFoundError("no such transfer in this case")
        return found

    def record(
        self,
        act: Act,
        transfer: Transfer | None = None,
        /,
        *,
        dated: datetime | None = None,
        waits_on: bool = False,
        **data: Fact,
    ) -> ReviewAct:
        """Record the act with the case and in its timeline, count up the version, and extend the claim.

        `dated`: when it was, if not now. `waits_on`: the customer has begun to wait for a human since.
        """
        done = self.write(act, transfer, dated=dated, **data)
        self.file.update_review(replace(self.review, version=self.review.version + 1))
        about_all = all(reaches_about(done, t.id) for t in self.file.open_transfers())
        if reaches(act, done.reason) and about_all and not waits_on:
            self.file.update_review(replace(self.review, person_wanted_at=None))
        end_kept_promise(self.file)
        if holder(self.review, self.now) == self.staff.id:
            self.keep()
        return done

    def write(
        self, act: Act, transfer: Transfer | None = None, /, *, dated: datetime | None = None, **data: Fact
    ) -> ReviewAct:
        """Record an act that changes nothing a staff member may have on screen: the version stays."""
        codes = REASONS.get(act)
        if codes is not None and self.order.reason not in codes:
            raise ConflictError("reason", "choose a reason")
        text = self.order.text.strip()
        if codes is not None and self.order.reason is Reason.OTHER and not text:
            raise ConflictError("text", "give the reason in a sentence")
        if text and is_unreadable(self.file):
            raise ConflictError("text", "the customer's key cannot be read, so no words can be kept; leave it empty")
        if len(text) > MAX_TEXT:
            raise ConflictError("text", f"at most {MAX_TEXT} characters")
        done = ReviewAct(
            id=self.unit.ids.new("act"),
            case_id=self.file.case.id,
            customer_id=self.file.case.customer_id,
            transfer_id=None if transfer is None else transfer.id,
            act=act,
            reason=self.order.reason if codes is not None else None,
            by=self.staff.id,
            name=self.staff.name,
            person=self.staff.person,
            at=dated or self.now,
            text=text,
        )
        self.unit.reviews.add_act(done)
        told: dict[str, Fact] = {"act": done.id, "person": self.staff.person}
        if transfer is not None:
            told["transfer"] = transfer.id
        if done.reason is not None:
            told["reason"] = done.reason
        self.file.note(f"review_{act}", self.staff.name, **told, **data)
        return done

    def keep(self) -> None:
        """Let the claim last from this act on."""
        until = self.now + self.unit.policy.review.lock
        self.file.update_review(replace(self.review, claimed_by=self.staff.id, claimed_until=until))

    def give_back(self) -> None:
        self.file.update_review(replace(self.review, claimed_by=None, claimed_until=None))


def claim(unit: Unit, order: Order, now: datetime) -> Review:
    """Claim the case, or extend the claim. Raises ConflictError while another staff member holds it."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.CLAIM)
        has = holder(work.review, now)
        if has is not None and has != work.staff.id:
            raise ConflictError("claim", "somebody else has claimed this case")
        work.keep()
        if has is None:
            # The claim of the staff member who had taken the calls over has lapsed; this is a new claim.
            resume_calls(work.file)
            work.record(Act.CLAIMED)
    return work.review


def give_back(unit: Unit, order: Order, now: datetime) -> Review:
    """End the claim. If this staff member had taken the calls over, the automated calls resume."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.CLAIM)
        work.in_hand()
        work.record(Act.GIVEN_BACK)
        work.give_back()
        resume_calls(work.file)
    return work.review


def add_note(unit: Unit, order: Order, now: datetime) -> Review:
    """Add a remark for other staff. The case need not be claimed."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.NOTE)
        if not order.text.strip():
            raise ConflictError("text", "write something")
        if not _is_sent_twice(work):
            work.record(Act.NOTED)
    return work.review


def _is_sent_twice(work: ReviewFile) -> bool:
    """True if the last act is this very note, and the page is from before it."""
    last = work.last_act() if work.order.version != work.review.version else None
    if last is None or last.kind != f"review_{Act.NOTED}":
        return False
    acts = work.unit.reviews.acts(work.file.case.id, work.file.case.customer_id)
    said = next(((act.by, act.text) for act in acts if act.id == last.data["act"]), None)
    return said == (work.staff.id, work.order.text.strip())


def send_to_police(unit: Unit, order: Order, now: datetime) -> Review:
    """Put the case into the police queue. From then on no timer releases what it holds."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.SEND_TO_POLICE)
        work.in_hand()
        if work.review.police_at is not None:
            raise ConflictError("version", "this case is in the police queue already")
        work.record(Act.SENT_TO_POLICE)
        work.file.update_review(replace(work.review, police_at=now))
        guard(work.file)
    return work.review


def check(unit: Unit, order: Order, now: datetime) -> Review:
    """Record a quality check: whether the outcome was right. It changes nothing and is stored beside the outcome."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.CLAIM)
        if order.reason is not None and order.reason is not Reason.AGREED and not order.text.strip():
            raise ConflictError("text", "say what was wrong")
        work.record(Act.CHECKED)
    return work.review


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """Personal data of one case, shown to one staff member once."""

    parties: tuple[Party, ...] = field(repr=False)
    payees: Mapping[TransferId, Payee] = field(repr=False)


def unmask(unit: Unit, order: Order, now: datetime) -> Revealed:
    """Return names, numbers and payees, and record who saw them and why."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.UNMASK)
        work.record(Act.UNMASKED)
        parties = tuple(work.file.parties())
        payees = {t.id: unit.transfers.payee(t) for t in work.file.transfers()}
    return Revealed(parties=parties, payees=payees)
