"""The list of numbers that want no further contact. It stores hashes, so what is shown identifies nobody."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.do_not_call import (
    SHORT,
    TO_PUT_ON,
    TO_TAKE_OFF,
    Why,
    blocked_channels,
    put_on_list,
    read_list,
    take_off_list,
)
from wakeup.usecases.store import Lane
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect, tell_fault
from wakeup.web.console.forms import NO_NUMBER

HERE = "/console/do-not-call"


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, status: int = 200, found: tuple[Channel, ...] | None = None) -> web.Response:
    seen = await request.app[CONTEXT].parts.store.read(read_list)
    return page(
        request, "do_not_call.html", status, seen=seen, channels=list(Channel), to_put_on=TO_PUT_ON,
        to_take_off=TO_TAKE_OFF, short=SHORT, found=found,
    )  # fmt: skip


async def look_up(request: web.Request) -> web.Response:
    """Look up by which channels a number is listed. Changes nothing, and the number appears in no URL or log."""
    number = request[VISITOR].form.phone("phone")
    if number is None:
        return await _refused(request, ConflictError("phone", NO_NUMBER))
    return await _page(request, found=await request.app[CONTEXT].parts.store.read(blocked_channels, number))


async def put_on(request: web.Request) -> web.Response:
    """Add a number, typed as people write it. It is hashed, and appears in no URL or log."""
    form = request[VISITOR].form
    number = form.phone("phone")
    if number is None:
        return await _refused(request, ConflictError("phone", NO_NUMBER))
    channels = [channel for channel in Channel if form.get(f"by_{channel}") == "yes"]
    return await _act(request, put_on_list, number, channels, form.choice("why", Why))


async def take_off(request: web.Request) -> web.Response:
    form = request[VISITOR].form
    return await _act(
        request, take_off_list, form.get("number"), form.choice("channel", Channel), form.choice("off", Why)
    )


async def _act(request: web.Request, use_case: Any, *args: Any) -> web.Response:
    parts, staff = request.app[CONTEXT].parts, request[VISITOR].staff
    try:
        await parts.store.run(use_case, staff.id, *args, parts.now(), lane=Lane.DISPATCH)
    except ConflictError as wrong:
        return await _refused(request, wrong)
    return redirect(HERE)


async def _refused(request: web.Request, wrong: ConflictError) -> web.Response:
    tell_fault(request, wrong)
    return await _page(request, 409)
