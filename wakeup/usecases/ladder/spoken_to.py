"""Does what the customer said make a rung of the ladder needless?"""

from __future__ import annotations

from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Contact, Evidence, Outcome
from wakeup.domain.rung import RungKind
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.casefile import CaseFile

SPOKEN_TO = "spoken_to"
_SECOND_OPINIONS = frozenset(
    {RungKind.TEXT_GUARDIAN, RungKind.CALL_GUARDIAN, RungKind.HUMAN_AGENT, RungKind.POLICE_HANDOFF}
)
"""Somebody besides the customer, who may have been told what to say to us."""


def spoken_to(file: CaseFile, kind: RungKind) -> bool:
    """The customer was reached, and nothing in what they said asks for this rung."""
    since = min(t.flagged_at for t in file.transfers())
    heard = [e for case_id, e in file.unit.talks.evidence(file.case, since) if case_id == file.case.id]
    return any(e.contact is Contact.RIGHT_PARTY and _spares(file, e, kind) for e in heard)


def spoken_of(file: CaseFile) -> frozenset[TransferId]:
    """Those that an earlier talk of this case has named to the right party."""
    heard = file.unit.talks.evidence(file.case, file.now)
    return frozenset().union(*(e.named for case_id, e in heard if case_id == file.case.id))


def _spares(file: CaseFile, evidence: Evidence, kind: RungKind) -> bool:
    """This answer makes the rung needless. That all is well is believed of the payments it was said about, and never
    instead of somebody else's opinion where much is at stake: a coached answer must not protect less than none."""
    if evidence.outcome is not Outcome.CONSISTENT:
        return Effect.NEXT_RUNG not in effects_of(evidence.outcome, file.case.tier)
    if kind in _SECOND_OPINIONS and file.case.tier is not Tier.MEDIUM:
        return False
    return all(t.id in evidence.named for t in file.transfers() if t.state is TransferState.PENDING)
