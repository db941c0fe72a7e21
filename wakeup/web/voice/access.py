"""Access checks of the public listener: the tag before the body is read, then the signature, then the account."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from wakeup.telephony import signature
from wakeup.telephony.fields import Form, text
from wakeup.telephony.inbound import CallIdentity, call_identity
from wakeup.telephony.provider import TWILIO
from wakeup.telephony.urls import Purpose
from wakeup.web.bodies import FORM_TYPE, read_body
from wakeup.web.connection_filter import HEAD_END, HeadFilter
from wakeup.web.parts import PARTS, Parts
from wakeup.web.problems import Refusal

MAX_FIELDS = 500
_POST = b"POST /"
_SIGNATURE = f"\r\n{TWILIO.signature_header}:".lower().encode()


def head_filter(parts: Parts) -> HeadFilter:
    """Return the connection filter. It refuses early what the functions below would refuse after more work."""

    def refuses(head: bytes) -> bool:
        end = head.find(HEAD_END)
        if end < 0 or not head.startswith(_POST):
            return False
        path = head[len(b"POST ") : head.find(b" ", len(_POST))].decode("latin-1")
        if parts.urls.refuses(path):
            parts.metrics.bad_signatures.labels("tag", "no_match").inc()
            return True
        if _SIGNATURE not in head[: end + 2].lower():
            parts.metrics.bad_signatures.labels("twilio", "missing_header").inc()
            return True
        return False

    return refuses


async def read_tagged_form(request: web.Request, purpose: Purpose, *names: str) -> Form:
    """Return the form of a request to a URL that we made for exactly this purpose. Refuses a wrong tag or
    signature with 403."""
    parts = request.app[PARTS]
    ids = [request.match_info[name] for name in names]
    if not parts.urls.check(purpose, ids, request.match_info["tag"]):
        parts.metrics.bad_signatures.labels("tag", "no_match").inc()
        raise Refusal(403, close=True)
    return await read_signed_form(request)


async def read_signed_form(request: web.Request) -> Form:
    """Return the form if the phone provider signed it for this URL and it concerns our account."""
    parts = request.app[PARTS]
    form = _form(await read_body(request, FORM_TYPE))
    header = request.headers.get(TWILIO.signature_header)
    if not signature.verify(parts.auth_tokens, parts.urls.public(request.raw_path), form, header):
        parts.metrics.bad_signatures.labels("twilio", "no_match" if header else "missing_header").inc()
        raise Refusal(403)
    if text(form, "AccountSid") != parts.account_sid:
        parts.metrics.bad_signatures.labels("twilio", "other_account").inc()
        raise Refusal(403)
    return form


def outbound_call(form: Form) -> CallIdentity:
    """Return which of our outgoing calls it is. Raises BadFormError, and Refusal for an incoming call."""
    call = call_identity(form)
    if not call.outbound:
        raise Refusal(403)
    return call


def _form(body: bytes) -> MultiDict[object]:
    try:
        pairs = parse_qsl(body.decode().rstrip(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        # Too many fields, or not UTF-8.
        raise Refusal(400, "the form cannot be read") from None
    return MultiDict(pairs)
