"""Customers whose key is lost for good: the operator says so, and their cases can end.

A node cannot tell a lost key from one whose master key only this node lacks, so nothing here happens by itself. The
customer gets a new key, with which decisions are sent and news is stored again. What the old one protected says that it
is unreadable. Only humans release what is open, and nobody is called or texted at a number that cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.attempt import NOT_BEGUN, Errand
from wakeup.domain.case import Case
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CustomerId
from wakeup.usecases.case.calls import guest_over
from wakeup.usecases.case.customer import KEY_LOST
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import message_body
from wakeup.usecases.deciding.recall import recall
from wakeup.usecases.deciding.warning_after_allow import keep_in_queue
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.personal_data.forget import lock_all
from wakeup.usecases.repositories.lost_keys import LostKeys
from wakeup.usecases.unit import Unit

A_PAGE = 500
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    cases: int
    """All cases of the customer."""
    held: int
    """Those of them that now wait for a human."""


def find_lost_keys(unit: Unit, after: str) -> LostKeys:
    """Return the customers of one page whose key this process cannot open. Changes nothing."""
    return unit.key_loss.find(after, A_PAGE)


def give_up_key(
    unit: Unit, customer_id: CustomerId, masters: Collection[str], by: str, now: datetime
) -> GivenUp | None:
    """Replace a customer's key that is damaged, or that one of these lost master keys wrapped.

    Raises NotFoundError, and ConflictError under a legal hold: what is encrypted stays, should its key ever be found.

    Returns None if the key can be opened, or needs another master key: another process has it, or had it meanwhile.
    """
    cases = lock_all(unit, customer_id)
    fault = unit.key_loss.fault(customer_id)
    if fault is None or fault not in {DAMAGED, *masters}:
        return None
    if (hold := unit.retention.legal_hold(customer_id)) is not None:
        raise ConflictError("customer", f"legal_hold {hold.ticket}")
    unit.key_loss.replace(customer_id)
    held = sum(_hold(unit, case, now) for case in cases)
    _write_undelivered(unit, customer_id)
    unit.admin.add("key_given_up", by, now, customer=customer_id, fault=fault, cases=len(cases))
    unit.wakes.update({"settle", "deliver", "dispatch", "message", "reconcile"})
    return GivenUp(cases=len(cases), held=held)


def _hold(unit: Unit, case: Case, now: datetime) -> bool:
    """Let only humans release what the case has open, and recall what was allowed and is not acknowledged."""
    with CaseFile(unit, case, now) as file:
        file.note(KEY_LOST)
        guard(file)
        _suppress_calls(file)
        recalled = recall(file)
        if recalled:
            keep_in_queue(file)
        waits = bool(file.open_transfers())
        if waits:
            escalate(file, within=unit.policy.messages.review_within)
    return recalled or waits


def _suppress_calls(file: CaseFile) -> None:
    """End the calls that have not begun: their numbers are lost. Colleagues' calls end when they are due, for the
    customer who waits for them to be told."""
    for attempt in file.calls():
        if attempt.state in NOT_BEGUN and not attempt.rings_staff:
            suppress(file, attempt, "unreadable")
            if attempt.errand is Errand.GUEST:
                guest_over(file, attempt.id)


def _write_undelivered(unit: Unit, customer_id: CustomerId) -> None:
    """Write the bodies of undelivered messages again. All that they say is in their decisions, which are not sealed."""
    for message in unit.key_loss.undelivered(customer_id):
        decision = unit.decisions.newest(message.transfer_id)
        # An older message of a transfer is superseded by a newer one.
        if decision is not None and decision.id == message.decision_id:
            unit.key_loss.write_again(replace(message, body=message_body(unit, decision)))
