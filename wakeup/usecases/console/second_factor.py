"""The second factor: codes from the account owner's device, each accepted once. Computing codes is done outside
this package."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.staff import Right, StaffId
from wakeup.usecases.acting import acting
from wakeup.usecases.repositories.sign_in import Factor
from wakeup.usecases.unit import Unit


def factor_of(unit: Unit, staff_id: StaffId) -> Factor | None:
    """Return the account's second factor, confirmed or not."""
    return unit.sign_ins.factor(staff_id)


def begin_factor(unit: Unit, staff_id: StaffId, secret: str, now: datetime) -> Factor:
    """Store a new secret, which is not required before it is confirmed. Raises ConflictError while one is in use."""
    standing = unit.sign_ins.factor(staff_id)
    if standing is not None and standing.confirmed_at is not None:
        raise ConflictError("code", "a second factor is in use already; remove it first")
    factor = Factor(staff_id=staff_id, secret=secret, made_at=now)
    unit.sign_ins.keep_factor(factor)
    return factor


def confirm_factor(unit: Unit, staff_id: StaffId, step: int, try_id: str, now: datetime) -> Factor:
    """Confirm the secret after its owner produced a code with it: from now on every sign-in with a password needs a
    code. The recorded try is removed because it succeeded."""
    factor = unit.sign_ins.factor(staff_id)
    if factor is None or factor.confirmed_at is not None:
        raise ConflictError("code", "start again")
    confirmed = replace(factor, confirmed_at=now, used_step=step)
    unit.sign_ins.keep_factor(confirmed)
    unit.sign_ins.forgive(try_id)
    unit.admin.add("factor_confirmed", unit.staff.get(staff_id).name, now, staff=staff_id)
    return confirmed


def use_code(unit: Unit, staff_id: StaffId, step: int) -> None:
    """Use the code of a half-minute step, once. Raises NotProvenError when it, or a later one, was used already."""
    factor = unit.sign_ins.factor(staff_id)
    if factor is None or factor.confirmed_at is None or step <= factor.used_step:
        raise NotProvenError("the code is wrong, or was used already")
    unit.sign_ins.keep_factor(replace(factor, used_step=step))


def drop_own_factor(unit: Unit, staff_id: StaffId, step: int, try_id: str, now: datetime) -> None:
    """Remove the owner's second factor, which takes one more code. The recorded try is removed because it succeeded.
    Raises NotProvenError."""
    use_code(unit, staff_id, step)
    unit.sign_ins.forgive(try_id)
    unit.sign_ins.drop_factor(staff_id)
    unit.admin.add("factor_dropped", unit.staff.get(staff_id).name, now, staff=staff_id)


def drop_factor_of(unit: Unit, by: StaffId, staff_id: StaffId, now: datetime) -> None:
    """Remove another account's second factor, for an owner who lost the device, and end its sessions. Raises
    ConflictError."""
    who = acting(unit, by, Right.MANAGE_STAFF)
    if who.id == staff_id:
        raise ConflictError("staff", "somebody else must do that for you")
    if not unit.sign_ins.drop_factor(staff_id):
        raise ConflictError("staff", "this account has no second factor")
    unit.staff.end_all(staff_id)
    unit.admin.add("factor_dropped", who.name, now, staff=staff_id)
