"""Everything known about one case, in one snapshot, for the human who works on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.case import Case
from wakeup.domain.confirmation import Confirmation
from wakeup.domain.decision import Decision, Effect
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import AttemptId, CaseId, TransferId
from wakeup.domain.outcome import PROTECTIVE, Evidence
from wakeup.domain.party import CUSTOMER_ROLES, Party, Payee
from wakeup.domain.review import Act, Approval, Review, ReviewAct, holder, reaches_about, taken_back, taken_over
from wakeup.domain.sms import Sms
from wakeup.domain.staff import Staff, StaffId
from wakeup.domain.to_do import AUTOMATIC_EFFECTS, is_cleared, to_do, unheld_for
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.usecases.case.follow_up import ASKED, BROKEN_PROMISE, was_promised
from wakeup.usecases.case.human_talk_notes import TimelineRow
from wakeup.usecases.conversation.transcripts import Transcript, transcripts_and_damaged
from wakeup.usecases.deciding.overrule import lapse_reason, two_needed
from wakeup.usecases.deciding.recall import may_be_recalled
from wakeup.usecases.deciding.release_basis import ReleaseBasis, basis_of, digest_of
from wakeup.usecases.records import Label, Note
from wakeup.usecases.repositories.retention import LegalHold
from wakeup.usecases.repositories.views import BesideRow
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    transfer: Transfer
    payee: Payee = field(repr=False)
    """Empty if the customer was erased, or while their key cannot be read."""
    decisions: tuple[Decision, ...]
    labels: tuple[Label, ...]
    asked: Approval | None
    """A release that waits for a second person, who may still confirm it."""
    two_needed: bool
    in_doubt: bool
    """An allow was recalled, and the payment core has acknowledged nothing since."""
    binds: str
    """What a release is bound to as of this view; empty unless it can be released."""
    guarded_beside: bool
    """It is held, and another payment of the customer that only staff may release concerns it."""
    other: frozenset[str]
    """Names of the fields for which the bank has named other values since. Those of the transfer are the first."""
    recallable: bool
    """True if it is allowed and the payment core has not acknowledged that, so a hold by hand may still be in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    case: Case
    review: Review
    holder: Staff | None
    """The account that has claimed the case now."""
    taken_over: bool
    """The holder has taken over the calls from the machine."""
    transfers: tuple[TransferView, ...]
    parties: tuple[Party, ...] = field(repr=False)
    attempts: tuple[Attempt, ...]
    talks: tuple[Transcript, ...] = field(repr=False)
    damaged: frozenset[AttemptId]
    """Calls whose conversation cannot be read any more although the customer's key can."""
    confirmations: tuple[Confirmation, ...]
    texts: tuple[Sms, ...] = field(repr=False)
    evidence: tuple[Evidence, ...]
    evidence_beside: tuple[tuple[CaseId, Evidence], ...]
    """What was said in the customer's other cases since the transfers of this one were flagged."""
    timeline: tuple[tuple[int, datetime, Note], ...]
    beside: tuple[BesideRow, ...]
    """Rows of the customer's other cases that speak against a release from this one."""
    acts: tuple[ReviewAct, ...] = field(repr=False)
    agents_began: tuple[tuple[StaffId, datetime], ...]
    """Which agents began to talk with this case, and when."""
    hold_basis: str
    second_within: timedelta
    """How long a release waits for its second person."""
    forgotten: Mapping[str, datetime]
    """Deletion times of deleted recordings, by recording SID."""
    legal_hold: LegalHold | None
    words_deleted: datetime | None
    """When the transcripts were deleted, if they were."""
    waits: bool
    """True if the customer called for help in a call, could not talk freely or asked for a human on our line, and no
    human has talked to them since."""
    erased: datetime | None
    """When the customer was erased, if so: names, numbers, transcripts and SMS are gone."""
    unreadable: bool
    """This node cannot open the customer's key, so it shows nothing that is encrypted."""

    @property
    def without_key(self) -> bool:
        """True if nothing can be shown or written down that is encrypted under the customer's key."""
        return self.erased is not None or self.unreadable

    def to_do(self, one: TransferView) -> Sequence[Effect]:
        """Return what humans still have to do by the decision in force; empty while there is nothing to do."""
        states = {other.transfer.id: (other.transfer.state, other.in_doubt) for other in self.transfers}
        unheld = {} if self.case.unheld_at is None else unheld_for(states, self._cleared(self.case.unheld_at))
        newest = one.decisions[-1]
        stand = [act for act in self.acts if not taken_back(act, self.acts, self.agents_began)]
        reached_at = max((act.at for act in stand if reaches_about(act, one.transfer.id)), default=None)
        followed_up_at = max((act.at for act in self.acts if act.act is Act.FOLLOWED_UP), default=None)
        left = to_do(
            one.transfer.state, newest.effects, newest.decided_at, reached_at, followed_up_at,
            unheld=unheld.get(one.transfer.id),
        )  # fmt: skip
        if unheld.get(one.transfer.id) is not None and self.waits:
            # Both: otherwise the record that the bank was asked would end both.
            left |= {Effect.PERSON}
        return sorted(left - AUTOMATIC_EFFECTS)

    @property
    def warned_beside(self) -> bool:
        """True if something in the customer's other cases speaks against a release from this one."""
        return bool(self.beside) or any(one.outcome in PROTECTIVE for _, one in self.evidence_beside)

    @property
    def newest_beside(self) -> Sequence[tuple[CaseId, datetime, Note | None, Evidence | None]]:
        """What the customer's other cases say, row or evidence, the newest first."""
        rows = [(case_id, at, note, None) for case_id, _, at, note in self.beside]
        heard = [(case_id, one.at, None, one) for case_id, one in self.evidence_beside]
        return sorted((*rows, *heard), key=lambda one: one[1], reverse=True)

    @property
    def binds(self) -> str:
        """A hash of what the releases of the case's transfers rest on."""
        return digest_of((one.transfer.id, one.binds) for one in self.transfers)

    @property
    def customer_waits(self) -> bool:
        """True if the customer was promised a call or asked for one; false if staff only have to look at the case."""
        return self.waits or self._waits_in_vain or any(Effect.PERSON in self.to_do(one) for one in self.transfers)

    @property
    def _waits_in_vain(self) -> bool:
        """True if the customer was told when they are called, that call was not made, and no human has called since."""
        since = self.review.person_wanted_at
        theirs = {party.id for party in self.parties if party.role in CUSTOMER_ROLES}
        calls = {call.id for call in self.attempts if call.party_id in theirs}
        return since is not None and any(
            note.kind == BROKEN_PROMISE and note.data["attempt"] in calls and at >= since
            for _, at, note in self.timeline
        )

    def _cleared(self, since: datetime) -> Collection[TransferId]:
        newest = [(one.transfer.id, one.decisions[-1]) for one in self.transfers]
        return {one for one, decision in newest if is_cleared(decision.ruling, decision.decided_at, since)}


