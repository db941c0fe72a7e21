"""The law of recording calls.

Where a notice suffices, a call is recorded once the notice was heard to its end. Where all parties must agree, a key
is asked for first, and a callee who does not press it is talked to all the same, unrecorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from wakeup.domain.attempt import LIVE, Attempt
from wakeup.domain.errors import NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Contact
from wakeup.domain.policy import Consent
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.nodes import prompts_of
from wakeup.ivr.turn import SPEECH_PAUSE_S, Answered, AnsweredBy, Input, Keys, Listen, Silence, Speech, Turn
from wakeup.ivr.wording import speaking_ms
from wakeup.usecases.case.served_turn import record_turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.recording_retention import register_recording
from wakeup.usecases.conversation.store_scripts import script_of
from wakeup.usecases.records import CallEvent, Talk
from wakeup.usecases.unit import Unit

AGREED, REFUSED, BEGUN, MISSED = "recording_agreed", "recording_refused", "recording_begun", "recording_notice_missed"
"""Flags of a conversation."""
UNRECORDED = "unrecorded"
"""The variable that lets a script say the right words after a refusal."""
MADE = "call_recorded"
"""The kind of the timeline note that records a recording."""
YES, ASKS = "1", "consent"
ASKS_S = 6
_NOBODY = frozenset({Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER})
_MACHINES = frozenset({AnsweredBy.MACHINE, AnsweredBy.FAX})


def ask_first(file: CaseFile, attempt: Attempt, talk: Talk) -> Turn | None:
    """Return the consent question that comes before everything else where the law asks for a key; None elsewhere."""
    if _law(file, attempt) is not Consent.KEY or attempt.answered_by in _MACHINES:
        return None
    conversation = talk.conversation
    words = file.unit.speaker.asks_to_record(conversation.language)
    listen = Listen(timeout_s=ASKS_S, speech=False)
    turn = Turn(n=0, node=ASKS, utterances=words, listen=listen, language=conversation.language)
    file.unit.talks.save(replace(talk, state=replace(conversation, turns=1).to_json(), turns=1))
    record_turn(file, attempt.id, turn, "answered")
    file.note("recording_asked", attempt=attempt.id)
    return turn


def hear_consent(file: CaseFile, attempt: Attempt, talk: Talk, given: Input) -> tuple[Talk, Input]:
    """Process the answer to the consent question; the script then begins as if the call had just been picked up.
    Anything but the key is a refusal."""
    if talk.turns != 1 or not isinstance(given, Keys | Speech | Silence):
        return talk, given
    conversation = talk.conversation
    if conversation.node:
        return talk, given
    said = AGREED if isinstance(given, Keys) and given.digits == YES else REFUSED
    file.note(said, "callee", attempt=attempt.id)
    # Any key proves a live person: a machine verdict that comes later is wrong.
    heard = replace(conversation, live=conversation.live or (isinstance(given, Keys) and given.digits != ""))
    by = AnsweredBy(attempt.answered_by) if attempt.answered_by else AnsweredBy.UNKNOWN
    return _with(talk, heard, said), Answered(by)


def goes_unrecorded(file: CaseFile, attempt: Attempt, talk: Talk | None) -> bool:
    """True if the callee refused, or was rung for a person who waits on the line and has refused."""
    if talk is not None and _flagged(talk, REFUSED):
        return True
    return attempt.promised and any(_flagged(other, REFUSED) for other in _other_talks(file, attempt))


def may_meet(one: Talk, other: Talk) -> bool:
    """True if the two may be joined in a conference: a person who refused is never joined with a line that is being
    recorded."""
    refused, begun = ((_flagged(one, mark), _flagged(other, mark)) for mark in (REFUSED, BEGUN))
    return not ((refused[0] and begun[1]) or (begun[0] and refused[1]))


def begin_recording(file: CaseFile, attempt: Attempt, talk: Talk, given: Input) -> tuple[Talk, bool]:
    """Decide whether recording starts now, once per call: the callee has heard the notice, or agreed, and is there."""
    if not isinstance(given, Keys | Speech | Silence) or _flagged(talk, BEGUN) or _flagged(talk, REFUSED):
        return talk, False
    law = _law(file, attempt)
    if law is Consent.NOTICE:
        talk = _hear_notice(file, talk, given)
    conversation = talk.conversation
    told = law is Consent.NOTICE and MISSED not in conversation.flags
    allowed = told or (law is Consent.KEY and AGREED in conversation.flags)
    if not allowed or not conversation.node or conversation.contact in _NOBODY:
        return talk, False
    if goes_unrecorded(file, attempt, talk):
        return talk, False
    file.note(BEGUN, attempt=attempt.id)
    return _with(talk, conversation, BEGUN), True


def _hear_notice(file: CaseFile, talk: Talk, given: Keys | Speech | Silence) -> Talk:
    """Remember whether the callee heard the notice to its end. A key or a word over it cuts it short; whoever hears the
    first words again, hears it again."""
    conversation = talk.conversation
    if not _says_notice(file, conversation):
        return talk
    if _cut_short(file, talk, given):
        return _with(talk, conversation, MISSED)
    heard = replace(conversation, flags=conversation.flags - {MISSED})
    return talk.with_conversation(heard) if _flagged(talk, MISSED) else talk


def _says_notice(file: CaseFile, conversation: Conversation) -> bool:
    """True if the last turn began with the script's first words, which say that the call is recorded."""
    if not conversation.said:
        return False
    if conversation.turns == 1:
        return True
    try:
        script = script_of(file.unit, conversation).script
    except NotFoundError:
        # The turn will say goodbye; the recording must not fail it.
        return False
    entries = {script.entry.human, script.entry.unknown, script.entry.screener or script.entry.unknown}
    return conversation.said[:1] in {prompts_of(script.nodes[name])[:1] for name in entries}


