"""Decide whether what the customer said makes a rung of the ladder unnecessary."""

from __future__ import annotations

from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Contact, Evidence, Outcome
from wakeup.domain.rung import RungKind
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import CaseFile

SPOKEN_TO = "spoken_to"
_SECOND_OPINIONS = frozenset(
    {RungKind.TEXT_GUARDIAN, RungKind.CALL_GUARDIAN, RungKind.HUMAN_AGENT, RungKind.POLICE_HANDOFF}
)
"""Rungs that ask somebody besides the customer, whom the scammer may have told what to say to us."""


def spoken_to(file: CaseFile, kind: RungKind) -> bool:
    """True if the customer was reached, and nothing they said calls for this rung."""
    return any(e.contact is Contact.RIGHT_PARTY and _spares(file, e, kind) for e in heard_here(file))


def spoken_of(file: CaseFile) -> frozenset[TransferId]:
    """Return the transfers that an earlier conversation of this case has named to the right party."""
    return frozenset().union(*(e.named for e in heard_here(file)))


def _spares(file: CaseFile, evidence: Evidence, kind: RungKind) -> bool:
    """True if this evidence makes the rung unnecessary. An answer that all is well counts only for the transfers
    it was about, and above the medium tier it never replaces a second opinion: a coached answer must not lead to
    less protection than no answer."""
    if evidence.outcome is not Outcome.CONSISTENT:
        return Effect.NEXT_RUNG not in effects_of(evidence.outcome, file.case.tier)
    if kind in _SECOND_OPINIONS and file.case.tier is not Tier.MEDIUM:
        return False
    return all(t.id in evidence.named for t in file.pending())
