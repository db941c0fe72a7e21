"""The later truth about a transfer, whoever tells it: the bank, or a supervisor at the console."""

from __future__ import annotations

from wakeup.usecases.case.people import guard_one
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Label

SCAM = "scam"


def keep_truth(file: CaseFile, truth: Label) -> None:
    """Keep it beside the case. It changes no decision, but what is known for a scam is released by people only."""
    file.unit.records.label(truth)
    if truth.label == SCAM:
        guard_one(file, next(t for t in file.transfers() if t.id == truth.transfer_id))
