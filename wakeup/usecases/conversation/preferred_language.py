"""The language a callee asked for in an earlier call of the case is used for the next one, too."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.outcome import Contact
from wakeup.domain.party import CUSTOMER_ROLES, Party
from wakeup.usecases.casefile import CaseFile

_STRANGERS = frozenset({Contact.THIRD_PARTY, Contact.WRONG_NUMBER})


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
