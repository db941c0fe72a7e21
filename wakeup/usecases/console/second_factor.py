"""A second factor: codes from somebody's own device, each of which counts once. How codes are made is known outside."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.staff import Right, StaffId, demand
from wakeup.usecases.repositories.sign_in import Factor
from wakeup.usecases.unit import Unit


def begin_factor(unit: Unit, staff_id: StaffId, secret: str, now: datetime) -> Factor:
    """A new secret, which is not asked for until it is confirmed. Raises ConflictError while one is in use."""
    standing = unit.entry.factor(staff_id)
    if standing is not None and standing.confirmed_at is not None:
        raise ConflictError("code", "a second factor is in use already; take it off first")
    factor = Factor(staff_id=staff_id, secret=secret, made_at=now)
    unit.entry.keep_factor(factor)
    return factor


def confirm_factor(unit: Unit, staff_id: StaffId, step: int, now: datetime) -> Factor:
    """Its owner made a code with it: from now on every sign-in with a password needs one."""
    factor = unit.entry.factor(staff_id)
    if factor is None or factor.confirmed_at is not None:
        raise ConflictError("code", "begin again")
    confirmed = replace(factor, confirmed_at=now, used_step=step)
    unit.entry.keep_factor(confirmed)
    unit.admin.add("factor_confirmed", unit.staff.get(staff_id).name, now, staff=staff_id)
    return confirmed


def use_code(unit: Unit, staff_id: StaffId, step: int) -> None:
    """The code of this half minute, once. Raises NotProvenError for one that was used, or is older than one used."""
    factor = unit.entry.factor(staff_id)
    if factor is None or factor.confirmed_at is None or step <= factor.used_step:
        raise NotProvenError("the code is wrong, or was used already")
    unit.entry.keep_factor(replace(factor, used_step=step))


def drop_own_factor(unit: Unit, staff_id: StaffId, step: int, now: datetime) -> None:
    """Its owner takes it off with one more code. Raises NotProvenError."""
    use_code(unit, staff_id, step)
    unit.entry.drop_factor(staff_id)
    unit.admin.add("factor_dropped", unit.staff.get(staff_id).name, now, staff=staff_id)


def drop_factor_of(unit: Unit, by: StaffId, staff_id: StaffId, now: datetime) -> None:
    """An administrator helps somebody whose device is lost; it ends their sessions. Raises ConflictError."""
    who = unit.staff.get(by)
    demand(who, Right.MANAGE_STAFF)
    if who.id == staff_id:
        raise ConflictError("staff", "somebody else must do that for you")
    if not unit.entry.drop_factor(staff_id):
        raise ConflictError("staff", "this account has no second factor")
    unit.staff.end_all(staff_id)
    unit.admin.add("factor_dropped", who.name, now, staff=staff_id)
    unit.wakes.add("sessions")
