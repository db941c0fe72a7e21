"""The call to a guardian who is asked to join an agent's conversation: they hear who is on the line, join by a key,
and may leave at any time.

What they say in the conference is no evidence; the agent records the outcome. Our announcements never say what the
case is about, and the key is needed because a voicemail presses none.
"""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver
from wakeup.ivr.turn import Input, Keys, Listen, Silence, Turn
from wakeup.usecases.agents.human_talks import room_of
from wakeup.usecases.case.served_turn import served_turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.visits import visited_human_talk

JOINS, STOPS = "1", "*"
_PAUSE_S = 6


def guest_turn(file: CaseFile, attempt: Attempt, n: int, given: Input) -> Turn | None:
    """Return turn n of a call to a guardian."""
    guest = file.unit.guests.get(attempt.id)
    return None if guest is None else served_turn(file, attempt, n, given, lambda: _next(file, guest, n, given))


def no_use_joining(file: CaseFile, call: Attempt) -> str | None:
    """Last check before the guardian's phone rings: return why it must not, or None."""
    guest = file.unit.guests.get(call.id)
    if guest is None:
        return None
    return "nobody_talks" if guest.ended_at is not None or visited_human_talk(file, guest) is None else None


def _next(file: CaseFile, guest: Guest, n: int, given: Input) -> Turn:
    human_talk = visited_human_talk(file, guest)
    if guest.entered_at is not None:
        return _said(file, guest, "guest_thanks", n)
    if human_talk is None:
        return _said(file, guest, "guest_gone", n)
    if n == 0 or (n == 1 and isinstance(given, Silence)):
        return _said(file, guest, "guest_ask", n, Listen(timeout_s=_PAUSE_S, speech=False))
    if isinstance(given, Keys) and given.digits == JOINS:
        return _joined(file, guest, human_talk, n)
    if isinstance(given, Keys) and given.digits == STOPS:
        file.unit.parties.silence(guest.party_id)
        file.note("guardian_opted_out", "guardian", attempt=guest.attempt_id, party=guest.party_id)
        return _said(file, guest, "guest_stopped", n)
    return _said(file, guest, "guest_declined", n)


def _joined(file: CaseFile, guest: Guest, human_talk: HandOver, n: int) -> Turn:
    """Let the guardian join customer and agent: their entry is announced, and their leaving does not end the
    conference."""
    file.unit.guests.save(replace(guest, entered_at=file.now))
    file.note("guest_joined", "guardian", call=guest.attempt_id, attempt=human_talk.attempt_id, n=human_talk.n)
    file.unit.wakes.add("agents")
    room = replace(room_of(file, human_talk), beside=True, announced=True)
    return replace(_said(file, guest, "guest_joining", n), room=room)


def _said(file: CaseFile, guest: Guest, what: str, n: int, listen: Listen | None = None) -> Turn:
    language = file.unit.parties.get(guest.party_id, file.case.customer_id).locale
    words = file.unit.speaker.to_guest(what, language)
    return Turn(n=n, node=what, utterances=words, listen=listen, language=language)
