"""The timeline in plain words: one sentence per kind of note, in the viewer's language."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from wakeup.domain.outcome import Contact, questions_answered
from wakeup.usecases.records import Note
from wakeup.web.console.i18n import Look

KINDS = {
    "case_opened": "The bank flagged a transfer, and the case was opened.",
    "transfer_joined": "Another transfer of the same customer joined the case.",
    "event_again": "The bank flagged the same transfer again.",
    "other_payment": "The bank sent another amount or payee for the same transfer; only a human can release it.",
    "other_payment_after_allow": "The bank sent another amount or payee after the transfer had been allowed.",
    "tier_raised": "The risk was raised from {before} to {after}.",
    "tier_raised_after_allow": "The risk was raised after the transfer had been allowed.",
    "attempt_planned": "Call {n} was planned for {due_at}.",
    "attempt_claimed": "A node claimed the call.",
    "attempt_canceled": "A planned call was cancelled: {reason}.",
    "attempt_suppressed": "A planned call was not made: {reason}.",
    "appointment_not_kept": "The callee was told a time, and the call was not made; a human must call them.",
    "attempt_postponed": "The call was moved to {due_at}, within calling hours there.",
    "attempt_waits": "The call waits, because this number is on a call already.",
    "quiet_hours_overridden": "Called outside calling hours, because the risk is critical.",
    "call_intended": "The call was handed to the phone company.",
    "call_bound": "The phone company confirmed the call.",
    "call_accept": "The call was accepted.",
    "call_ring": "The phone rings.",
    "call_answer": "Somebody picked up.",
    "call_end": "The call ended: {disposition}.",
    "call_unknown": "It is not known whether the call was placed; the phone company is asked.",
    "call_not_found": "The phone company knows no such call.",
    "call_not_sent": "The call could not be sent and is tried again.",
    "call_refused": "The phone company refused the call (code {code}).",
    "call_vanished": "The call vanished at the phone company.",
    "stranger_cut": "An unexpected call was ended.",
    "ghost_ring": "A call surfaced after it had been given up, and was ended.",
    "lease_lost": "A node lost its claim on the call; it was planned again.",
    "detected": "Answering machine detection: {by_machine}.",
    "talk_begun": "The conversation began: script {script}, version {version}.",
    "turn": "Turn {n}, at {node}: {act}.",
    "learned": "Outcome: {outcome}, from {contact}, score {score} of 4.",
    "script_fault": "The script ran into a fault.",
    "talk_unreadable": "The conversation of this call cannot be read any more, and nothing more is learned from it.",
    "script_gone": "The script version of this conversation is no longer available.",
    "contested": "The customer objected to the hold in the bank's app.",
    "cooling": "The transfer is in its cooling period before release.",
    "cooling_ended": "The cooling period was ended.",
    "release_waits": "The release waits until a talk with an agent is recorded.",
    "heard_late": "pressed or said something while hanging up; it arrived after the end of the call.",
    "hold_ends": "The hold ends at {hold_max}; then the payment is refused.",
    "promise_late": "A human was due by {due_at}, and the case still waits for one.",
    "decided": "Decision {sequence}: {ruling}, because {reason}.",
    "ladder_ended": "No more calls: {reason}.",
    "calls_back": "Automated calls were resumed.",
    "case_moved": "The case went from {before} to {after}.",
    "transfer_closed": "The bank closed the transfer: {state}.",
    "confirmed_in_app": "The customer confirmed it in the bank's app.",
    "tap_left_out": "A confirmation in the bank's app does not count: {reason}.",
    "window_extended": "The bank extended the window until {decide_by}.",
    "labelled": "Later truth: {label}.",
    "early_news_ignored": "An event that arrived before its transfer could not be used.",
    "number_named": "The bank sent a number of the customer; none was known before.",
    "other_number": "The bank sent another number for the same customer.",
    "family_risk": "The bank says that the danger may be in the family.",
    "line_suspicious": "The line is suspicious ({doubts}); it is not called automatically.",
    "line_suspicious_after_allow": "The line turned out to be suspicious after a transfer had been allowed.",
    "call_in_expected": "The customer started a call to the bank in the app; one call until {until} is counted as it.",
    "call_in_matched": "called the bank, as announced by the app.",
    "call_in_asked_person": "called the bank and asked for a human.",
    "call_in_after_allow": "called the bank about a payment that was allowed already.",
    "callback_wished": "asked to be called back at {due_at}.",
    "guardian_after_allow": "A guardian is worried after the transfer was allowed.",
    "allow_called_back": "The payment core had not acknowledged the release, so it is being revoked.",
    "recall_arrived": "The payment core has accepted the hold; the release is revoked.",
    "recall_failed": "The payment core has not revoked the release; ask the bank.",
    "released_after_cancel": "The customer cancelled the payment, but the bank paid it out; ask the bank.",
    "warned_after_allow": "A warning came after a transfer of this case had been allowed.",
    "guardian_asked": "A guardian is asked by text.",
    "guardian_answered": "answered on the phone: {answer}.",
    "guardian_declined": "does not want guardians to be told.",
    "guardian_not_called": "No guardian is called: {reason}.",
    "guardian_left_out": "A guardian is left out: {reason}.",
    "guardian_not_asked": "No guardian is asked: {reason}.",
    "guardian_opted_out": "wants no more messages.",
    "guardian_passed_over": "A guardian is passed over: {reason}.",
    "guardian_replied": "replied: {answer}.",
    "guardian_silent": "The guardian did not reply in time.",
    "guardian_wrote": "wrote something that could not be understood.",
    "guardian_change_waits": "The bank changed a guardian; the change takes effect at {due_at}.",
    "guardian_not_told": "The old contact is not told: {reason}.",
    "guardian_withdrew": "does not want to be asked any more.",
    "guardian_wished": "The script requested that a guardian be told.",
    "recording_asked": "The callee is asked whether the call may be recorded.",
    "recording_agreed": "agreed to the recording of the call.",
    "recording_refused": "did not agree; the call continues unrecorded.",
    "recording_begun": "The recording of the call begins.",
    "call_recorded": "The call is recorded: {seconds} seconds.",
    "words_deleted": "Speech and messages were deleted, because their retention had expired.",
    "customer_erased": "The customer was erased; names, numbers and words are deleted for good.",
    "key_lost": "The customer's key was given up as lost; names, numbers and words from before are unreadable.",
    "recording_deleted": "The recording was deleted, because its retention had expired.",
    "listening_asked": "asked to join the call: {way}.",
    "listening_begun": "is in the call: {way}.",
    "listening_changed": "changed the way of listening: {way}.",
    "listening_over": "left the call.",
    "message_recorded": "left a message of {seconds} seconds.",
    "person_answered": "A colleague picked up.",
    "person_joined": "A colleague joined the call.",
    "company_wished": "wants a guardian to join the call.",
    "room_entered": "was sent to the conference.",
    "meeting_over": "is back with the script; the conference: {how}.",
    "person_left": "The colleague left the call.",
    "person_rung": "A colleague is called.",
    "hand_over_begun": "is on the line, waiting for a colleague.",
    "agent_offered": "An agent is called.",
    "agents_busy": "No agent is free now.",
    "agent_missed": "The agent missed the call; {missed} in a row.",
    "agent_turn": "A colleague's call, turn {n}: {node}.",
    "hand_over_given_up": "No agent took the call; {tried} were called.",
    "talk_with_person_over": "The call with a colleague is over.",
    "room_stranger": "An unknown call was removed from the conference.",
    "asked_in_vain": "asked for a human and reached none.",
    "call_owed": "is owed a call: the talk did not reach the customer to its end.",
    "cannot_talk": "cannot talk freely and may be overheard; a human must follow up another way by {due_at}.",
    "person_wanted": "A human must follow up by {due_at}.",
    "police_wanted": "The police must be told by {due_at}.",
    "review_wanted": "A review is due by {due_at}: {reason}.",
    "rungs_canceled": "The rest of the ladder is cancelled: {reason}.",
    "rungs_left_out": "Rungs are skipped, because the window is too short.",
    "rung_taken": "Rung: {rung}.",
    "rung_hurried": "No guardian is left to ask, so this starts at once: {rung}.",
    "no_rung_hurried": "No guardian is left to ask, and no other rung can start now.",
    "rung_skipped": "Rung skipped: {rung}, {reason}.",
    "sender_rests": "The sending number is paused for a while.",
    "queued_at_provider": "The phone company queued this call for {seconds} s before dialling; calls are slowed down.",
    "slowed_down": "The phone company asked for fewer calls per second.",
    "sms_planned": "A text message is planned.",
    "sms_postponed": "The text message waits until {due_at}.",
    "sms_sending": "The text message is handed to the phone company.",
    "sms_bound": "The phone company accepted the text message.",
    "sms_unknown": "It is not known whether the text message was sent; the phone company is asked.",
    "sms_suppressed": "The text message is not sent.",
    "sms_stranger": "A status of an unknown text message was ignored.",
    "sms_sent": "The text message was sent.",
    "sms_delivered": "The text message arrived.",
    "sms_failed": "The text message did not arrive.",
    "review_claimed": "claimed the case.",
    "review_given_back": "gave the case back.",
    "review_noted": "wrote a note.",
    "review_held": "held the transfer: {reason}.",
    "review_extended": "extended the window until {decide_by}: {reason}.",
    "review_release_asked": "asked for a release: {reason}.",
    "review_release_refused": "refused the release: {reason}.",
    "review_released": "released the transfer: {reason}.",
    "review_labelled": "set the later truth: {label}.",
    "review_sent_to_police": "put the case into the police queue: {reason}.",
    "review_checked": "checked the outcome: {reason}.",
    "review_taken_over": "took over the case and its calls: {reason}.",
    "review_rung_again": "had a number called again.",
    "review_guardian_asked": "had a guardian asked.",
    "review_followed_up": "followed up: {reason}.",
    "review_contested": "recorded that the customer objects: {reason}.",
    "review_contest_answered": "answered the objection, the hold stays: {reason}.",
    "review_listened": "listened to a recording of {seconds} seconds.",
    "review_talked": "talked to the customer; outcome: {outcome}.",
    "review_guardian_brought": "had a guardian called into the call; the customer agreed.",
    "guest_joined": "joined the call.",
    "guest_over": "left the call.",
    "review_handed_on": "handed the customer on to another colleague.",
    "review_unmasked": "unmasked personal data: {reason}.",
    "approval_closed": "closed the request to release: {state}.",
}
"""Any other kind is shown by its own name and its data."""
UNSCORED = "Outcome: {outcome}, from {contact}."
"""What was learned without the questions of a script."""
STEPS = frozenset({
    "attempt_planned", "attempt_claimed", "attempt_waits", "call_intended", "call_bound", "call_accept", "call_ring",
    "call_answer", "call_unknown", "call_not_found", "call_not_sent", "stranger_cut", "ghost_ring", "lease_lost",
    "detected", "turn", "agent_turn", "recording_asked", "recording_begun", "room_entered", "room_stranger",
    "meeting_over", "person_rung", "agent_offered", "agents_busy", "rungs_canceled", "rungs_left_out", "rung_taken",
    "rung_hurried", "no_rung_hurried", "rung_skipped", "guardian_left_out", "sender_rests",
    "queued_at_provider", "slowed_down", "early_news_ignored", "sms_planned", "sms_postponed", "sms_sending",
    "sms_bound", "sms_unknown", "sms_suppressed", "sms_stranger", "sms_sent",
})  # fmt: skip
"""Kinds that only say how the service went about it. The page folds them away."""
_VOCABULARY = {
    "before": "state", "after": "state", "reason": "reason", "disposition": "disposition", "outcome": "outcome",
    "contact": "contact", "ruling": "ruling", "state": "state", "label": "label", "act": "act", "way": "way",
    "doubts": "doubt", "by_machine": "answered_by", "rung": "rung", "answer": "answer", "how": "how",
    "turn.node": "node", "agent_turn.node": "agent_node",
}  # fmt: skip
"""The vocabulary of a note's field, by the field's name, or by its name in one kind of note."""
_TIMES = {"due_at", "decide_by", "until", "hold_max"}
BY = {
    "system": "Wakeup", "callee": "The callee", "bank": "The bank", "guardian": "The guardian", "person": "A colleague",
}  # fmt: skip


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentence(note: Note, look: Look) -> str:
    said = UNSCORED if note.kind == "learned" and not _scored(note) else KINDS.get(note.kind)
    if said is None:
        facts = ", ".join(f"{key} {value}" for key, value in note.data.items())
        return f"{note.kind.replace('_', ' ')}: {facts}" if facts else note.kind.replace("_", " ")
    filled = _Filled({key: _shown(note.kind, key, value, look) for key, value in note.data.items()})
    return look.say(said).format_map(filled)


def _scored(note: Note) -> bool:
    """True if the callee answered the questions of a script, as `Evidence.scored` says of what was learned."""
    score, outcome = note.data.get("score"), str(note.data.get("outcome"))
    if score is None or note.by != "callee" or note.data.get("contact") == Contact.GUARDIAN:
        return False
    return questions_answered(outcome, Decimal(str(score)))


def by(note: Note, look: Look) -> str:
    """Return who did it; a supervisor by name."""
    return who(note.by, look)


def lacks_subject(note: Note) -> bool:
    """True if the sentence begins after its subject, which is who did it."""
    return not KINDS.get(note.kind, "")[:1].isupper()


def who(name: str, look: Look) -> str:
    """Return an actor: a kind of actor in words, any other by name."""
    return look.say(BY[name]) if name in BY else name


def _shown(kind: str, key: str, value: Any, look: Look) -> str:
    if key in _TIMES and isinstance(value, str):
        return look.time(datetime.fromisoformat(value))
    words = _VOCABULARY.get(f"{kind}.{key}") or _VOCABULARY.get(key)
    if words and isinstance(value, list | tuple):
        return look.say(", ").join(look.word(words, str(one)) for one in value)
    return look.word(words, str(value)) if words and value is not None else str(value)
