"""Recalls an allow that the payment core has not acknowledged: a hold follows it, under the next number.

The core may have the allow all the same, from the feed or from a message whose response was lost. That is known
only when it acknowledges the hold; until then the money may have left, and nobody is told that it has not.
"""

from __future__ import annotations

from wakeup.domain.decision import Ruling, Verdict, decide
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import PROTECTIVE
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.usecases.case.customer import is_erased, recent_tier
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.settle import evidence_of
from wakeup.usecases.records import MessageState, OutboxMessage
from wakeup.usecases.unit import Unit

UNACKNOWLEDGED = frozenset({MessageState.DUE, MessageState.DEAD})
CALLED_BACK = "called_back"
HELD_BY_PERSON = Verdict(ruling=Ruling.HOLD, reason="held_by_person")


def recall(file: CaseFile, only: TransferId | None = None, person: str | None = None) -> bool:
    """Hold again what was allowed, automatically or by staff, and is not acknowledged, because a warning has come.

    `only` restricts it to one transfer of the case. `person`: the name of the staff member who holds it by hand.
    Recalled transfers are no longer released automatically. Returns True if any was recalled.
    """
    waiting = [
        (transfer, message)
        for transfer in file.transfers()
        if only in {None, transfer.id} and (message := unacknowledged(file, transfer)) is not None
    ]
    # Nothing more is decided about an erased customer.
    if not waiting or is_erased(file):
        return False
    _take_recent_tier(file)
    for transfer, message in waiting:
        _hold_again(file, transfer, message, person)
    if person is None:
        # The staff member who holds it by hand has looked, and has promised the customer nothing.
        escalate(file)
    # The hold has an end again, which the settle loop must know.
    file.unit.wakes.add("settle")
    return True


def _take_recent_tier(file: CaseFile) -> None:
    """Raise the case to the customer's recent tier. A case that was settled when the bank named a higher tier did not
    get it, and without it one person alone could release the money again."""
    before = file.case.tier
    after = recent_tier(before, file.unit.customers.lock(file.case.customer_id), file.now)
    if after is not before:
        file.note("tier_raised", before=before, after=after)
        file.update(replace(file.case, tier=after))


def unacknowledged(file: CaseFile, transfer: Transfer) -> OutboxMessage | None:
    """Return the message that carries the transfer's allow, its row locked, while the core has not acknowledged it;
    otherwise None."""
    if transfer.state is not TransferState.ALLOWED:
        return None
    message = file.unit.outbox.lock_newest(transfer.id)
    return message if message is not None and message.state in UNACKNOWLEDGED else None


def may_be_recalled(unit: Unit, transfer: Transfer) -> bool:
    """True if the transfer is allowed and the core has not acknowledged that. For queries: locks nothing."""
    return transfer.state is TransferState.ALLOWED and unit.outbox.newest_state(transfer.id) in UNACKNOWLEDGED


def recall_cancelled(file: CaseFile, transfer: Transfer) -> Transfer:
    """Hold a transfer that the customer cancels while its allow is not acknowledged: the core would be told to let it
    go, perhaps hours later. That is no warning: nothing is guarded, and no human is wanted. Returns the transfer as it
    is then."""
    message = unacknowledged(file, transfer)
    if message is None or is_erased(file):
        return transfer
    _note(file, transfer, message)
    return record_decision(file, transfer, Verdict(ruling=Ruling.HOLD, reason=CALLED_BACK))


def _note(file: CaseFile, transfer: Transfer, message: OutboxMessage) -> None:
    file.note(
        "allow_called_back",
        transfer=transfer.id,
        sequence=message.sequence,
        tries=message.tries,
        on_the_wire=message.lease_token is not None,
    )


def _hold_again(file: CaseFile, transfer: Transfer, message: OutboxMessage, person: str | None) -> None:
    _note(file, transfer, message)
    guarded = replace(transfer, guarded=True)
    if person is not None:
        record_decision(file, guarded, HELD_BY_PERSON, person)
        return
    evidence = evidence_of(file)
    verdict = decide(guarded, evidence, file.unit.policy, file.now, file.case.tier)
    if not any(e.outcome in PROTECTIVE for e in evidence):
        # The warning is no evidence from a conversation but a label, a higher tier, or a guardian's STOP.
        verdict = Verdict(ruling=Ruling.HOLD, reason=CALLED_BACK, effects=verdict.effects, rests_on=verdict.rests_on)
    record_decision(file, guarded, verdict)
