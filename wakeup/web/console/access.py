"""Access checks of every console page: who makes the request, do they have the right, and did our own page send
the form.

Errors are shown as pages that repeat nothing of the request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from aiohttp import web

from wakeup.domain.errors import ConflictError, ForbiddenError, NotFoundError, StoreBusyError, StoreDownError
from wakeup.domain.staff import Right, may
from wakeup.usecases.console.sign_in import SignedIn, renew, signed_in
from wakeup.usecases.store import Lane
from wakeup.web.console.context import (
    CONTEXT,
    HEADERS,
    SIGNED_OUT,
    STREAM,
    VISITOR,
    ConsoleContext,
    Visitor,
    here,
    page,
    redirect,
)
from wakeup.web.console.forms import ADDED_FIELDS, CSRF, Form, expect_plain_address, form_of
from wakeup.web.console.i18n import look_of
from wakeup.web.console.sign_in import ELSEWHERE, EVERYWHERE, HOME, LEAVING, typed_before
from wakeup.web.console.submitting import FormHandler, tell_fault
from wakeup.web.console.tokens import hand_out, owner_of, token_of
from wakeup.web.middleware import note, route_of
from wakeup.web.problems import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OUR_FAULT = "internal error; see the log"
STORE_DOWN = "the database is not available; an act may have been done all the same: look before you repeat it"
OUT_OF_DATE = "This page is out of date. Type your password again."
AGAIN = "again"
"""In the address of a form that waited for its user to sign in again. It is only shown: nothing is done."""
NOT_SENT = ConflictError(AGAIN, "Not sent: your session had ended. Check it and send it again.")
FORMS_ONLY = "this URL only accepts a submitted form; nothing was done"
RENEW_SHARE = 20
"""The last use of a session is written only after 1/RENEW_SHARE of its idle time, not with every click."""


@dataclass(frozen=True, slots=True)
class Route:
    """One page or act, and the right it needs. `None`: any user who is signed in."""

    method: str
    path: str
    handler: Handler
    right: Right | None = None
    open: bool = False
    """Also for people who are not signed in."""
    renews: bool = True


def guarded(route: Route) -> Handler:
    """Wrap the route's handler in the access checks."""

    async def handle(request: web.Request) -> web.StreamResponse:
        context = request.app[CONTEXT]
        token = token_of(request)
        visitor = Visitor(token=token or context.tokens.new(), look=look_of(request))
        request[VISITOR] = visitor
        try:
            response = await _answer(request, context, route, had_token=bool(token))
        except (web.HTTPException, Refusal, ForbiddenError, NotFoundError, ConflictError, StoreDownError,
                StoreBusyError) as error:  # fmt: skip
            response = _error_page(request, error)
        except Exception as error:
            # Whatever it was, the user gets a page.
            context.parts.log.error("request_failed", route=route_of(request), exc_info=error)
            response = _error_page(request, error)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not token and not response.prepared:
            hand_out(response, visitor.token)
        return response

    return handle


async def _answer(
    request: web.Request, context: ConsoleContext, route: Route, *, had_token: bool
) -> web.StreamResponse:
    visitor = request[VISITOR]
    expect_plain_address(request)
    if route.method == "POST":
        form = await form_of(request, ADDED_FIELDS if route.open else 0)
        visitor = request[VISITOR] = replace(visitor, form=form)
    if had_token:
        who = await _who(request, context, route)
        owner = "" if who is None else context.tokens.owner_mark(who.staff.id)
        visitor = request[VISITOR] = replace(visitor, who=who, owner=owner)
    waited = AGAIN in request.query
    if route.method == "POST" and not context.tokens.is_form_token(visitor.token, visitor.form.get(CSRF)):
        refused = _of_another_session(request, route)
        if refused is not None:
            return refused
        waited = True
    if route.open:
        return await route.handler(request)
    if visitor.who is None:
        return _sign_in_first(request)
    note(request, staff=visitor.staff.id)
    if route.right is not None and not may(visitor.staff.role, route.right):
        raise ForbiddenError(route.right)
    return await _show_again(request, route) if waited else await route.handler(request)


async def _who(request: web.Request, context: ConsoleContext, route: Route) -> SignedIn | None:
    parts, session_limits = context.parts, context.console.session_limits
    session_id, now = context.tokens.session_id(request[VISITOR].token), parts.now()
    who = await parts.store.read(signed_in, session_id, session_limits, now)
    if who is not None and route.renews and now - who.session.seen_at > session_limits.idle / RENEW_SHARE:
        await parts.store.run(renew, session_id, now, lane=Lane.DISPATCH)
    return who


