"""The conversation of one attempt: it is begun, advanced by turns, and ended; what it teaches becomes evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from wakeup.domain.attempt import Attempt
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.errors import NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import OVER
from wakeup.ivr.interpreter import begin
from wakeup.ivr.nodes import VARIANTS
from wakeup.ivr.scoring import findings
from wakeup.ivr.turn import HungUp, Input, Keys, MeetingNews, PersonLeft, Recorded, Speech, Turn
from wakeup.ivr.walk import NO_GUARDIAN
from wakeup.usecases.agents.hand_over import begin_hand_over, hand_over_input, left_by_itself
from wakeup.usecases.case.customer import raise_next_tiers
from wakeup.usecases.case.follow_up import escalate, queue_for_follow_up
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.record_evidence import new_evidence_id, record_evidence
from wakeup.usecases.case.served_turn import input_told, record_turn
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.choosing import pick
from wakeup.usecases.conversation.call_facts import variables_of
from wakeup.usecases.conversation.cannot_talk import follow_up_another_way
from wakeup.usecases.conversation.colleague_call import colleague_input
from wakeup.usecases.conversation.conference_call import check_the_other, conference_input
from wakeup.usecases.conversation.hear_input import hear_input
from wakeup.usecases.conversation.nothing_left import asked_in_vain, nothing_left, transfers_to_discuss
from wakeup.usecases.conversation.recording_consent import as_refused
from wakeup.usecases.conversation.recording_retention import register_recording
from wakeup.usecases.conversation.store_scripts import keep_script
from wakeup.usecases.conversation.wishes import grant_wishes
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.guardian_answers.guardian_talk import as_evidence, is_guardian, record_guardians_answer
from wakeup.usecases.records import Talk
from wakeup.usecases.wakes import alarm

_STRANGERS = frozenset({Contact.THIRD_PARTY, Contact.WRONG_NUMBER})


def begin_talk(file: CaseFile, attempt: Attempt) -> Talk:
    """Begin a conversation: pin the script, language, wording, and the one transfer it names, the first that
    `transfers_to_discuss` returns."""
    unit = file.unit
    about = transfers_to_discuss(file)
    party = unit.parties.get(attempt.party_id, file.case.customer_id)
    locale = locale_for(file, attempt, party)
    if party.role is Role.GUARDIAN:
        published, language = unit.speaker.for_guardian(locale)
    else:
        paused = {one.script_id for one in unit.scripts.paused()}
        typology = about[0].typology if about else "generic"
        published, language = unit.speaker.choose(typology, locale, paused)
    keep_script(unit, published, file.now)
    conversation = begin(
        published.script,
        published.prompts,
        conversation_id=attempt.id,
        language=language,
        variant=pick(unit.index("wording", attempt.id), VARIANTS),
        split_by=unit.index("split", file.case.customer_id),
        unhurried=party.unhurried,
        variables=variables_of(file, attempt, about[0] if about else None, language, unhurried=party.unhurried),
    )
    talk = Talk(
        attempt_id=attempt.id,
        case_id=file.case.id,
        customer_id=file.case.customer_id,
        turns=0,
        finished=False,
        started_at=file.now,
        turned_at=file.now,
        state=conversation.to_json(),
        named=tuple(t.id for t in about[:1]),
    )
    unit.talks.add(talk)
    file.note(
        "talk_begun", attempt=attempt.id, script=conversation.script_id, version=conversation.version,
        content=conversation.content_hash, language=language, variant=conversation.variant,
        persona=conversation.persona,
    )  # fmt: skip
    return talk


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken:
    """The next turn, and whether there is something to settle: new evidence, or the conversation has ended."""

    turn: Turn
    settles: bool


def take_turn(file: CaseFile, attempt: Attempt, talk: Talk, given: Input) -> TurnTaken:
    """Process one input and store it with the next turn. A warning, or the last turn, becomes evidence at once."""
    before = talk.conversation
    given = what_happened(file, attempt, talk, given, before)
    after, turn, act = hear_input(file, attempt, talk, before, given)
    if after == before:
        # Nothing changed: a late machine verdict about a callee who has already proved to be a live person.
        return TurnTaken(turn=turn, settles=False)
    left_by_itself(file, attempt, before)
    turn = as_refused(file, begin_hand_over(file, attempt, after, turn), after)
    _store_turn(file, talk, after, turn, given)
    file.note("turn", "callee", attempt=attempt.id, n=turn.n, node=turn.node, act=act.kind)
    _note_people(file, attempt, turn, given)
    _act_on(file, attempt, talk, after, given)
    ended = after.finished and not talk.finished
    learned = _teaches(before, after, ended=ended)
    if learned:
        learn(file, attempt, talk, after)
    return TurnTaken(turn=turn, settles=learned or ended)


def _act_on(file: CaseFile, attempt: Attempt, talk: Talk, after: Conversation, given: Input) -> None:
    """Do what this input asks for before the conversation is judged. `talk`: as it was before the input."""
    before = talk.conversation
    if after.node != before.node or after.finished:
        check_the_other(file, attempt, before)
    if isinstance(given, Recorded):
        _register_message(file, attempt, given)
    if NO_GUARDIAN in after.flags and not file.case.guardian_declined:
        # Before any request of the same turn is granted.
        file.update(replace(file.case, guardian_declined=True))
        file.note("guardian_declined", "callee", attempt=attempt.id)
    follow_up_another_way(file, attempt, before, after)
    grant_wishes(file, attempt, after.wishes - before.wishes)
    if after.fault is not None:
        file.unit.wakes.add(alarm("script_fault"))
        file.note("script_fault", attempt=attempt.id, fault=after.fault)
    asked_in_vain(file, attempt, talk, before, after, given)


def _register_message(file: CaseFile, attempt: Attempt, given: Recorded) -> None:
    file.note("message_recorded", "callee", attempt=attempt.id, recording=given.sid, seconds=given.seconds)
    if given.sid is not None:
        register_recording(file, attempt, given.sid)


def _teaches(before: Conversation, after: Conversation, *, ended: bool) -> bool:
    """True if this turn produces evidence.

    A warning does at once, because the call may last: with a colleague, or because nobody hangs up first. Anything
    else does when the conversation is over.
    """
    if after.outcome in PROTECTIVE and after.outcome is not before.outcome:
        return True
    return ended and not (before.outcome in PROTECTIVE and findings(after).outcome is before.outcome)


def _note_people(file: CaseFile, attempt: Attempt, turn: Turn, given: Input) -> None:
    if isinstance(given, PersonLeft):
        file.note("person_left", attempt=attempt.id, how=given.how)
    if turn.connect is not None:
        # What a colleague hears is evidence of nothing, so from now on only staff release.
        guard(file)
        file.note("person_rung", attempt=attempt.id, n=turn.n)
    if turn.room is not None and not turn.room.hold:
        file.note("room_entered", "guardian" if is_guardian(file, attempt) else "callee", attempt=attempt.id, n=turn.n)
    if isinstance(given, MeetingNews) and given.how in OVER:
        file.note("meeting_over", attempt=attempt.id, how=given.how)


def end_talk(file: CaseFile, attempt: Attempt) -> None:
    """End the conversation after the line is dead: one still running is cut short, and even that teaches something."""
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    if talk is None and was_spoken_to(file, attempt):
        # Its row is damaged. The end of the call is recorded all the same, and nothing is learned. It may have been a
        # warning, so only staff release.
        guard(file)
        file.alarm("talk_unreadable", attempt=attempt.id)
    if talk is None or talk.finished:
        return
    try:
        take_turn(file, attempt, talk, HungUp())
    except NotFoundError:
        # Its script is no longer available. The end of the call is recorded all the same, and nothing is learned.
        file.unit.talks.save(replace(talk, finished=True))
        file.note("script_gone", attempt=attempt.id)
        file.unit.wakes.add(alarm("script_gone"))


def was_spoken_to(file: CaseFile, attempt: Attempt) -> bool:
    """True if the conversation of this call was begun, also if its row is damaged."""
    return attempt.answered_at is not None and file.unit.talks.was_begun(attempt.id)


def _store_turn(file: CaseFile, talk: Talk, after: Conversation, turn: Turn, given: Input) -> None:
    state = after.to_json()
    file.unit.talks.save(replace(talk, state=state, turns=after.turns, finished=after.finished, turned_at=file.now))
    record_turn(file, talk.attempt_id, turn, input_told(given))


def learn(file: CaseFile, attempt: Attempt, talk: Talk, after: Conversation) -> None:
    """Record the conversation's findings as evidence, with their consequences for the customer's protection and the
    queue."""
    unit, guardian = file.unit, is_guardian(file, attempt)
    found = as_evidence(findings(after)) if guardian else findings(after)
    evidence = Evidence(
        id=new_evidence_id(file),
        attempt_id=attempt.id,
        contact=found.contact,
        outcome=found.outcome,
        score=Decimal(found.score),
        live_person=found.live_person,
        named=talk.named if found.transfer_named else (),
        at=file.now,
    )
    current = unit.attempts.get(attempt.id)
    unit.attempts.save(replace(current, contact=found.contact))
    record_evidence(
        file, "guardian" if guardian else "callee", evidence, attempt=attempt.id, score=str(found.score),
        live_person=found.live_person, reason=after.reason or None,
    )  # fmt: skip
    if guardian:
        record_guardians_answer(file, attempt, after)
    elif found.outcome is Outcome.OPT_OUT:
        file.update(replace(file.case, no_calls=True))
        stop_calls(file, "opt_out", roles=CUSTOMER_ROLES)
    if found.outcome in PROTECTIVE:
        raise_next_tiers(file)
        if not guardian:
            # A guardian's warning raises the alarm with the review that it requests.
            alarm_after_allow(file, WARNED, "callee")
    wants_person = Effect.PERSON in effects_of(found.outcome, file.case.tier)
    if wants_person and found.outcome in PROTECTIVE and nothing_left(file):
        # The callee is told that we will call, and no payment would show the case in the queue.
        queue_for_follow_up(file)
    if wants_person and file.case.state is CaseState.IN_REVIEW:
        # No decision asks for a human any more, and a callee contacted before waits again. Not `want_person`: in an
        # open case the decision that follows asks for the human.
        escalate(file)
    unit.wakes.add("settle")


def locale_for(file: CaseFile, attempt: Attempt, party: Party) -> str:
    """Return the language this party was last spoken to in, on any of their numbers; the bank's locale if there was
    no call.

    Only a callee who asks for another language than the bank's is spoken to in it, so the last one is the one they
    want.
    """
    unit = file.unit
    for earlier in reversed(file.calls()):
        if earlier.id == attempt.id or earlier.answered_at is None or not _same_person(file, earlier, party):
            continue
        talk = unit.talks.get(earlier.id, file.case.customer_id)
        spoken = None if talk is None else talk.conversation
        if spoken is not None and spoken.contact not in _STRANGERS:
            return spoken.language
    return party.locale


def _same_person(file: CaseFile, earlier: Attempt, party: Party) -> bool:
    if earlier.party_id == party.id:
        return True
    return party.role in CUSTOMER_ROLES and file.role_of(earlier) in CUSTOMER_ROLES


def what_happened(file: CaseFile, attempt: Attempt, talk: Talk, given: Input, before: Conversation) -> Input:
    """Return the input that the script gets for what the provider reported, which is only keys, words or the end of a
    connection. What they mean for a callee who waited for another party is known from the state of the conference,
    hand-over or colleague's call. Ends the hand-over from which the callee returns."""
    # An answer without a time of its own took as long as the turn has lasted.
    timed = _timed(file, talk, given)
    # Customer and guardian in a conference: whether the other one is there, is coming, or has left.
    met = conference_input(file, attempt, talk, timed, before)
    # A wait for an agent, or a talk with one: how it ended.
    returned = hand_over_input(file, attempt, met, before)
    if returned is not met:
        return returned
    # A colleague's call, unless an agent was rung: the colleague talked only if they accepted by key.
    return colleague_input(returned, before)


def _timed(file: CaseFile, talk: Talk, given: Input) -> Input:
    elapsed = int((file.now - talk.turned_at).total_seconds() * 1000)
    match given:
        case Keys() | Speech() if given.elapsed_ms is None:
            return replace(given, elapsed_ms=elapsed)
        case _:
            return given
