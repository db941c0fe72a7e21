"""Single sign-on. The browser returns from another site, and then does not send our strict cookie. So a second
cookie, for this redirect only and for minutes, shows which browser was sent."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from aiohttp import web

from wakeup.domain.errors import NotProvenError
from wakeup.usecases.console.sign_in import Proven
from wakeup.usecases.console.single_sign_on import account_of, begin_flow, take_flow
from wakeup.usecases.repositories.sign_in import SsoFlow
from wakeup.usecases.store import Lane
from wakeup.web.console.context import CONTEXT, ConsoleContext, page
from wakeup.web.console.oidc import Secrets, SsoError, address, subject_of
from wakeup.web.console.sign_in import HOME, come_in, note_failure
from wakeup.web.parts import SignOn

COOKIE = "__Host-wakeup-sso"
UNKNOWN = "This identity is not linked to an account here. An administrator can link it."
BROKEN = "Single sign-on failed. Try again, or use your password."


def _sign_on(context: ConsoleContext) -> SignOn:
    """Return the settings. Raises 404 where there is no single sign-on."""
    if context.console.sign_on is None:
        raise web.HTTPNotFound
    return context.console.sign_on


async def leave(request: web.Request) -> web.StreamResponse:
    """Send the browser to the identity provider."""
    context = request.app[CONTEXT]
    sign_on, session_limits = _sign_on(context), context.console.session_limits
    held = context.tokens.new()
    secrets = Secrets(state=context.tokens.new(), nonce=context.tokens.new(), verifier=context.tokens.new())
    try:
        there = await address(sign_on, secrets)
    except SsoError as error:
        return _refused(request, BROKEN, error)
    flow = SsoFlow(
        id=context.tokens.session_id(held), state=secrets.state, nonce=secrets.nonce, verifier=secrets.verifier,
        begun_at=context.parts.now(),
    )  # fmt: skip
    await context.parts.store.run(begin_flow, flow, session_limits.half_way, lane=Lane.DISPATCH)
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": there})
    response.set_cookie(COOKIE, held, path="/", secure=True, httponly=True, samesite="Lax", max_age=600)
    return response


async def back(request: web.Request) -> web.StreamResponse:
    """Take the browser's return with a code. Accepted once, and only in the browser that was sent."""
    context = request.app[CONTEXT]
    sign_on, now = _sign_on(context), context.parts.now()
    try:
        flow_id = context.tokens.session_id(request.cookies.get(COOKIE, ""))
        waits = context.console.session_limits.half_way
        flow = await context.parts.store.run(take_flow, flow_id, waits, now, lane=Lane.DISPATCH)
        secrets = Secrets(state=flow.state, nonce=flow.nonce, verifier=flow.verifier)
        code = _code(request, sign_on, secrets)
        subject = await subject_of(sign_on, secrets, code, context.console.unix_s())
    except (NotProvenError, SsoError) as error:
        return _refused(request, BROKEN, error)
    try:
        staff = await context.parts.store.read(account_of, sign_on.issuer, subject)
    except NotProvenError as error:
        await note_failure(request, None)
        return _refused(request, UNKNOWN, error)
    again = {"back": HOME, "kept": None, "whose": ""}
    came = await come_in(request, Proven(staff_id=staff.id, elsewhere=True), again, onward="welcome.html")
    if came is None:
        return _refused(request, UNKNOWN, None)
    came.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return came


def _code(request: web.Request, sign_on: SignOn, secrets: Secrets) -> str:
    query = request.query
    if not hmac.compare_digest(query.get("state", "").encode(), secrets.state.encode()):
        raise SsoError("another state came back")
    if query.get("iss", sign_on.issuer) != sign_on.issuer:
        raise SsoError("another issuer answered")
    if not query.get("code"):
        raise SsoError("no code came back")
    return query["code"]


def _refused(request: web.Request, words: str, error: Exception | None) -> web.Response:
    if isinstance(error, SsoError):
        request.app[CONTEXT].parts.log.warning("single_sign_on_failed", reason=str(error))
    return page(request, "sign_in.html", 401, back=HOME, kept=None, fault=words)
