"""Finds cases: by id in the URL, by phone number in the body, where neither log nor browser history records it."""

from __future__ import annotations

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.usecases.console.board import find_by_phone, find_cases
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.forms import NO_NUMBER
from wakeup.web.console.submitting import faults_shown_by

LONGEST = 128


async def by_id(request: web.Request) -> web.Response:
    """Find a case, transfer or customer by id, or a case by the end of its id. A single result is opened."""
    text = request.query.get("q", "").strip()[:LONGEST]
    found = await request.app[CONTEXT].parts.store.read(find_cases, text) if text else []
    if len(found) == 1:
        return redirect(f"/console/cases/{found[0]}")
    return page(request, "search.html", asked=bool(text), found=found)


async def show(request: web.Request, status: int = 200) -> web.Response:
    return page(request, "search.html", status, asked=False, found=[])


@faults_shown_by(show)
async def by_phone(request: web.Request) -> web.Response:
    """Find cases by a phone number as people write it, with the country's prefix."""
    typed = request[VISITOR].form.phone("phone")
    if typed is None:
        raise ConflictError("phone", NO_NUMBER)
    found = await request.app[CONTEXT].parts.store.read(find_by_phone, typed)
    if len(found) == 1:
        return redirect(f"/console/cases/{found[0]}")
    return page(request, "search.html", asked=True, found=found)
