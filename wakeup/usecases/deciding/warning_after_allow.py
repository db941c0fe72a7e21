"""A warning that comes when money was let go already: what the payment core has not acknowledged is called back, for
the rest somebody can ask the bank."""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.case import CaseEvent, CaseState
from wakeup.domain.errors import LockedError
from wakeup.domain.ids import CaseId
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.in_doubt import may_be_gone
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.recall import recall
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.records import Fact

WARNED = "warned_after_allow"
A_DAY = timedelta(days=1)
"""So far back a warning is about the customer's payments of other cases: later the bank gets nothing back."""


def alarm_after_allow(file: CaseFile, kind: str, by: str, /, **facts: Fact) -> None:
    """Raise the alarm `kind` where money of this case was let go, or of another case of the customer's in the last day,
    call back what can be, and put that case before people until somebody has followed it up."""
    if any(may_be_gone(file, t) for t in file.transfers()):
        file.note(kind, by, **facts, alarm=True)
        file.unit.wakes.add(f"alarm:{kind}")
        recall(file)
        keep_in_queue(file)
    # Locks the customer: see `settle_file`, by which another of their cases may let go of money at this moment.
    file.unit.customers.get(file.case.customer_id)
    for case_id in file.unit.reviews.gone_elsewhere(file.case, file.now - A_DAY):
        _tell_of_another(file, case_id, by)


def tell_of_raised(file: CaseFile, transfer: Transfer) -> None:
    """The bank thinks more gravely of what was let go here."""
    _ask_for(file, transfer, "tier_raised_after_allow")


def tell_of_other_payment(file: CaseFile, transfer: Transfer) -> None:
    """What was let go here is another payment by now, of which nobody has said that all is well."""
    _ask_for(file, transfer, "other_payment_after_allow")


def tell_of_released(file: CaseFile, transfer: Transfer) -> None:
    """The customer took it back, and the bank has paid it out all the same: they believe that it has stayed."""
    _ask_for(file, transfer, "released_after_cancel")


def _ask_for(file: CaseFile, transfer: Transfer, kind: str) -> None:
    """It is called back, or a person asks the bank. Of an erased customer nobody is put before people again."""
    file.note(kind, "bank", transfer=transfer.id, alarm=True)
    file.unit.wakes.add(f"alarm:{kind}")
    if file.unit.customers.get(file.case.customer_id) is not None:
        recall(file, transfer.id)
        keep_in_queue(file)


def tell_of_label(file: CaseFile, transfer: Transfer) -> None:
    """The bank or a supervisor knows it for a scam: it is called back, if there is still time."""
    if recall(file, transfer.id):
        keep_in_queue(file)


def recall_failed(file: CaseFile, transfer: Transfer, status: int | None = None) -> None:
    """The core has not taken the hold that called an allow back, or the bank has paid it out since: people ask it.
    `status` is the core's last answer, if it gave one. Of an erased customer the alarm is all."""
    file.note("recall_failed", "bank", transfer=transfer.id, status=status, alarm=True)
    file.unit.wakes.add("alarm:recall_failed")
    if file.unit.customers.get(file.case.customer_id) is not None:
        queue_for_follow_up(file)


def keep_in_queue(file: CaseFile) -> None:
    """Where money of this case was let go, or may have been, it stands in the queue, although nothing of it is held."""
    if any(may_be_gone(file, t) for t in file.transfers()):
        queue_for_follow_up(file)


def queue_for_follow_up(file: CaseFile) -> None:
    """It stands in the queue until somebody has followed it up, whatever became of its payments."""
    file.unit.wakes.update({"board", f"case:{file.case.id}"})
    if file.case.unheld_at is None:
        file.change(unheld_at=file.now)
    if file.case.state is CaseState.SETTLED:
        file.move(CaseEvent.REOPEN_REVIEW)


def clear_follow_up(file: CaseFile) -> None:
    """Money that had left, or might have, is safe: nobody goes to the bank for it, unless other money of the case has
    gone."""
    if not any(may_be_gone(file, t) for t in file.transfers()):
        file.change(unheld_at=None)


def _tell_of_another(file: CaseFile, case_id: CaseId, by: str) -> None:
    """Nobody waits for the other case with this one in hand, or two who want the same two wait for each other: where
    somebody is at work on it the alarm alone must do."""
    try:
        with CaseFile(file.unit, file.unit.cases.lock_if_free(case_id), file.now) as other:
            if not recall(other) and other.case.unheld_at is not None:
                return
            other.note(WARNED, by, case=file.case.id, alarm=True)
            keep_in_queue(other)
    except LockedError:
        file.note(WARNED, by, case=case_id, alarm=True)
    file.unit.wakes.add(f"alarm:{WARNED}")


def end_follow_up(file: CaseFile) -> None:
    """Somebody wrote down what came of it: the review ends unless something is held."""
    if file.case.unheld_at is not None:
        file.change(unheld_at=None)
        settle_file(file)
