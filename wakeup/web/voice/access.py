"""Access checks of the public listener: the tag before the body is read, then the account, then the signature."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from wakeup.telephony import signature
from wakeup.telephony.fields import Form
from wakeup.telephony.inbound import CallIdentity, call_identity
from wakeup.telephony.provider import TWILIO
from wakeup.telephony.urls import Purpose
from wakeup.web.bodies import FORM_TYPE, read_body
from wakeup.web.parts import PARTS, Parts
from wakeup.web.problems import Refusal

FORM_LIMIT = 24 * 1024
"""Of a form. The largest is an SMS of 1,600 characters: 14,400 bytes in Chinese and 19,200 in emoji, percent-encoded,
2,300 for ten media, and 1,200 for the rest. Speech that is used (2,000 characters) comes to 18,000."""
MAX_FIELDS = 100
"""The fullest form, an SMS with ten media, has about 45."""
_SIGNATURE = re.compile("[A-Za-z0-9+/]{27}=")


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
    """Return the form if the phone provider signed it for this URL and it concerns our account.

    The cheapest check comes first, because anyone can post to our fixed URLs.
    """
    parts = request.app[PARTS]
    header = request.headers.get(TWILIO.signature_header)
    if not header or _SIGNATURE.fullmatch(header) is None:
        raise _refused(parts, "malformed" if header else "missing_header")
    body = await read_body(request, FORM_TYPE, FORM_LIMIT)
    if not names_account(body, parts.account_sid):
        raise _refused(parts, "other_account")
    form = _form(body)
    if not signature.verify(parts.auth_tokens, parts.urls.public(request.raw_path), form, header):
        raise _refused(parts, "no_match")
    return form


def names_account(body: bytes, account_sid: str) -> bool:
    """True if the form names this account, and no other. It is not parsed: an outsider does not know our account."""
    form = b"&%s&" % body.rstrip()
    return b"&AccountSid=%s&" % account_sid.encode() in form and form.count(b"&AccountSid=") == 1


def _refused(parts: Parts, flaw: str) -> Refusal:
    parts.metrics.bad_signatures.labels("twilio", flaw).inc()
    return Refusal(403)


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
