"""Signing in and out: a name and a password, and a code for accounts with a second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from wakeup.domain.errors import ForbiddenError, NotProvenError
from wakeup.domain.staff import Session, Staff, StaffId
from wakeup.usecases.console.sign_in import (
    Proven,
    account_and_factor,
    account_named,
    begin_session,
    needs_code,
    sign_in_failed,
    sign_out,
    sign_out_everywhere,
)
from wakeup.usecases.console.sign_in_limit import take_try
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.client_address import address_of
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.passwords import matches
from wakeup.web.console.submitting import run
from wakeup.web.console.tokens import HalfWay, hand_out, take_back
from wakeup.web.console.totp import step_of

HOME, DOOR, LEAVING = "/console", "/console/sign-in", "/console/sign-out"
WRONG, SLOW = "Name or password is wrong.", "Too many tries. Wait a few minutes."
WRONG_CODE = "The code is wrong, or was used already. Wait for the next one."
NOT_YET = "You are not signed in yet. Sign in in another tab, then come back."
_KEPT, _WHOSE = "kept.", "whose"
ELSEWHERE = "elsewhere"
"""The button of a user who has signed in in another tab, by single sign-on."""
EVERYWHERE = "everywhere"
"""The button that ends all sessions of the user."""
_OUR_PAGE = re.compile(rf"{HOME}(/[0-9A-Za-z_~-][0-9A-Za-z._~-]*)*(\?[0-9A-Za-z._~%&=+-]*)?")
"""Where a user is sent back to after signing in. The page carries it, so anybody could have written it."""


async def ask(request: web.Request) -> web.Response:
    """Show the sign-in page, to a user whose session has ended with the reason."""
    back = our_page(request.query.get("back", ""))
    if request[VISITOR].who is not None:
        return redirect(back)
    return page(request, "sign_in.html", back=back, kept=None, whose="", fault="", ended="ended" in request.query)


def our_page(back: str) -> str:
    """Return the page to go back to if it is one of the console, otherwise the board, so that a link to the sign-in
    page leads to no other site."""
    return back if _OUR_PAGE.fullmatch(back) else HOME


def typed_before(request: web.Request) -> dict[str, Any]:
    """Return the page the user wanted to see, the fields of the form that waits, and whose page it was. `kept` is None
    if no form waits: a form may have no fields."""
    form = request[VISITOR].form
    fields = {key.removeprefix(_KEPT): value for key, value in form.fields.items() if key.startswith(_KEPT)}
    back, kept = our_page(form.get("back")), fields if _WHOSE in form.fields else None
    if kept is not None:
        # The path of a form: that the form has waited is told in the query.
        back = back.partition("?")[0]
    return {"back": back, "kept": kept, "whose": form.get(_WHOSE)}


async def may_try(request: web.Request, name: str) -> str | None:
    """Record a try, to be forgiven if it succeeds, and return its id. None when the user has to wait."""
    context = request.app[CONTEXT]
    address = address_of(request, context.parts.proxies)
    return await run(request, take_try, address, name, context.console.session_limits.tries, lane=Lane.DISPATCH)


async def take(request: web.Request) -> web.StreamResponse:
    """Take a name and a password. The response is the same whatever is wrong."""
    context, form, again = request.app[CONTEXT], request[VISITOR].form, typed_before(request)
    if ELSEWHERE in form.fields:
        return page(request, "sign_in.html", 401, fault=NOT_YET, **again)
    name = form.get("name").strip().lower()
    made = await may_try(request, name)
    if made is None:
        return page(request, "sign_in.html", 429, fault=SLOW, **again)
    staff = await context.parts.store.read(account_named, name)
    if not await matches(None if staff is None else staff.password_hash, form.get("password")) or staff is None:
        return await _failed(request, staff, again)
    if staff.disabled_at is None and await context.parts.store.read(needs_code, staff.id):
        until = context.parts.now() + context.console.session_limits.half_way
        password = context.tokens.of_password(staff.password_hash)
        return _ask_code(request, staff, HalfWay(staff_id=staff.id, try_id=made, until=until, password=password), again)
    proven = Proven(staff_id=staff.id, try_ids=(made,), password_hash=staff.password_hash)
    return await come_in(request, proven, again) or await _failed(request, staff, again)


def _ask_code(
    request: web.Request, staff: Staff, half: HalfWay, again: dict[str, Any], status: int = 200, fault: str = ""
) -> web.Response:
    ticket = request.app[CONTEXT].tokens.ticket(request[VISITOR].token, half)
    return page(request, "code.html", status, ticket=ticket, name=staff.name, fault=fault, **again)


async def take_code(request: web.Request) -> web.StreamResponse:
    """Take the code from a user who has just given the right password in this browser."""
    context, visitor, again = request.app[CONTEXT], request[VISITOR], typed_before(request)
    if "again" in visitor.form.fields:
        return page(request, "sign_in.html", fault="", **again)
    half = context.tokens.read_ticket(visitor.token, visitor.form.get("ticket"), context.parts.now())
    if half is None:
        return page(request, "sign_in.html", 401, fault=WRONG, **again)
    staff, factor = await context.parts.store.read(account_and_factor, StaffId(half.staff_id))
    if context.tokens.of_password(staff.password_hash) != half.password:
        return page(request, "sign_in.html", 401, fault=WRONG, **again)
    again_made = await may_try(request, staff.name)
    if again_made is None:
        return _ask_code(request, staff, half, again, 429, SLOW)
    step = None if factor is None else step_of(factor.secret, visitor.form.get("code"), context.console.unix_s())
    tries = (half.try_id, again_made)
    proven = Proven(staff_id=staff.id, try_ids=tries, step=step, password_hash=staff.password_hash)
    came_in = None if step is None else await come_in(request, proven, again)
    if came_in is None:
        await note_failure(request, staff)
        return _ask_code(request, staff, half, again, 401, WRONG_CODE)
    return came_in


async def come_in(
    request: web.Request, proven: Proven, again: dict[str, Any], onward: str = ""
) -> web.StreamResponse | None:
    """Begin a session and go on to the page the user wanted. None when they may not sign in. `onward` is a page
    that forwards the user, where a redirect would lose the cookie."""
    context, visitor = request.app[CONTEXT], request[VISITOR]
    token = context.tokens.new()
    session_id, limits = context.tokens.session_id(token), context.console.session_limits
    try:
        await run(request, begin_session, proven, session_id, limits, lane=Lane.DISPATCH)
    except (ForbiddenError, NotProvenError):
        return None
    # The old token is replaced by this response, so knowing it signs nobody in.
    owner = context.tokens.owner_mark(proven.staff_id)
    request[VISITOR] = replace(visitor, token=token, owner=owner)
    if again["kept"] is not None and again["whose"] != owner:
        # What another user typed, or an unknown one, is neither shown to this one nor sent in their name.
        again, onward = {**again, "back": HOME, "kept": None}, "not_yours.html"
    shown = onward if again["kept"] is None else "resume.html"
    response = page(request, shown, dropped=True, text="", **again) if shown else redirect(again["back"])
    hand_out(response, token)
    return response


async def _failed(request: web.Request, staff: Staff | None, again: dict[str, Any]) -> web.Response:
    await note_failure(request, staff)
    return page(request, "sign_in.html", 401, fault=WRONG, **again)


async def note_failure(request: web.Request, staff: Staff | None) -> None:
    """Record the failure in the administration log, by account where there is one."""
    await run(request, sign_in_failed, None if staff is None else staff.id, lane=Lane.DISPATCH)


async def leave(request: web.Request) -> web.Response:
    """Sign out here, or everywhere."""
    everywhere = request[VISITOR].form.get(EVERYWHERE) == "yes"
    return await go_out(request, sign_out_everywhere if everywhere else sign_out)


async def go_out(request: web.Request, use_case: Callable[[Unit, Session, str, datetime], None]) -> web.Response:
    """End the session by this use case, and go to the sign-in."""
    who = request[VISITOR].who
    assert who is not None
    await run(request, use_case, who.session, who.staff.name, lane=Lane.DISPATCH)
    response = redirect(DOOR)
    take_back(response)
    return response
