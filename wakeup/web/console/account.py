"""The user's own account: switch the second factor on and off."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.staff import StaffId
from wakeup.usecases.console.second_factor import begin_factor, confirm_factor, drop_own_factor
from wakeup.usecases.console.sign_in import sign_out
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect, tell_fault
from wakeup.web.console.sign_in import DOOR, WRONG_CODE, may_try, note_failure
from wakeup.web.console.tokens import take_back
from wakeup.web.console.totp import SECRET_BYTES, picture, step_of

HERE = "/console/account"


async def show(request: web.Request, status: int = 200) -> web.Response:
    """Show the account. The secret is shown until it is confirmed, and never again."""
    context, staff = request.app[CONTEXT], request[VISITOR].staff
    factor = await context.parts.store.read(lambda unit: unit.sign_ins.factor(staff.id))
    fresh = factor is not None and factor.confirmed_at is None
    drawn = Markup(picture(factor.secret, staff.name)) if factor is not None and fresh else ""  # noqa: S704 - drawn by us
    return page(request, "account.html", status, factor=factor, fresh=fresh, drawn=drawn)


async def begin(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    secret = base64.b32encode(context.console.random_bytes(SECRET_BYTES)).decode()
    return await _act(request, begin_factor, secret)


async def confirm(request: web.Request) -> web.Response:
    return await _with_code(request, confirm_factor)


async def drop(request: web.Request) -> web.Response:
    return await _with_code(request, drop_own_factor)


async def _with_code(request: web.Request, use_case: Any) -> web.Response:
    """Run a use case that needs a code. Codes are limited as at sign-in, so that a person who finds an open
    session cannot guess the one that switches the second factor off."""
    context, visitor = request.app[CONTEXT], request[VISITOR]
    made = await may_try(request, visitor.staff.name)
    if made is None:
        return await _shown_out(request)
    factor = await context.parts.store.read(lambda unit: unit.sign_ins.factor(visitor.staff.id))
    step = None if factor is None else step_of(factor.secret, visitor.form.get("code"), context.console.unix_s())
    if step is None:
        await note_failure(request, visitor.staff)
        return await _refused(request, WRONG_CODE)

    def act(unit: Unit, staff_id: StaffId, step: int, now: datetime) -> None:
        use_case(unit, staff_id, step, now)
        unit.sign_ins.forgive(made)

    return await _act(request, act, step)


async def _act(request: web.Request, use_case: Any, *args: Any) -> web.Response:
    parts, visitor = request.app[CONTEXT].parts, request[VISITOR]
    try:
        await parts.store.run(use_case, visitor.staff.id, *args, parts.now(), lane=Lane.DISPATCH)
    except ConflictError as wrong:
        return await _refused(request, wrong.reason)
    except NotProvenError:
        await note_failure(request, visitor.staff)
        return await _refused(request, WRONG_CODE)
    return redirect(HERE)


async def _shown_out(request: web.Request) -> web.Response:
    """End the session after too many wrong codes. At the sign-in the user then has to wait."""
    parts, visitor = request.app[CONTEXT].parts, request[VISITOR]
    assert visitor.who is not None
    await parts.store.run(sign_out, visitor.who.session, visitor.staff.name, parts.now(), lane=Lane.DISPATCH)
    response = redirect(DOOR)
    take_back(response)
    return response


async def _refused(request: web.Request, why: str) -> web.Response:
    tell_fault(request, ConflictError("code", why))
    return await show(request, 409)
