"""The list of numbers that want no further contact. It stores hashes, so what is shown identifies nobody."""

from __future__ import annotations

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
    remove_from_list,
)
from wakeup.usecases.store import Lane
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.forms import NO_NUMBER
from wakeup.web.console.submitting import faults_shown_by, run

HERE = "/console/do-not-call"


async def show(request: web.Request, status: int = 200, found: tuple[Channel, ...] | None = None) -> web.Response:
    """Show the list. `found`: the channels by which the number that was looked up is listed."""
    seen = await request.app[CONTEXT].parts.store.read(read_list)
    return page(
        request, "do_not_call.html", status, seen=seen, channels=list(Channel), to_put_on=TO_PUT_ON,
        to_take_off=TO_TAKE_OFF, short=SHORT, found=found,
    )  # fmt: skip


@faults_shown_by(show)
async def look_up(request: web.Request) -> web.Response:
    """Look up by which channels a number is listed. Changes nothing, and the number appears in no URL or log."""
    found = await request.app[CONTEXT].parts.store.read(blocked_channels, _number(request))
    return await show(request, found=found)


@faults_shown_by(show)
async def put_on(request: web.Request) -> web.Response:
    """Add a number, typed as people write it. It is hashed, and appears in no URL or log."""
    form, staff_id, number = request[VISITOR].form, request[VISITOR].staff.id, _number(request)
    channels = [channel for channel in Channel if form.get(f"by_{channel}") == "yes"]
    await run(request, put_on_list, staff_id, number, channels, form.choice("why", Why), lane=Lane.DISPATCH)
    return redirect(HERE)


@faults_shown_by(show)
async def take_off(request: web.Request) -> web.Response:
    form, staff_id = request[VISITOR].form, request[VISITOR].staff.id
    channel, why = form.choice("channel", Channel), form.choice("off", Why)
    await run(request, remove_from_list, staff_id, form.get("number"), channel, why, lane=Lane.DISPATCH)
    return redirect(HERE)


def _number(request: web.Request) -> str:
    """Return the number of the form. Raises ConflictError."""
    number = request[VISITOR].form.phone("phone")
    if number is None:
        raise ConflictError("phone", NO_NUMBER)
    return number
