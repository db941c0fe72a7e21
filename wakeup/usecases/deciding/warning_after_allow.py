"""Warnings that come after an allow: what the payment core has not acknowledged is recalled, for the rest a human
can ask the bank."""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.errors import LockedError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.customer import is_erased
from wakeup.usecases.case.follow_up import allowed, cleared, may_be_gone, queue_for_follow_up
from wakeup.usecases.casefile import INSTANT, CaseFile
from wakeup.usecases.deciding.recall import recall
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.records import Fact

WARNED = "warned_after_allow"
LINE = "line_suspicious_after_allow"
RECOVERABLE_FOR = timedelta(days=1)
"""How far back a warning concerns the customer's transfers in other cases; after that the bank can recover nothing."""


def alarm_after_allow(file: CaseFile, kind: str, by: str, /, **facts: Fact) -> None:
    """Handle a warning about money that may be gone.

    Where transfers of this case were allowed, or of another case of the customer in the last day: raise the alarm
    `kind`, recall what can be recalled, and keep that case in the queue until it has been followed up.
    """
    if any(may_be_gone(file, t) for t in file.transfers()):
        file.alarm(kind, by, **facts)
        recall(file)
        keep_in_queue(file)
    # Locks the customer; see `settle_file`, which may be releasing money in another of their cases at this moment.
    file.unit.customers.lock(file.case.customer_id)
    for case_id in file.unit.reviews.gone_elsewhere(file.case, file.now - RECOVERABLE_FOR):
        _recall_in_other_case(file, case_id, by)


def recall_after_raised_tier(file: CaseFile, transfer: Transfer) -> None:
    """The bank raised the tier of a transfer we allowed."""
    _recall_or_queue(file, transfer, "tier_raised_after_allow")


def recall_after_other_payment(file: CaseFile, transfer: Transfer) -> None:
    """The bank changed a transfer we allowed into another payment, for which there is no evidence that all is well."""
    _recall_or_queue(file, transfer, "other_payment_after_allow")


def alarm_released_after_cancel(file: CaseFile, transfer: Transfer) -> None:
    """Alarm: the bank has paid out a transfer that the customer had cancelled, who believes that the money stayed."""
    _recall_or_queue(file, transfer, "released_after_cancel")


def recall_after_doubted_number(file: CaseFile, transfer_id: TransferId) -> None:
    """The bank reports that the customer's line is suspicious: the person who said there that all is well may not
    have been the customer. Concerns all transfers of this case that were allowed."""
    if any(may_be_gone(file, t) for t in file.transfers()):
        file.alarm(LINE, "bank", transfer=transfer_id)
        if not is_erased(file):
            recall(file)
            keep_in_queue(file)


def _recall_or_queue(file: CaseFile, transfer: Transfer, kind: str) -> None:
    """Recall the transfer, or put the case into the queue so that a human asks the bank. Cases of an erased
    customer are not queued again."""
    file.alarm(kind, "bank", transfer=transfer.id)
    if not is_erased(file):
        recall(file, transfer.id)
        keep_in_queue(file)


def recall_after_label(file: CaseFile, transfer: Transfer) -> None:
    """Recall a transfer that was labelled as a scam, if there is still time."""
    if recall(file, transfer.id):
        keep_in_queue(file)


def recall_by_hand(file: CaseFile, transfer: Transfer, name: str) -> None:
    """Recall a transfer that a staff member of this name holds. What was allowed beside it stays so."""
    recall(file, transfer.id, name)
    queue_for_follow_up(file, file.began_at)


def recall_failed(file: CaseFile, transfer: Transfer, status: int | None = None) -> None:
    """Handle a failed recall: the core did not take the hold, or the bank has paid out since, so humans must ask
    it.

    `status` is the core's last response, if any. For an erased customer only the alarm is raised.
    """
    file.alarm("recall_failed", "bank", transfer=transfer.id, status=status)
    if not is_erased(file):
        queue_for_follow_up(file)


def keep_in_queue(file: CaseFile) -> None:
    """Keep the case in the queue if its money has left, or may have, although none of it is held. A warning came, so
    what was allowed before it is to be asked back, also by staff."""
    if any(may_be_gone(file, t) for t in file.transfers()):
        queue_for_follow_up(file)
        since = file.case.unheld_at or file.now
        after = max((at + INSTANT for at in allowed(file).values()), default=since)
        file.update(replace(file.case, unheld_at=max(since, after)))


def clear_follow_up(file: CaseFile) -> None:
    """Take the case out of the follow-up queue when its money is safe, unless a warning has asked back other money of
    the case."""
    known = cleared(file)
    if not any(may_be_gone(file, t) for t in file.transfers() if t.id not in known):
        file.update(replace(file.case, unheld_at=None))


def _recall_in_other_case(file: CaseFile, case_id: CaseId, by: str) -> None:
    """Warn about another case of the customer without waiting for its lock.

    Waiting while holding this case's lock could deadlock with a transaction that wants the same two; where the
    other case is locked, the alarm alone must do.
    """
    try:
        with CaseFile(file.unit, file.unit.cases.lock_if_free(case_id), file.now) as other:
            if not recall(other) and other.case.unheld_at is not None and not cleared(other):
                return
            other.alarm(WARNED, by, case=file.case.id)
            keep_in_queue(other)
    except LockedError:
        file.alarm(WARNED, by, case=case_id)


def end_follow_up(file: CaseFile) -> None:
    """End the follow-up after its result was recorded: the review ends unless something is held."""
    if file.case.unheld_at is not None:
        file.update(replace(file.case, unheld_at=None))
        settle_file(file)
