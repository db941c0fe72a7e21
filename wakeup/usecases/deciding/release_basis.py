"""What a release rests on, as one hash: on the page from which it is sent, as a request that waits for a second person,
and in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Evidence
from wakeup.domain.review import binding
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.human_talk_notes import TimelineRow
from wakeup.usecases.repositories.views import BesideRow
from wakeup.usecases.review.objections import against_beside, against_release
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBasis:
    """What was read of a case and of its customer, once for all transfers of the case."""

    case: Case
    against: Sequence[int]
    """Numbers of the rows of the case's timeline that speak against a release."""
    heard: Sequence[tuple[CaseId, Evidence]]
    """The evidence of the case, and of the customer's other cases at least since its transfers were flagged."""
    beside: Sequence[BesideRow]
    """The rows of the customer's other cases that speak against a release."""

    def binds(self, transfer: Transfer, *, guarded_beside: bool) -> str:
        """Return what a release of this transfer of the case is bound to."""
        counts = [
            evidence.id
            for case_id, evidence in self.heard
            if case_id == self.case.id or evidence.at >= transfer.flagged_at
        ]
        beside = {f"row {n} of {case_id}" for case_id, n, _, _ in self.beside}
        if guarded_beside:
            beside.add("guard")
        return binding(transfer, self.case.tier, counts, self.against, beside)


def basis_of(
    unit: Unit, case: Case, timeline: Iterable[TimelineRow], heard: Sequence[tuple[CaseId, Evidence]]
) -> ReleaseBasis:
    """Return the basis, given what was read of the case before."""
    beside = against_beside(unit.views.timelines_beside(case), case.tier)
    return ReleaseBasis(case=case, against=against_release(timeline, case.tier), heard=heard, beside=beside)


def binds_now(unit: Unit, case: Case, transfer: Transfer) -> str:
    """Return what a release of this transfer is bound to, as of now."""
    heard = unit.talks.evidence(case, transfer.flagged_at)
    basis = basis_of(unit, case, unit.views.timeline(case.id), heard)
    return basis.binds(transfer, guarded_beside=unit.transfers.guarded_beside(transfer))


def digest_of(binds: Iterable[tuple[TransferId, str]]) -> str:
    """Return a hash of what the releases of several transfers are bound to, in whatever order they are given."""
    return sha256("".join(f"{transfer_id}\0{bound}\0" for transfer_id, bound in sorted(binds)).encode()).hexdigest()
