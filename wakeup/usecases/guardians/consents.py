"""What customers agreed to about their guardians. Without the customer's consent no guardian is contacted."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.usecases.repositories.guardians import Consent
from wakeup.usecases.unit import Unit

WARD_AGREED, WARD_WITHDREW = "ward_agreed", "ward_withdrew"


def ward_agrees_since(unit: Unit, customer_id: CustomerId, guardian_id: GuardianId) -> datetime | None:
    """Return since when the customer has agreed, without taking it back, that this guardian is contacted. None if
    they never agreed or took it back."""
    since: datetime | None = None
    for said in unit.guardians.consents(customer_id, guardian_id):
        if said.kind == WARD_WITHDREW:
            since = None
        elif said.kind == WARD_AGREED:
            # The bank may date a consent anew that it only repeats.
            since = said.at if since is None else min(since, said.at)
    return since


def take_back_consent(unit: Unit, customer_id: CustomerId, guardian_id: GuardianId, now: datetime) -> bool:
    """Record that the customer does not agree any more. Returns False if they did not agree before."""
    if ward_agrees_since(unit, customer_id, guardian_id) is None:
        return False
    record_consent(unit, customer_id, guardian_id, WARD_WITHDREW, now, by="customer", channel="api")
    return True


def record_consent(
    unit: Unit, customer_id: CustomerId, guardian_id: GuardianId, kind: str, at: datetime, *, by: str,
    channel: str, wording: str = "",
) -> None:  # fmt: skip
    unit.guardians.consent(
        Consent(
            customer_id=customer_id, guardian_id=guardian_id, at=at, kind=kind, by=by, channel=channel, wording=wording
        )
    )  # fmt: skip
