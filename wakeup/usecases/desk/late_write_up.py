"""What came after a human talk before the agent wrote it up."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import CALLS_FOR_HELP, Evidence
from wakeup.domain.review import OF_ONE_TRANSFER, Act, Reason, ReviewAct, reaches
from wakeup.usecases.case.follow_up import BEGINS_A_WAIT
from wakeup.usecases.case.human_talk_notes import ENDS_A_HUMAN_TALK, WRITTEN_UP, TimelineRow, rows_since, write_ups_of
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import INSTANT, CaseFile
from wakeup.usecases.records import Fact, Note

OWED = "call_owed"


def waits_since(file: CaseFile, timeline: Sequence[TimelineRow], human_talk: HandOver) -> bool:
    """True if the customer has begun to wait for a human since this conversation ended. What an agent recorded of a
    conversation that was over by then, this one included, is no such beginning."""
    since = rows_since(timeline, human_talk)
    ended = {_named(note) for _, _, note in since if note.kind in ENDS_A_HUMAN_TALK}
    human_talks = file.unit.hand_overs.of_case(file.case.id)
    later = {(one.attempt_id, one.n) for one in human_talks if one.ended_at is None or (one.attempt_id, one.n) in ended}
    calls = {call for call, _ in later}
    records = [note for _, _, note in timeline if note.kind == WRITTEN_UP]
    of_earlier = {note.data.get("evidence") for note in records if _is_of_none(note, later)}
    learned = {note.data.get("evidence") for _, _, note in since if note.kind == "learned"} - of_earlier
    if any(one.id in learned and _asks(file, one, human_talk, calls) for one in heard_here(file)):
        return True
    notes = [note for _, _, note in since if note.kind in BEGINS_A_WAIT]
    return any(note.kind != OWED or _named(note) in later for note in notes)


def said_reached(record: Note) -> bool:
    """True if the customer was reached by this record."""
    return reaches(Act.TALKED, Reason(str(record.data["reason"])))


def spoken_to_since(file: CaseFile, timeline: Sequence[TimelineRow], human_talk: HandOver) -> bool:
    """True if a human has talked to the customer since this conversation. A release is no talk, and neither is what was
    recorded since of this conversation or of one before it, which is dated then."""
    ended_at, own = human_talk.ended_at, {note.data["act"] for note in write_ups_of(timeline, human_talk)}
    since = {note.data.get("act") for _, _, note in rows_since(timeline, human_talk)} - own
    others = [act for act in _acts(file) if act.id in since and act.act not in OF_ONE_TRANSFER]
    return ended_at is not None and any(act.at >= ended_at and reaches(act.act, act.reason) for act in others)


def date_of_late(file: CaseFile, human_talk: HandOver, records: Iterable[Note]) -> datetime | None:
    """Return the date of a record that comes late: the end of its conversation, after its earlier records. So what has
    come since stays newer. None while the conversation goes on."""
    own = {note.data["act"] for note in records}
    if human_talk.ended_at is None:
        return None
    return max((human_talk.ended_at, *(act.at + INSTANT for act in _acts(file) if act.id in own)))


def _acts(file: CaseFile) -> Sequence[ReviewAct]:
    return file.unit.reviews.acts(file.case.id, file.case.customer_id)


def _named(note: Note) -> tuple[Fact, Fact]:
    return note.data.get("attempt"), note.data.get("n")


def _is_of_none(record: Note, human_talks: Container[tuple[Fact, Fact]]) -> bool:
    """True if this record names its conversation, and it is none of these."""
    return None not in _named(record) and _named(record) not in human_talks


def _asks(file: CaseFile, evidence: Evidence, human_talk: HandOver, later: Container[AttemptId | None]) -> bool:
    """True if this evidence promises the customer a human. The wish that led to the conversation is evidence only
    when its call is over. `later`: the calls in which an agent talked later."""
    if evidence.by is not None and evidence.attempt_id not in later:
        return False
    if evidence.by is None and evidence.attempt_id == human_talk.attempt_id:
        return evidence.outcome in CALLS_FOR_HELP
    return Effect.PERSON in effects_of(evidence.outcome, file.case.tier)
