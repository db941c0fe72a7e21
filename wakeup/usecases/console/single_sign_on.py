"""Single sign-on: who somebody is elsewhere, by issuer and subject, and which account that is here. Nobody comes in who
was not linked by hand: there is no default role."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.staff import Staff
from wakeup.usecases.repositories.sign_in import SsoFlow, SsoIdentity
from wakeup.usecases.unit import Unit

LONGEST = 255


def begin_flow(unit: Unit, flow: SsoFlow, waits: timedelta) -> None:
    """Somebody was sent elsewhere; whoever does not come back within `waits` begins again."""
    unit.entry.prune_flows(flow.begun_at - waits)
    unit.entry.begin_flow(flow)


def take_flow(unit: Unit, flow_id: str, waits: timedelta, now: datetime) -> SsoFlow:
    """Each comes back once. Raises NotProvenError for one that is unknown, used, or too old."""
    flow = unit.entry.take_flow(flow_id)
    if flow is None or now >= flow.begun_at + waits:
        raise NotProvenError("nobody was sent away so, or they came back already, or too late")
    return flow


def account_of(unit: Unit, issuer: str, subject: str) -> Staff:
    """Raises NotProvenError when nobody linked them to an account."""
    identity = unit.entry.identity(issuer, subject)
    if identity is None:
        raise NotProvenError("nobody has linked this identity to an account")
    return unit.staff.get(identity.staff_id)


def link_account(unit: Unit, name: str, issuer: str, subject: str, by: str, now: datetime) -> Staff:
    """Raises ConflictError naming the field at fault."""
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    if not 0 < len(subject) <= LONGEST or not 0 < len(issuer) <= LONGEST:
        raise ConflictError("subject", "1 to 255 characters")
    if unit.entry.identity(issuer, subject) is not None:
        raise ConflictError("subject", "this identity has an account already")
    unit.entry.link_identity(SsoIdentity(issuer=issuer, subject=subject, staff_id=staff.id, linked_at=now))
    unit.admin.add("account_linked", by, now, staff=staff.id, issuer=issuer)
    return staff


def unlink_account(unit: Unit, name: str, by: str, now: datetime) -> int:
    """Ends the account's sessions too; answers how many identities it had. Raises ConflictError."""
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    had = unit.entry.unlink(staff.id)
    unit.staff.end_all(staff.id)
    unit.admin.add("account_unlinked", by, now, staff=staff.id, identities=had)
    return had
