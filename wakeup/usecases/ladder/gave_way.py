"""What gives way to a call that was promised: the customer's other numbers, if it was they who asked for it."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.outcome import Contact
from wakeup.domain.party import THEIRS, Role
from wakeup.domain.rung import RungKind
from wakeup.domain.transfer import TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.plan_calls import in_a_persons_hands, plan_call
from wakeup.usecases.ladder.spoken_to import spoken_to


def speaks_for_all(file: CaseFile, asked_in: Attempt) -> bool:
    """Whether a later call that was asked for there puts off the customer's other numbers, too. Whoever answers at
    another one than their own must have proved to be the customer."""
    if file.unit.parties.role_of(asked_in.party_id) is Role.CUSTOMER:
        return True
    talk = file.unit.talks.get(asked_in.id, file.case.customer_id)
    found = asked_in.contact if talk is None else Conversation.from_json(talk.state).contact
    return found is Contact.RIGHT_PARTY


def ring_what_gave_way(file: CaseFile, promised: Attempt) -> None:
    """The promised call was in vain: the numbers whose planned call was taken back for it are rung after all."""
    pending = any(t.state is TransferState.PENDING for t in file.transfers())
    if not pending or in_a_persons_hands(file) or spoken_to(file, RungKind.CALL):
        return
    newest = {call.party_id: call for call in file.unit.attempts.of_case(file.case.id)}
    for call in newest.values():
        theirs = file.unit.parties.role_of(call.party_id) in THEIRS
        if theirs and call.party_id != promised.party_id and call.state is AttemptState.CANCELED:
            party = file.unit.parties.get(call.party_id, file.case.customer_id)
            if reason := plan_call(file, party):
                file.note("ladder_ended", reason=reason)