def read_case(unit: Unit, case_id: CaseId, now: datetime) -> CaseView:
    """Return the view of a case. Raises NotFoundError. For an erased customer, or one whose key this node cannot open,
    it contains only what holds none of their words."""
    case = unit.views.case(case_id)
    if case is None:
        raise NotFoundError("no such case")
    review = unit.reviews.get(case.id) or Review(case_id=case.id)
    has = holder(review, now)
    transfers = tuple(unit.transfers.of_case(case.id))
    heard = unit.talks.evidence(case, min((t.flagged_at for t in transfers), default=now))
    timeline = tuple(unit.views.timeline(case.id))
    basis = basis_of(unit, case, timeline, heard)
    erased = _newest(timeline, "customer_erased")
    unreadable = erased is None and not unit.customers.can_be_read(case.customer_id)
    closed = erased is not None or unreadable
    talks, damaged = ([], frozenset[AttemptId]()) if unreadable else transcripts_and_damaged(unit.talks, case.id)
    return CaseView(
        case=case,
        review=review,
        holder=None if has is None else unit.staff.get(has),
        taken_over=taken_over(review, now),
        transfers=tuple(
            _transfer(unit, basis, transfer, now, timeline, _payee(unit, transfer, shown=not closed))
            for transfer in transfers
        ),
        parties=() if closed else tuple(unit.parties.of_case(case)),
        attempts=tuple(unit.attempts.of_case(case.id)),
        talks=tuple(talks),
        damaged=damaged,
        confirmations=tuple(unit.confirmations.of_case(case.id)),
        texts=() if closed else tuple(unit.texts.of_case(case.id)),
        evidence=tuple(evidence for where, evidence in heard if where == case.id),
        evidence_beside=tuple(one for one in heard if one[0] != case.id),
        timeline=timeline,
        beside=tuple(basis.beside),
        acts=() if erased else tuple(unit.reviews.acts(case.id, case.customer_id)),
        agents_began=tuple(
            (one.agent, one.joined_at)
            for one in unit.hand_overs.of_case(case_id)
            if one.agent is not None and one.joined_at is not None
        ),
        hold_basis=unit.policy.hold_basis,
        second_within=unit.policy.review.second_within,
        legal_hold=unit.retention.legal_hold(case.customer_id),
        words_deleted=_newest(timeline, "words_deleted"),
        waits=erased is None
        and (_asked_for_person(review, timeline) or was_promised(unit, case, [e for at, e in heard if at == case.id])),
        erased=erased,
        unreadable=unreadable,
        forgotten={r.sid: r.deleted_at for r in unit.recordings.of_case(case_id) if r.deleted_at is not None},
    )


