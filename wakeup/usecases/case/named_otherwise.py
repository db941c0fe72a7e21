"""What the bank names otherwise than before, such as another amount or number, is noted once, however often it is
repeated."""

from __future__ import annotations

from wakeup.domain.ids import TransferId
from wakeup.usecases.casefile import CaseFile

MARK = 3
"""Letters of the mark, of six bits each. It tells apart what is named for one transfer. It identifies no number, not
even for whoever has the index key: the timeline stays when a customer is erased."""


def mark_of_news(file: CaseFile, kind: str, transfer_id: str, what: str) -> str | None:
    """Return a mark of what was named for this transfer. None if a note of this kind has it already."""
    mark = file.unit.index(kind, f"{transfer_id}\0{what}").partition(".")[2][:MARK]
    timeline = file.unit.views.timeline(file.case.id)
    noted = ((note.kind, note.data.get("transfer"), note.data.get("named")) for _, _, note in timeline)
    return None if (kind, TransferId(transfer_id), mark) in noted else mark
