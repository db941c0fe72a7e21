"""Signing in and out."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from wakeup.domain.errors import ForbiddenError
from wakeup.domain.staff import Staff
from wakeup.usecases.sign_in import account_named, begin_session, sign_in_failed, sign_out
from wakeup.usecases.store import Lane
from wakeup.web.console.passwords import matches
from wakeup.web.console.rooms import ROOMS, VISITOR, away, page
from wakeup.web.console.tokens import hand_out, take_back

HOME = "/console"
WRONG, SLOW = "Name or password is wrong.", "Too many tries. Wait a few minutes."
_KEPT = "kept."


async def ask(request: web.Request) -> web.Response:
    """The sign-in page."""
    if request[VISITOR].who is not None:
        return away(HOME)
    return page(request, "sign_in.html", back=HOME, kept={}, fault="")


async def take(request: web.Request) -> web.StreamResponse:
    """A name and a password. Wrong ones are all answered alike."""
    rooms, visitor = request.app[ROOMS], request[VISITOR]
    form, parts = visitor.form, rooms.parts
    name, address, clock = form.get("name").strip().lower(), request.remote or "", parts.monotonic()
    back = form.get("back") if form.get("back").startswith(HOME) else HOME
    kept = {key.removeprefix(_KEPT): value for key, value in form.fields.items() if key.startswith(_KEPT)}
    again: dict[str, object] = {"back": back, "kept": kept}
    if rooms.tries.wait_s(address, name, clock) > 0:
        return page(request, "sign_in.html", 429, fault=SLOW, **again)
    staff = await parts.store.read(account_named, name)
    if not await matches(None if staff is None else staff.password_hash, form.get("password")) or staff is None:
        return await _failed(request, staff, name, again)
    token = rooms.tokens.new()
    try:
        await parts.store.run(begin_session, staff.id, rooms.tokens.session_id(token), parts.now(), lane=Lane.DISPATCH)
    except ForbiddenError:
        return await _failed(request, staff, name, again)
    rooms.tries.succeeded(address, name)
    # The old token dies with this answer: nobody who knew it is signed in.
    request[VISITOR] = replace(visitor, token=token)
    response = page(request, "resume.html", back=back, kept=kept) if kept else away(back)
    hand_out(response, token)
    return response


async def _failed(request: web.Request, staff: Staff | None, name: str, again: dict[str, object]) -> web.Response:
    rooms = request.app[ROOMS]
    rooms.tries.failed(request.remote or "", name, rooms.parts.monotonic())
    known = None if staff is None else staff.id
    await rooms.parts.store.run(sign_in_failed, known, rooms.parts.now(), lane=Lane.DISPATCH)
    return page(request, "sign_in.html", 401, fault=WRONG, **again)


async def leave(request: web.Request) -> web.Response:
    """Sign out here, or everywhere."""
    rooms, visitor = request.app[ROOMS], request[VISITOR]
    assert visitor.who is not None
    everywhere = visitor.form.get("everywhere") == "yes"
    await rooms.parts.store.run(
        lambda unit, session, name, now: sign_out(unit, session, name, now, everywhere=everywhere),
        visitor.who.session, visitor.staff.name, rooms.parts.now(), lane=Lane.DISPATCH,
    )  # fmt: skip
    response = away(f"{HOME}/sign-in")
    take_back(response)
    return response
