"""Queues one SMS: the words of its template, and everything that sending it will need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import CustomerId, SmsId
from wakeup.domain.party import Party
from wakeup.domain.segments import segments
from wakeup.domain.sms import Sms, SmsKind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit


def queue_sms(
    file: CaseFile,
    party: Party,
    kind: SmsKind,
    words: Mapping[str, str],
    *,
    template: str | None = None,
    about: Confirmation | None = None,
    due_at: datetime,
    latest_at: datetime,
) -> None:
    """Queue an SMS to a party of this case, and note it in the timeline. `template` defaults to the kind."""
    sms = replace(
        _write(file.unit, file.case.customer_id, party, kind, words, template or kind.value, due_at, latest_at),
        case_id=file.case.id,
        party_id=party.id,
        confirmation_id=None if about is None else about.id,
    )
    _queue(file.unit, sms)
    file.note(
        "sms_planned", sms=sms.id, purpose=kind, party=party.id, template=sms.template, segments=sms.segments,
        due_at=due_at.isoformat(),
    )  # fmt: skip


def queue_to_guardian(
    unit: Unit, guardian: Guardian, kind: SmsKind, words: Mapping[str, str], due_at: datetime, latest_at: datetime
) -> Sms:
    """Queue an SMS to an enrolled guardian, about that role. It belongs to no case, so no timeline notes it."""
    sms = _write(unit, guardian.customer_id, guardian, kind, words, kind.value, due_at, latest_at)
    return _queue(unit, replace(sms, guardian_id=guardian.id))


def _write(
    unit: Unit,
    customer_id: CustomerId,
    to: Party | Guardian,
    kind: SmsKind,
    words: Mapping[str, str],
    template: str,
    due_at: datetime,
    latest_at: datetime,
) -> Sms:
    rendered = unit.sms_templates.write(template, to.locale, words)
    return Sms(
        id=SmsId(unit.ids.new("sms")), kind=kind, customer_id=customer_id, number_index=to.number_index,
        region=to.region, line_type=to.line_type, phone=to.phone, body=rendered.body, template=rendered.template,
        segments=segments(rendered.body), due_at=due_at, latest_at=latest_at,
    )  # fmt: skip


def _queue(unit: Unit, sms: Sms) -> Sms:
    unit.texts.add(sms)
    unit.wakes.add("message")
    return sms
