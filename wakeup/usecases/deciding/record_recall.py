"""Records the payment core's response to a recall: only then is it known where the money is."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId, MessageId
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.follow_up import in_doubt
from wakeup.usecases.case.notify_customer import tell_outcome
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.deliver import record_delivery
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import clear_follow_up, recall_failed
from wakeup.usecases.ports import Delivery
from wakeup.usecases.records import MessageState
from wakeup.usecases.unit import Unit


def record_recall(
    unit: Unit, case_id: CaseId, message_id: str, token: str, delivery: Delivery, now: datetime
) -> MessageState | None:
    """Do the same as `record_delivery`, and apply what the response says about the case. Locks the case first.

    If acknowledged, the money stays, and the customer is told so; where something is pending, once that is
    decided. If the message is dead, humans must ask the bank, even if one has done so before.
    """
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        transfer = _about(file, message_id)
        doubtful = transfer is not None and in_doubt(file, transfer)
        state = record_delivery(unit, message_id, token, delivery, now)
        if transfer is None or not doubtful:
            return state
        if state is MessageState.DELIVERED:
            file.note("recall_arrived", "bank", transfer=transfer.id)
            clear_follow_up(file)
            settle_file(file)
            if file.case.state is not CaseState.OPEN:
                tell_outcome(file)
        elif state is MessageState.DEAD:
            recall_failed(file, transfer, delivery.status)
    return state


def _about(file: CaseFile, message_id: str) -> Transfer | None:
    message = file.unit.outbox.get(MessageId(message_id))
    return next((t for t in file.transfers() if message is not None and t.id == message.transfer_id), None)
