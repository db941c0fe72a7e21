"""Evidence: what a callee's, guardian's or agent's words, keys or answers say is stored with the case and read
back."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import EvidenceId
from wakeup.domain.outcome import CALLS_FOR_HELP, PROTECTIVE, Evidence
from wakeup.usecases.case.human_talk_notes import after_human_talks
from wakeup.usecases.casefile import INSTANT, CaseFile
from wakeup.usecases.records import Fact


def new_evidence_id(file: CaseFile) -> EvidenceId:
    return EvidenceId(file.unit.ids.new("evi"))


def record_evidence(file: CaseFile, who: str, evidence: Evidence, /, **told: Fact) -> None:
    """Record evidence, and a timeline row with the additional facts `told`: ids, enums and numbers only."""
    file.unit.talks.add_evidence(_after_all_it_is_about(file, evidence), file.case.id)
    file.note("learned", who, evidence=evidence.id, contact=evidence.contact, outcome=evidence.outcome, **told)


def _after_all_it_is_about(file: CaseFile, evidence: Evidence) -> Evidence:
    """Return a warning dated not before the customer's newest transfer, and a call for help after the last contact of
    staff with the customer and after their talks with agents, of which a record may come late.

    These were there before it, but the clock may have been set back since, or be that of another node. What compares
    the times later would miss the warning.
    """
    if evidence.outcome not in PROTECTIVE:
        return evidence
    # Locks the customer, so that a transfer that comes at this moment comes before or after.
    file.unit.customers.lock(file.case.customer_id)
    after = [evidence.at, file.unit.transfers.newest_at(file.case.customer_id)]
    if evidence.outcome in CALLS_FOR_HELP and evidence.by is None:
        contact_at = file.unit.reviews.last_contact_at(file.case.id, evidence.id)
        after += [contact_at and contact_at + INSTANT, after_human_talks(file.unit, file.case.id)]
    return replace(evidence, at=max(at for at in after if at is not None))


def heard_here(file: CaseFile) -> list[Evidence]:
    """Return the evidence of this case, oldest first. The customer's other cases do not count."""
    # The date only limits what is read of the other cases.
    found = file.unit.talks.evidence(file.case, file.now)
    return [evidence for case_id, evidence in found if case_id == file.case.id]