def _sign_in_first(request: web.Request) -> web.Response:
    """Ask the user to sign in first. What was typed into a form passes through the sign-in page, so an expired
    session loses nothing.

    A stream reports the end of its session with an event of its own, because a browser does not tell its page
    about any other response.
    """
    if request.headers.get("Accept") == STREAM:
        return web.Response(text=SIGNED_OUT, content_type=STREAM, charset="utf-8")
    # Who only wanted to sign out has nothing left to do. Signing out everywhere is not done yet.
    gone = request.path == LEAVING and not request[VISITOR].form.get(EVERYWHERE)
    kept = None if gone else _kept(request)
    whose = owner_of(request[VISITOR].form.get(CSRF))
    request[VISITOR] = replace(request[VISITOR], form=Form())
    # A path that only takes forms cannot be returned to without one.
    back = request.path_qs if request.method == "GET" else request.path if kept is not None else HOME
    return page(request, "sign_in.html", 401, back=back, kept=kept, whose=whose, fault="")


async def _show_again(request: web.Request, route: Route) -> web.StreamResponse:
    """Show the page of a form that has waited, with what was typed. What the form asks for is never done here: its
    user sees the page as it is now, and sends the form again or not."""
    tell_fault(request, NOT_SENT)
    if route.method == "GET":
        return await route.handler(request)
    if isinstance(route.handler, FormHandler):
        return await route.handler.show(request, 409)
    # Nothing is typed into such a form.
    return redirect(f"{here(request)}?{AGAIN}=yes")


def _of_another_session(request: web.Request, route: Route) -> web.Response | None:
    """Refuse a form whose token is not of this session. None if it is the same user's, from an earlier session: one
    of our pages sent it, as forms from elsewhere are refused when they are read, but this browser has signed in again
    meanwhile, in another tab."""
    visitor = request[VISITOR]
    if visitor.who is None and not route.open:
        return _sign_in_first(request)
    if "Origin" not in request.headers:
        raise Refusal(403, "the form is not from this session")
    if visitor.who is None:
        # A sign-in page that is older than the last sign-out in this browser. Only what was typed comes back.
        return page(request, "sign_in.html", 401, fault=OUT_OF_DATE, **typed_before(request))
    if route.open:
        return _signed_in_already(request)
    if owner_of(visitor.form.get(CSRF)) != visitor.owner:
        # Whoever pressed the button saw what they had typed.
        return _not_yours(request, text=visitor.form.get("text"))
    return None


def _signed_in_already(request: web.Request) -> web.Response:
    """Answer a sign-in page in a browser that has signed in meanwhile. Another user than the one who has signed in is
    told so, and comes in only as themselves."""
    visitor, again = request[VISITOR], typed_before(request)
    form, waited = visitor.form, again["kept"] is not None
    name = visitor.staff.name if ELSEWHERE in form.fields else form.get("name").strip().lower()
    if name != visitor.staff.name or (waited and again["whose"] != visitor.owner):
        return _not_yours(request, waited=waited)
    request[VISITOR] = replace(visitor, form=Form())
    return page(request, "resume.html", 409, **again) if waited else redirect(again["back"])


def _not_yours(request: web.Request, *, text: str = "", waited: bool = False) -> web.Response:
    request[VISITOR] = replace(request[VISITOR], form=Form())
    return page(request, "not_yours.html", 409, dropped=False, waited=waited, text=text)


def _kept(request: web.Request) -> dict[str, str] | None:
    """Return the fields of a form that can be sent later, which may be none at all. None if there is no such form."""
    if request.method != "POST":
        return None
    return {name: value for name, value in request[VISITOR].form.fields.items() if name != CSRF}


def _error_page(request: web.Request, error: Exception) -> web.Response:
    headers = {}
    match error:
        case web.HTTPMethodNotAllowed():
            status, why = error.status, FORMS_ONLY
            headers["Allow"] = error.headers["Allow"]
        case web.HTTPException():
            status, why = error.status, ""
        case Refusal():
            status, why = error.problem.status, error.problem.detail or ""
        case ForbiddenError():
            status, why = 403, "your role does not have the right to do that"
        case NotFoundError():
            status, why = 404, ""
        case ConflictError():
            status, why = 409, error.reason
        case StoreDownError() | StoreBusyError():
            status, why = 503, STORE_DOWN
            headers["Retry-After"] = "2"
        case _:
            status, why = 500, OUR_FAULT
    response = page(request, "error.html", status, number=status, title=HTTPStatus(status).phrase, why=why)
    response.headers.update(headers)
    return response
