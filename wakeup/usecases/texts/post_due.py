"""Everything due for the messenger in one query: it is woken by every SMS, prompt and receipt of every customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import ConfirmationId, CustomerId, GuardianId, SmsId
from wakeup.usecases.due import Due
from wakeup.usecases.guardians.enrol_guardians import changes_due
from wakeup.usecases.texts.send_texts import texts_due
from wakeup.usecases.texts.text_receipts import text_checks_due
from wakeup.usecases.texts.wait_for_replies import prompts_due
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDue:
    """What is due, by kind."""

    prompts: Due[ConfirmationId]
    changes: Due[tuple[CustomerId, GuardianId]]
    texts: Due[SmsId]
    checks: Due[SmsId]


def post_due(unit: Unit, now: datetime, limit: int) -> PostDue:
    """Return at most `limit` items of each kind."""
    return PostDue(
        prompts=prompts_due(unit, now, limit),
        changes=changes_due(unit, now, limit),
        texts=texts_due(unit, now, limit),
        checks=text_checks_due(unit, now, limit),
    )
