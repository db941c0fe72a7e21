"""Queues one SMS: the words of its template, and everything that sending it will need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.ids import SmsId
from wakeup.domain.party import Party
from wakeup.domain.segments import segments
from wakeup.domain.sms import Sms, SmsKind
from wakeup.usecases.casefile import CaseFile


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
) -> Sms:
    """Queue an SMS to a party of this case. `template` defaults to the kind."""
    rendered = file.unit.sms_templates.write(template or kind.value, party.locale, words)
    sms = Sms(
        id=SmsId(file.unit.ids.new("sms")),
        kind=kind,
        customer_id=file.case.customer_id,
        case_id=file.case.id,
        party_id=party.id,
        confirmation_id=None if about is None else about.id,
        number_index=party.number_index,
        region=party.region,
        line_type=party.line_type,
        phone=party.phone,
        body=rendered.body,
        template=rendered.template,
        segments=segments(rendered.body),
        due_at=due_at,
        latest_at=latest_at,
    )
    file.unit.texts.add(sms)
    file.note(
        "sms_planned", sms=sms.id, purpose=kind, party=party.id, template=sms.template, segments=sms.segments,
        due_at=due_at.isoformat(),
    )  # fmt: skip
    file.unit.wakes.add("message")
    return sms
