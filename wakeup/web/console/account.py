"""The user's own account: switch the second factor on and off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.staff import StaffId
from wakeup.usecases.console.second_factor import begin_factor, confirm_factor, drop_own_factor, factor_of
from wakeup.usecases.console.sign_in import sign_out
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.sign_in import WRONG_CODE, go_out, may_try, note_failure
from wakeup.web.console.submitting import faults_shown_by, run
from wakeup.web.console.totp import SECRET_BYTES, picture, step_of

HERE = "/console/account"


async def show(request: web.Request, status: int = 200) -> web.Response:
    """Show the account. The secret is shown until it is confirmed, and never again."""
    context, staff = request.app[CONTEXT], request[VISITOR].staff
    factor = await context.parts.store.read(factor_of, staff.id)
    fresh = factor is not None and factor.confirmed_at is None
    drawn = Markup(picture(factor.secret, staff.name)) if factor is not None and fresh else ""  # noqa: S704 - drawn by us
    return page(request, "account.html", status, factor=factor, fresh=fresh, drawn=drawn)


@faults_shown_by(show)
async def begin(request: web.Request) -> web.Response:
    secret = base64.b32encode(request.app[CONTEXT].console.random_bytes(SECRET_BYTES)).decode()
    await run(request, begin_factor, request[VISITOR].staff.id, secret, lane=Lane.DISPATCH)
    return redirect(HERE)


@faults_shown_by(show)
async def confirm(request: web.Request) -> web.Response:
    return await _with_code(request, confirm_factor)


@faults_shown_by(show)
async def drop(request: web.Request) -> web.Response:
    return await _with_code(request, drop_own_factor)


async def _with_code(
    request: web.Request, use_case: Callable[[Unit, StaffId, int, str, datetime], object]
) -> web.Response:
    """Run a use case that needs a code. Codes are limited as at sign-in, so that a person who finds an open
    session cannot guess the one that switches the second factor off."""
    context, visitor = request.app[CONTEXT], request[VISITOR]
    made = await may_try(request, visitor.staff.name)
    if made is None:
        # At the sign-in the user then has to wait.
        return await go_out(request, sign_out)
    factor = await context.parts.store.read(factor_of, visitor.staff.id)
    step = None if factor is None else step_of(factor.secret, visitor.form.get("code"), context.console.unix_s())
    if step is None:
        raise await _wrong_code(request)
    try:
        await run(request, use_case, visitor.staff.id, step, made, lane=Lane.DISPATCH)
    except NotProvenError:
        raise await _wrong_code(request) from None
    return redirect(HERE)


async def _wrong_code(request: web.Request) -> ConflictError:
    """Record the failure, and return the fault."""
    await note_failure(request, request[VISITOR].staff)
    return ConflictError("code", WRONG_CODE)
