"""The facts a call may speak of: known ones at once, and those that cost a query only where the script reads the
answer."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from wakeup.domain.attempt import Attempt
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.ivr.render import Variables
from wakeup.usecases.agents.offers import person_ready
from wakeup.usecases.case.follow_up import may_be_gone
from wakeup.usecases.case.parties import customer_of
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.appointments import time_to_call_again
from wakeup.usecases.conversation.conference_call import room_of
from wakeup.usecases.conversation.recording_consent import goes_unrecorded
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.guardians.ask_guardian import can_be_asked
from wakeup.usecases.records import Talk
from wakeup.usecases.speaker import CallFacts


def variables_of(
    file: CaseFile,
    attempt: Attempt,
    named: Transfer | None,
    language: str,
    *,
    unhurried: bool,
    talk: Talk | None = None,
) -> Variables:
    """Return the variables of the next turn.

    `named` is the transfer the call is about. Without a `talk` the conversation has not begun, so no conference is
    possible yet.
    """
    about = file.transfers() if named is None else [named]
    named, zone = named or file.transfers()[0], ZoneInfo(file.case.timezone)

    def calls_again_at() -> datetime | None:
        at = time_to_call_again(file, attempt)
        return None if at is None else at.astimezone(zone)

    facts = CallFacts(
        amount=named.amount,
        currency=named.currency,
        payee_name=lambda: file.unit.transfers.payee(named).name or "",
        call_code=attempt.call_code,
        settled=named.state is not TransferState.PENDING,
        gone=any(may_be_gone(file, t) for t in about),
        unhurried=unhurried,
        now=file.now.astimezone(zone),
        promised=attempt.promised,
        guardian_worried=file.case.guardian_worried,
        calls_again_at=calls_again_at,
        unrecorded=lambda: goes_unrecorded(file, attempt, talk),
        room=lambda: None if talk is None else room_of(file, attempt, talk),
        ward=lambda: _ward(file, attempt),
        guardian_ready=lambda: not is_guardian(file, attempt) and can_be_asked(file),
        person_ready=lambda: person_ready(file, language),
    )
    return file.unit.speaker.variables(facts, language)


def _ward(file: CaseFile, attempt: Attempt) -> str:
    customer = customer_of(file) if is_guardian(file, attempt) else None
    return "" if customer is None else customer.name
