"""Single sign-on: maps an external identity (issuer and subject) to an account.

Only identities linked by hand are accepted: there is no default role.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.staff import Staff
from wakeup.usecases.repositories.sign_in import SsoFlow, SsoIdentity
from wakeup.usecases.unit import Unit

LONGEST = 255


def begin_flow(unit: Unit, flow: SsoFlow, waits: timedelta) -> None:
    """Record that a sign-in was sent to the provider. One that does not return within `waits` must begin again."""
    unit.sign_ins.prune_flows(flow.begun_at - waits)
    unit.sign_ins.begin_flow(flow)


def take_flow(unit: Unit, flow_id: str, waits: timedelta, now: datetime) -> SsoFlow:
    """Take a returning sign-in, once. Raises NotProvenError for one that is unknown, used, or too old."""
    flow = unit.sign_ins.take_flow(flow_id)
    if flow is None or now >= flow.begun_at + waits:
        raise NotProvenError("nobody was sent away so, or they came back already, or too late")
    return flow


def account_of(unit: Unit, issuer: str, subject: str) -> Staff:
    """Return the account linked to this identity. Raises NotProvenError when there is none."""
    identity = unit.sign_ins.identity(issuer, subject)
    if identity is None:
        raise NotProvenError("nobody has linked this identity to an account")
    return unit.staff.get(identity.staff_id)


def link_account(unit: Unit, name: str, issuer: str, subject: str, by: str, now: datetime) -> Staff:
    """Link an identity to an account. Raises ConflictError naming the field at fault."""
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    if not 0 < len(subject) <= LONGEST or not 0 < len(issuer) <= LONGEST:
        raise ConflictError("subject", "must be 1 to 255 characters")
    if unit.sign_ins.identity(issuer, subject) is not None:
        raise ConflictError("subject", "this identity has an account already")
    unit.sign_ins.link_identity(SsoIdentity(issuer=issuer, subject=subject, staff_id=staff.id, linked_at=now))
    unit.admin.add("account_linked", by, now, staff=staff.id, issuer=issuer)
    return staff


def unlink_account(unit: Unit, name: str, by: str, now: datetime) -> int:
    """Unlink all identities of an account and end its sessions. Returns how many identities it had. Raises
    ConflictError."""
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    had = unit.sign_ins.unlink(staff.id)
    unit.staff.end_all(staff.id)
    unit.admin.add("account_unlinked", by, now, staff=staff.id, identities=had)
    return had
