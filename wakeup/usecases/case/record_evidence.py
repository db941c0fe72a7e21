"""Evidence: what a callee's, guardian's or agent's words, keys or answers say is stored with the case and read
back."""

from __future__ import annotations

from wakeup.domain.ids import EvidenceId
from wakeup.domain.outcome import Evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Fact


def new_evidence_id(file: CaseFile) -> EvidenceId:
    return EvidenceId(file.unit.ids.new("evi"))


def record_evidence(file: CaseFile, who: str, evidence: Evidence, /, **told: Fact) -> None:
    """Record evidence, and a timeline row with the additional facts `told`: ids, enums and numbers only."""
    file.unit.talks.add_evidence(evidence, file.case.id)
    file.note("learned", who, evidence=evidence.id, contact=evidence.contact, outcome=evidence.outcome, **told)


def heard_here(file: CaseFile) -> list[Evidence]:
    """Return the evidence of this case, oldest first. The customer's other cases do not count."""
    # The date only limits what is read of the other cases.
    found = file.unit.talks.evidence(file.case, file.now)
    return [evidence for case_id, evidence in found if case_id == file.case.id]
