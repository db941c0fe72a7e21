"""The timeline in plain words: one sentence per kind of note, in the viewer's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wakeup.usecases.records import Note
from wakeup.web.console.i18n import Look

KINDS = {
    "case_opened": "The bank flagged a transfer, and the case was opened.",
    "transfer_joined": "Another transfer of the same customer joined the case.",
    "event_again": "The bank flagged the same transfer again.",
    "other_payment": "The bank named another amount or payee for the same transfer; people alone release it.",
    "other_payment_after_allow": "The bank named another amount or payee after the transfer had been allowed.",
    "tier_raised": "The risk was raised from {before} to {after}.",
    "tier_raised_after_allow": "The risk was raised after the transfer had been allowed.",
    "attempt_planned": "Call {n} was planned for {due_at}.",
    "attempt_claimed": "A node took the call on.",
    "attempt_canceled": "A planned call was cancelled: {reason}.",
    "attempt_suppressed": "A planned call is not made: {reason}.",
    "attempt_postponed": "The call was moved to {due_at}, when phones may ring there.",
    "attempt_waits": "The call waits: this number is on the line already.",
    "quiet_hours_overridden": "Rung outside calling hours, because the risk is critical.",
    "call_intended": "The call was handed to the phone company.",
    "call_bound": "The phone company confirmed the call.",
    "call_accept": "The call was accepted.",
    "call_ring": "The phone rings.",
    "call_answer": "Somebody picked up.",
    "call_end": "The call ended: {disposition}.",
    "call_unknown": "Whether the call was placed is not known; the phone company is asked.",
    "call_not_found": "The phone company knows no such call.",
    "call_not_sent": "The call could not be sent and is tried again.",
    "call_refused": "The phone company refused the call (code {code}).",
    "call_vanished": "The call vanished at the phone company.",
    "stranger_cut": "A call that was not ours to make was cut.",
    "ghost_ring": "A call surfaced after it had been given up, and was cut.",
    "lease_lost": "A node lost the call it had taken on; it was planned again.",
    "detected": "The detector heard: {by_machine}.",
    "talk_begun": "The conversation began: script {script}, version {version}.",
    "turn": "Turn {n}, at {node}: {act}.",
    "learned": "Learned: {outcome}, from {contact}, score {score}.",
    "script_fault": "The script ran into a fault.",
    "script_gone": "The words of this conversation are not carried any more.",
    "contested": "The customer contests the hold, in the bank's app.",
    "cooling": "The transfer cools until it may be released.",
    "cooling_ended": "Cooling was broken off.",
    "heard_late": "pressed or said something as they hung up; it came after the end of the call.",
    "hold_ends": "The hold ends at {hold_max}; then the payment is refused.",
    "decided": "Decision {sequence}: {ruling}, because {reason}.",
    "ladder_ended": "No more calls: {reason}.",
    "calls_back": "The machine has the calls again.",
    "case_moved": "The case went from {before} to {after}.",
    "transfer_closed": "The bank closed the transfer: {state}.",
    "confirmed_in_app": "The customer confirmed it in the bank's app.",
    "window_extended": "The bank gave more time, until {decide_by}.",
    "labelled": "Later truth: {label}.",
    "early_news_ignored": "News that came early could not be used.",
    "number_named": "The bank named a number of the customer's; none was known.",
    "other_number": "The bank named another number for the same customer.",
    "line_suspicious": "The line is suspicious; the machine rings it no more.",
    "call_in_expected": "In the app the customer began a call to us; one call until {until} is taken for it.",
    "call_in_matched": "called us, as the app had announced.",
    "call_in_asked_person": "called us and asked for a person.",
    "call_in_after_allow": "called us about money that was let go already.",
    "callback_wished": "wishes to be called back at {due_at}.",
    "guardian_after_allow": "A guardian is worried after the transfer was allowed.",
    "allow_called_back": "The release had not been acknowledged by the payment core, and is called back.",
    "recall_arrived": "The payment core has taken the hold: the release is called back.",
    "recall_failed": "The payment core has not taken back the release: ask the bank.",
    "released_after_cancel": "The customer took the payment back, and the bank has paid it out: ask the bank.",
    "warned_after_allow": "A warning came after a transfer of this case had been allowed.",
    "guardian_asked": "A guardian is asked by text.",
    "guardian_answered": "answered on the phone: {answer}.",
    "guardian_declined": "wants nobody of theirs to hear of it.",
    "guardian_not_called": "No guardian is rung: {reason}.",
    "guardian_left_out": "A guardian is left out: {reason}.",
    "guardian_not_asked": "No guardian is asked: {reason}.",
    "guardian_opted_out": "wants no more messages.",
    "guardian_passed_over": "A guardian is passed over: {reason}.",
    "guardian_replied": "replied: {answer}.",
    "guardian_silent": "The guardian did not reply in time.",
    "guardian_wrote": "wrote something that could not be understood.",
    "guardian_change_waits": "The bank changed a guardian; it counts from {due_at}.",
    "guardian_not_told": "The old contact is not told of it: {reason}.",
    "guardian_withdrew": "does not want to be asked any more.",
    "guardian_wished": "The script wishes that a guardian be told.",
    "recording_asked": "They are asked whether the call may be recorded.",
    "recording_agreed": "agreed that the call is recorded.",
    "recording_refused": "did not agree: the call goes on unrecorded.",
    "recording_begun": "The recording of the call begins.",
    "call_recorded": "The call is recorded: {seconds} seconds.",
    "words_deleted": "What was said and written was deleted: its time is over.",
    "customer_erased": "The customer was erased: names, numbers and words are gone for good.",
    "recording_deleted": "The recording was deleted: its time is over.",
    "listening_asked": "asked to be in the talk: {way}.",
    "listening_begun": "is in the talk: {way}.",
    "listening_changed": "is in the talk in another way: {way}.",
    "listening_over": "is out of the talk.",
    "message_recorded": "left a message of {seconds} seconds.",
    "person_answered": "A colleague picked up.",
    "person_joined": "A colleague joined the call.",
    "company_wished": "wishes that a guardian joins the call.",
    "room_entered": "was sent into the room in which they meet.",
    "meeting_over": "is with us again; the meeting: {how}.",
    "person_left": "The colleague left the call.",
    "person_rung": "A colleague is rung.",
    "hand_over_begun": "is on the line and waits for a colleague.",
    "agent_offered": "An agent is rung.",
    "agents_busy": "No agent is free now.",
    "agent_missed": "The agent did not take the call; {missed} in a row.",
    "agent_turn": "A colleague's call, turn {n}: {node}.",
    "hand_over_given_up": "Nobody took the call; {tried} were rung.",
    "talk_with_person_over": "The talk with a colleague is over.",
    "room_stranger": "A call that nobody knows was cut out of the room.",
    "person_wanted": "A person is to follow up by {due_at}.",
    "police_wanted": "The police are to be told by {due_at}.",
    "review_wanted": "A review is wanted by {due_at}: {reason}.",
    "rungs_canceled": "The rest of the ladder is not climbed: {reason}.",
    "rungs_left_out": "Rungs are left out: the window is too short.",
    "rung_taken": "Rung: {rung}.",
    "rung_hurried": "No guardian is left to ask: {rung} begins at once.",
    "no_rung_hurried": "No guardian is left to ask, and no other rung can begin now.",
    "rung_skipped": "Rung skipped: {rung}, {reason}.",
    "sender_rests": "Our number rests for a while.",
    "queued_at_provider": "The phone company lets this call wait {seconds} s before it dials; we slow down.",
    "slowed_down": "The phone company asked us to slow down.",
    "sms_planned": "A text message is planned.",
    "sms_postponed": "The text message waits until {due_at}.",
    "sms_sending": "The text message is handed to the phone company.",
    "sms_bound": "The phone company took the text message.",
    "sms_unknown": "Whether the text message was sent is not known; the phone company is asked.",
    "sms_suppressed": "The text message is not sent.",
    "sms_stranger": "News of a text message that is not ours were put aside.",
    "sms_sent": "The text message was sent.",
    "sms_delivered": "The text message arrived.",
    "sms_failed": "The text message did not arrive.",
    "review_claimed": "took the case in hand.",
    "review_given_back": "gave the case back.",
    "review_noted": "wrote a note.",
    "review_held": "held the transfer: {reason}.",
    "review_extended": "gave it more time, until {decide_by}: {reason}.",
    "review_release_asked": "asked for a release: {reason}.",
    "review_release_refused": "refused the release: {reason}.",
    "review_released": "released the transfer: {reason}.",
    "review_labelled": "set the later truth: {label}.",
    "review_sent_to_police": "put the case into the police queue: {reason}.",
    "review_checked": "checked the outcome: {reason}.",
    "review_taken_over": "took the case and its calls over: {reason}.",
    "review_rung_again": "had a number rung again.",
    "review_guardian_asked": "had a guardian asked.",
    "review_followed_up": "followed up: {reason}.",
    "review_contested": "wrote down that the customer contests it: {reason}.",
    "review_contest_answered": "answered the contest, the hold stays: {reason}.",
    "review_listened": "listened to a recording of {seconds} seconds.",
    "review_talked": "talked to the customer, who is found: {outcome}.",
    "review_guardian_brought": "had a guardian rung for the talk; the customer agreed.",
    "guest_joined": "joined the talk.",
    "guest_over": "is out of the talk.",
    "review_handed_on": "handed the customer on to another colleague.",
    "review_unmasked": "unmasked personal data: {reason}.",
    "approval_closed": "closed the wish to release: {state}.",
}
"""Any other kind is shown by its own name and its data."""
_VOCABULARY = {
    "before": "state", "after": "state", "reason": "reason", "disposition": "disposition", "outcome": "outcome",
    "contact": "contact", "ruling": "ruling", "state": "state", "label": "label", "act": "act", "way": "way",
    "by_machine": "answered_by", "rung": "rung", "answer": "answer", "how": "how", "agent_turn.node": "agent_node",
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
    said = KINDS.get(note.kind)
    if said is None:
        facts = ", ".join(f"{key} {value}" for key, value in note.data.items())
        return f"{note.kind.replace('_', ' ')}: {facts}" if facts else note.kind.replace("_", " ")
    filled = _Filled({key: _shown(note.kind, key, value, look) for key, value in note.data.items()})
    return look.say(said).format_map(filled)


def by(note: Note, look: Look) -> str:
    """Return who did it; a supervisor by name."""
    return who(note.by, look)


def who(name: str, look: Look) -> str:
    """Return an actor: a kind of actor in words, any other by name."""
    return look.say(BY[name]) if name in BY else name


def _shown(kind: str, key: str, value: Any, look: Look) -> str:
    if key in _TIMES and isinstance(value, str):
        return look.time(datetime.fromisoformat(value))
    words = _VOCABULARY.get(f"{kind}.{key}") or _VOCABULARY.get(key)
    return look.word(words, str(value)) if words and value is not None else str(value)