def count_notes(unit: Unit, case_id: CaseId) -> int:
    """Return how many notes stand in the timelines of the case and of its customer's other cases. Zero if there is no
    such case."""
    case = unit.views.case(case_id)
    return 0 if case is None else unit.views.count_notes(case.customer_id)


def _asked_for_person(review: Review, timeline: Sequence[tuple[int, datetime, Note]]) -> bool:
    return review.person_wanted_at is not None and any(note.kind in ASKED for _, _, note in timeline)


def _newest(timeline: Sequence[tuple[int, datetime, Note]], kind: str) -> datetime | None:
    return max((at for _, at, note in timeline if note.kind == kind), default=None)


def _payee(unit: Unit, transfer: Transfer, *, shown: bool) -> Payee:
    return unit.transfers.payee(transfer) if shown else Payee(account="")


def _transfer(
    unit: Unit, basis: ReleaseBasis, transfer: Transfer, now: datetime, timeline: Sequence[TimelineRow], payee: Payee
) -> TransferView:
    held = transfer.state is TransferState.HELD
    guarded_beside = held and unit.transfers.guarded_beside(transfer)
    binds = basis.binds(transfer, guarded_beside=guarded_beside) if held else ""
    return TransferView(
        transfer=transfer,
        payee=payee,
        decisions=tuple(unit.views.decisions(transfer.id)),
        labels=tuple(unit.views.labels(transfer.id)),
        asked=_asked(unit, transfer, binds, now),
        two_needed=two_needed(unit, basis.case, transfer, now),
        binds=binds,
        guarded_beside=guarded_beside,
        other=_other(timeline, transfer),
        in_doubt=unit.outbox.in_doubt(transfer.id),
        recallable=may_be_recalled(unit, transfer),
    )


def _other(timeline: Sequence[TimelineRow], transfer: Transfer) -> frozenset[str]:
    named = (note.data for _, _, note in timeline if note.kind == "other_payment")
    return frozenset(
        str(field)
        for data in named
        if data["transfer"] == transfer.id and isinstance(fields := data["fields"], list | tuple)
        for field in fields
    )


def _asked(unit: Unit, transfer: Transfer, binds: str, now: datetime) -> Approval | None:
    """Return the pending release request. A lapsed one is closed by the next person who acts; until then it must
    not stand in their way."""
    asked = unit.reviews.asked(transfer.id)
    if asked is None or lapse_reason(unit, asked, binds, now) is not None:
        return None
    return asked
