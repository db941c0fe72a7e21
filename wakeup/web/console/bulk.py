"""Bulk release of the transfers that one risk model flagged in a span of time. Two people are needed."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.domain.review import REASONS, Act, Reason
from wakeup.usecases.console.bulk_view import BulkView, read_bulk
from wakeup.usecases.deciding.bulk_release import Span, ask_bulk, confirm_bulk, refuse_bulk, release_some
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.forms import Form
from wakeup.web.console.submitting import faults_shown_by, run

HERE = "/console/bulk"
AT_A_TIME = 10
"""Transfers per transaction, so that no caller on the line waits long for it."""
ASKED, RELEASED, REFUSED = "asked", "released", "refused"
SAID = {
    ASKED: "A second person must confirm the release within {minutes} minutes.",
    RELEASED: "{n} of {m} were released.",
    REFUSED: "The request was refused; the holds stay.",
}


def _span(form: Form, zone: str) -> Span | None:
    since, until = form.moment("since", zone), form.moment("until", zone)
    if not form.get("model") or since is None or until is None or since >= until:
        return None
    return Span(model=form.get("model"), since=since, until=until)


async def show(request: web.Request, status: int = 200) -> web.Response:
    """Show the requests, and what a new one would include once model and span are given."""
    visitor, parts = request[VISITOR], request.app[CONTEXT].parts
    asked = visitor.form if visitor.form.get("model") else Form(fields=dict(request.query))
    span = _span(asked, visitor.look.zone)
    view = await parts.store.read(read_bulk, span, parts.now())
    opened, said = request.query.get("wish", ""), request.query.get("said", "")
    done = _done(view, opened) if said == RELEASED else None
    told = {"minutes": visitor.look.minutes(view.second_within)}
    if done is not None:
        told |= {"n": visitor.look.number(done[0]), "m": visitor.look.number(done[1])}
    elif said == RELEASED:
        said = ""
    return page(
        request, "bulk.html", status, asked=asked, span=span, reasons=REASONS[Act.RELEASED], models=view.models,
        minutes=told["minutes"], wishes=view.wishes, found=view.found, opened=opened, done=done,
        said=visitor.look.say(SAID.get(said, "")).format_map(told),
    )  # fmt: skip


def _done(view: BulkView, wish_id: str) -> tuple[int, int] | None:
    """Return how many transfers of a request were released, and how many it had. None if the page does not show it."""
    listed = next((listed for wish, listed in view.wishes if wish.id == wish_id), None)
    if listed is None:
        return None
    released = sum(one.done_at is not None and one.left_out is None for one in listed.members)
    return released, len(listed.members)


@faults_shown_by(show)
async def ask(request: web.Request) -> web.Response:
    visitor = request[VISITOR]
    form = visitor.form
    span = _span(form, visitor.look.zone)
    if span is None:
        raise ConflictError("until", "must be a model, and a time before the other")
    ticket, reason = form.get("ticket").strip(), form.choice("reason", Reason)
    await run(request, ask_bulk, visitor.staff.id, span, reason, ticket, form.get("seen"))
    return _told(ASKED)


@faults_shown_by(show)
async def confirm(request: web.Request) -> web.Response:
    """Confirm as the second person, then release the transfers."""
    await run(request, confirm_bulk, request[VISITOR].staff.id, request[VISITOR].form.get("wish"))
    return await _release(request)


@faults_shown_by(show)
async def go_on(request: web.Request) -> web.Response:
    """Release what is left of a confirmed request, in case the process died in the middle of it."""
    return await _release(request)


@faults_shown_by(show)
async def refuse(request: web.Request) -> web.Response:
    await run(request, refuse_bulk, request[VISITOR].staff.id, request[VISITOR].form.get("wish"))
    return _told(REFUSED)


async def _release(request: web.Request) -> web.Response:
    """Release the transfers of a confirmed request, a few at a time."""
    while await run(request, release_some, request[VISITOR].staff.id, request[VISITOR].form.get("wish"), AT_A_TIME):
        pass
    return redirect(f"{HERE}?said={RELEASED}&wish={quote(request[VISITOR].form.get('wish'))}")


def _told(said: str) -> web.Response:
    """Redirect to the page, which says what was done."""
    return redirect(f"{HERE}?said={said}")