def _cut_short(file: CaseFile, talk: Talk, given: Keys | Speech | Silence) -> bool:
    """True if the callee pressed a key or spoke before the first words were over."""
    if isinstance(given, Silence) or (isinstance(given, Keys) and not given.digits):
        return False
    spoken = file.unit.talks.turn(talk.attempt_id, talk.customer_id, talk.turns - 1)
    if spoken is None:
        return True
    pause = timedelta(seconds=SPEECH_PAUSE_S if isinstance(given, Speech) else 0)
    notice = timedelta(milliseconds=speaking_ms(Turn.from_json(spoken.turn).utterances[0].text))
    return file.now - talk.turned_at - pause < notice


def is_recorded(file: CaseFile, attempt: Attempt) -> bool:
    """True if the recording of this call was begun."""
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    return talk is not None and _flagged(talk, BEGUN)


def as_refused(file: CaseFile, turn: Turn, after: Conversation) -> Turn:
    """Add the "not recorded" announcement to an older script's first turn after a refusal, because its words say
    that the call is recorded."""
    if turn.n != 1 or REFUSED not in after.flags or UNRECORDED in script_of(file.unit, after).script.variables:
        return turn
    return replace(turn, utterances=(*file.unit.speaker.to_customer("unrecorded", turn.language), *turn.utterances))


def keep_recording(
    unit: Unit, attempt_id: AttemptId, call_sid: str, recording: str, seconds: int, now: datetime
) -> None:
    """Record that a recording exists: from now on it can be listened to. A repeated report is recorded once."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        event = CallEvent(
            call_sid=call_sid, source="recording", sequence=0, event=recording, attempt_id=attempt.id,
            customer_id=case.customer_id, received_at=now, raw="",
        )  # fmt: skip
        if attempt.call_sid != call_sid:
            return
        if unit.records.call_event(event):
            file.note(MADE, attempt=attempt.id, recording=recording, seconds=seconds)
        # For an erased customer no event is stored, but the phone company still has the voice, so the recording
        # must be deleted.
        register_recording(file, attempt, recording)


def _other_talks(file: CaseFile, attempt: Attempt) -> Iterator[Talk]:
    """Yield the other conversations of this case that are in progress."""
    for other in file.calls():
        if other.id != attempt.id and other.state in LIVE:
            talk = file.unit.talks.get(other.id, file.case.customer_id)
            if talk is not None and not talk.finished:
                yield talk


def _flagged(talk: Talk, flag: str) -> bool:
    """True if the conversation has this flag. The text search alone is not enough, because the callee's words and
    names in the script are in the same JSON."""
    return flag in talk.state and flag in talk.conversation.flags


def _with(talk: Talk, conversation: Conversation, flag: str) -> Talk:
    return talk.with_conversation(replace(conversation, flags=conversation.flags | {flag}))


def _law(file: CaseFile, attempt: Attempt) -> Consent | None:
    if not file.unit.policy.recording:
        # Avoids decrypting the party's number on every turn.
        return None
    party = file.unit.parties.get(attempt.party_id, file.case.customer_id)
    return file.unit.policy.recording.get(party.region)
