"""The case file: one locked case and its review while a use case works on them. Its notes are written to the timeline
at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from wakeup.domain.attempt import Attempt
from wakeup.domain.case import CASE_TRANSITIONS, Case, CaseEvent, CaseState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.party import Party, Role
from wakeup.domain.review import Review
from wakeup.domain.states import move
from wakeup.domain.transfer import STILL_OPEN, Transfer, TransferState
from wakeup.usecases.records import Fact, Note
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

INSTANT = timedelta(microseconds=1)
"""The least difference between two stored times."""


class CaseFile:
    """A locked case. Used as `with CaseFile(unit, case, now) as file:`; notes and changes are stored on a clean
    exit only."""

    def __init__(self, unit: Unit, case: Case, now: datetime, *, new: bool = False) -> None:
        self.unit, self.case, self.now = unit, case, now
        self._new = new
        self._changed = False
        self._notes: list[Note] = []
        self._transfers: dict[TransferId, Transfer] | None = None
        self._review: Review | None = None
        self._review_is_new = self._review_changed = False

    def note(self, kind: str, by: str = "system", /, **data: Fact) -> None:
        """Add a row to the timeline. Ids, enums and numbers only."""
        self._notes.append(Note(kind=kind, by=by, data=data))

    def notes_now(self, kinds: frozenset[str]) -> bool:
        """True if this use case adds a note of one of these kinds to the timeline."""
        return any(note.kind in kinds for note in self._notes)

    def noted(self, kinds: frozenset[str]) -> bool:
        """True if the timeline has a note of one of these kinds, or gets one from this use case."""
        return self.notes_now(kinds) or bool(kinds & self.unit.records.kinds(self.case.id))

    def alarm(self, kind: str, by: str = "system", /, **data: Fact) -> None:
        """Add a row to the timeline, and raise the operator alert of the same name."""
        self.note(kind, by, **data, alarm=True)
        self.unit.wakes.add(alarm(kind))

    def update(self, case: Case) -> None:
        """Take the changed case. It is stored at the end."""
        self.case = case
        self._changed = True

    @property
    def review(self) -> Review:
        """The case as staff work on it. Every part of the use case sees what another part has changed in it."""
        if self._review is None:
            found = self.unit.reviews.get(self.case.id)
            self._review_is_new = found is None
            self._review = Review(case_id=self.case.id) if found is None else found
        return self._review

    def update_review(self, review: Review) -> None:
        """Take the changed review. It is stored at the end."""
        self._review = review
        self._review_changed = True

    def move(self, event: CaseEvent) -> None:
        """Apply an event to the case's state. Raises IllegalTransitionError when the table has no such transition.

        Settling begins the retention period and ends every wait for a human; leaving `settled` stops the retention
        period.
        """
        state = move(CASE_TRANSITIONS, self.case.state, event)
        self.note("case_moved", before=self.case.state, after=state)
        if state is CaseState.SETTLED:
            self.unit.retention.begin(self.case, self.now)
        elif self.case.state is CaseState.SETTLED:
            self.unit.retention.stop(self.case.id)
        self.update(replace(self.case, state=state))
        if state is CaseState.SETTLED:
            self.update(replace(self.case, unheld_at=None, person_due_at=None, person_late_at=None))

    def transfers(self) -> list[Transfer]:
        """Return the case's transfers in their current state, oldest first."""
        if self._transfers is None:
            self._transfers = {t.id: t for t in self.unit.transfers.of_case(self.case.id)}
        return list(self._transfers.values())

    def open_transfers(self) -> list[Transfer]:
        """Return the transfers that are pending or held: what is learned still counts for them, and people may
        decide."""
        return [t for t in self.transfers() if t.state in STILL_OPEN]

    def pending(self) -> list[Transfer]:
        """Return the transfers that are not decided yet."""
        return [t for t in self.transfers() if t.state is TransferState.PENDING]

    def held(self) -> list[Transfer]:
        return [t for t in self.transfers() if t.state is TransferState.HELD]

    def calls(self) -> Sequence[Attempt]:
        """Return the case's attempts as they are stored now, oldest first."""
        return self.unit.attempts.of_case(self.case.id)

    def parties(self, *roles: Role) -> Sequence[Party]:
        """Return the case's parties as they are stored now: those with one of these roles, or all if none is named."""
        found = self.unit.parties.of_case(self.case)
        return [party for party in found if party.role in roles] if roles else found

    def role_of(self, call: Attempt) -> Role:
        """Return the role of the callee. Decrypts nothing."""
        return self.unit.parties.role_of(call.party_id)

    @property
    def began_at(self) -> datetime:
        """When the first of its transfers was flagged; now for a case that has none yet."""
        return min((t.flagged_at for t in self.transfers()), default=self.now)

    def put(self, transfer: Transfer) -> Transfer:
        """Store a changed transfer."""
        self.unit.transfers.save(transfer)
        if self._transfers is not None:
            self._transfers[transfer.id] = transfer
        return transfer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            return
        if self._notes:
            self.case = self.unit.records.extend(self.case, self._notes, self.now)
            self.unit.wakes.add("board")
        if self._review_changed:
            reviews = self.unit.reviews
            if self._review_is_new:
                reviews.add(self.review)
            else:
                reviews.save(self.review)
        if self._new:
            self.unit.cases.add(self.case)
        elif self._changed:
            self.unit.cases.save(self.case)
        elif self._notes:
            self.unit.cases.save_head(self.case)
