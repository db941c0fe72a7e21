"""Calls to our own number.

The caller's identity is never proved: a call is matched to a case only when the bank's app has just started it,
and whatever is pressed can only add protection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Contact, Evidence, Outcome
from wakeup.domain.party import CUSTOMER_ROLES
from wakeup.usecases.case.follow_up import escalate, want_person
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.record_evidence import new_evidence_id, record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import alarm_after_allow
from wakeup.usecases.repositories.call_ins import CallIn
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

EXPECTED_FOR = timedelta(minutes=5)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One call to us, as the phone company names it."""

    call_sid: str
    from_: str = field(repr=False)
    hidden: bool = False
    """The caller shows no number; all such callers look alike."""


def expect_call_in(file: CaseFile, began_at: datetime) -> None:
    """Expect a call that the customer has just started in the bank's app: for `EXPECTED_FOR`, one call from each of
    their numbers is matched to it. Numbers on a suspicious line are not. A call that was matched before stays matched:
    it may still be on the line, and its keys must not change."""
    until = began_at + EXPECTED_FOR
    if until < file.now:
        # The event came before its risk event, and the call is long over.
        return
    call_ins = file.unit.call_ins
    for party in file.parties():
        if party.role in CUSTOMER_ROLES and party.ringable:
            stands = call_ins.get(party.number_index, file.case.id)
            if stands is not None and stands.call_sid is not None:
                call_ins.expect(replace(stands, number_index=_by_call(file.unit, stands.call_sid)))
            call_ins.expect(
                CallIn(
                    number_index=party.number_index, case_id=file.case.id, customer_id=file.case.customer_id,
                    until=until,
                )
            )  # fmt: skip
    file.note("call_in_expected", "bank", until=until.isoformat())


def match_call_in(unit: Unit, caller: Caller, now: datetime) -> bool:
    """True if the app has started this very call. The first call that comes is matched, and bound to its SID."""
    matched = False
    for found in _of_caller(unit, caller):
        if found.until >= now or found.call_sid == caller.call_sid:
            matched = _bind(unit, found, caller, now) or matched
    return matched


def _bind(unit: Unit, found: CallIn, caller: Caller, now: datetime) -> bool:
    with _case_of(unit, found.case_id, now) as file:
        if _matched_with(unit, found.case_id, caller) is not None:
            # A new announcement is for another call.
            return True
        # Another call from this number may have come meanwhile, because caller numbers can be forged.
        stands = unit.call_ins.get(found.number_index, found.case_id)
        if stands is None or stands.call_sid is not None:
            return False
        unit.call_ins.save(replace(stands, call_sid=caller.call_sid))
        file.note("call_in_matched", "callee", call=caller.call_sid)
        return True


def _by_call(unit: Unit, call_sid: str) -> str:
    """Return the hash by which a matched call is found once its number, whose hash it had, expects another call."""
    return unit.index("call_in", call_sid)


def _of_caller(unit: Unit, caller: Caller) -> list[CallIn]:
    """Return the announcements for the caller's number, and those that this call was matched with before.

    They are sorted here and not by the database, whose collation may differ: all use cases that lock the cases of
    several customers do it in this order.
    """
    found = [
        *unit.call_ins.of_number(unit.index("number", caller.from_)),
        *unit.call_ins.of_number(_by_call(unit, caller.call_sid)),
    ]
    return sorted(found, key=attrgetter("customer_id", "case_id"))


def _matched_with(unit: Unit, case_id: CaseId, caller: Caller) -> CallIn | None:
    """Return the announcement of this case that the call was matched with. The case must be locked."""
    for index in (unit.index("number", caller.from_), _by_call(unit, caller.call_sid)):
        stands = unit.call_ins.get(index, case_id)
        if stands is not None and stands.call_sid == caller.call_sid:
            return stands
    return None


def keep_on_hold(unit: Unit, caller: Caller, now: datetime) -> bool:
    """Record the caller's request to keep their payments on hold.

    It becomes evidence in every case the call was matched with. Returns False when there is none.
    """
    kept = False
    for found in _matched(unit, caller):
        kept = True
        if not found.answered:
            _keep(unit, found, caller, now)
    return kept


def _matched(unit: Unit, caller: Caller) -> Iterator[CallIn]:
    """Yield matched call-ins by customer, all cases of a customer locked first, because no case may be locked after
    its customer."""
    found = [one for one in _of_caller(unit, caller) if one.call_sid == caller.call_sid]
    for _, theirs in groupby(found, attrgetter("customer_id")):
        of_one = list(theirs)
        for one in of_one:
            unit.cases.lock(one.case_id)
        yield from of_one


def _keep(unit: Unit, found: CallIn, caller: Caller, now: datetime) -> None:
    with _case_of(unit, found.case_id, now) as file:
        stands = _matched_with(unit, found.case_id, caller)
        if stands is not None:
            if stands.answered:
                return
            unit.call_ins.save(replace(stands, answered=True))
        _hold(file, caller.call_sid)


def ask_for_person(unit: Unit, caller: Caller, now: datetime) -> bool:
    """Record that the caller wants a human. In any event matched cases go into the human queue, and their payments are
    released only by staff: what a colleague hears is evidence of nothing.

    Returns True if a colleague may be rung: not when this number, or the line as a whole, has asked too often in
    the last hour.
    """
    number, most = unit.index("number", caller.from_), unit.policy.calling
    theirs = now - (most.people_hidden_every if caller.hidden else HOUR)
    asks = unit.call_ins.ask_person(caller.call_sid, number, now, by_all_since=now - HOUR, by_them_since=theirs)
    for found in _matched(unit, caller):
        with _case_of(unit, found.case_id, now) as file:
            file.note("call_in_asked_person", "callee", call=caller.call_sid)
            guard(file)
            want_person(file)
    own = most.people_hidden if caller.hidden else most.people_per_caller_hour
    free = asks.by_them < own and asks.by_all < most.people_per_hour
    if not free:
        # A refused request uses up no budget, so that no caller can block the line for all by asking again and
        # again.
        unit.call_ins.take_back(caller.call_sid)
    if asks.by_all >= most.people_per_hour:
        unit.wakes.add(alarm("call_in_crowded"))
    return free


def _hold(file: CaseFile, call_sid: str) -> None:
    """Record evidence for the hold from an unverified caller: nothing was proved, but it still supports the hold."""
    evidence = Evidence(
        id=new_evidence_id(file), contact=Contact.UNVERIFIED_HUMAN, outcome=Outcome.KEEP_HOLD, at=file.now
    )
    record_evidence(file, "callee", evidence, call=call_sid)
    settle_file(file)
    escalate(file)
    alarm_after_allow(file, "call_in_after_allow", "callee", call=call_sid)


def _case_of(unit: Unit, case_id: CaseId, now: datetime) -> CaseFile:
    return CaseFile(unit, unit.cases.lock(case_id), now)
