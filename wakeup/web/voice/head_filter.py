"""The connection filter of the public listener: what is plainly not the phone company's costs next to nothing.

It lets in a post to a URL with a valid tag, which nobody makes without our key, a post to one of the few fixed URLs
whose form names our account, and a fetch of a recorded prompt. Everything else is refused and only counted. Access
is decided by `access` all the same: the filter saves work, it is no security boundary.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote

from wakeup.telephony.provider import TWILIO
from wakeup.web.connection_filter import HEAD_END, LET_IN, REFUSED, HeadFilter
from wakeup.web.parts import Parts
from wakeup.web.voice.access import FORM_LIMIT, names_account

HEAD_LIMIT = 16 * 1024
"""Of a whole head. The phone company's has less than 2 KiB, and proxies add little."""
AGENT_LINE = "/twilio/agent-line/"
"""Begins URLs whose tag includes the call's id, which only the form tells."""
_AUDIO = "/twilio/audio/"
_OFFERED = (b"GET", b"POST")
"""The methods that can be chosen in the phone company's console."""
MISDIRECTED_S = 60.0
"""How rarely a request is logged that the phone company may have sent to a wrong URL: anyone can feign one."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_SIGNATURE = re.compile(
    rb"\r\n%s:[ \t]*[A-Za-z0-9+/]{27}=[ \t]*\r\n" % re.escape(TWILIO.signature_header.encode()), re.IGNORECASE
)


class PublicFilter:
    """`fixed` are the paths of the fixed URLs."""

    def __init__(self, parts: Parts, fixed: Collection[str]) -> None:
        self._parts, self._fixed = parts, frozenset(fixed)
        self._logged_at: float | None = None

    def __call__(self, heard: bytes) -> int:
        end = heard.find(HEAD_END, 0, HEAD_LIMIT)
        if end < 0:
            return len(heard) + 1 if len(heard) < HEAD_LIMIT else self._refuse("path", "no_head")
        head = heard[: end + 2]
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0].decode("latin-1")
        if method == b"GET":
            known = path.startswith(_AUDIO) and unquote(path.removeprefix(_AUDIO)) in self._parts.recordings
            return LET_IN if known else self._not_served(method, path, head)
        if method != b"POST":
            return self._not_served(method, path, head)
        return self._post(heard, head, path)

    def _post(self, heard: bytes, head: bytes, path: str) -> int:
        tag_fits = self._parts.urls.bears_our_tag(path)
        if tag_fits is False:
            return self._refuse("tag", "no_match")
        if tag_fits is None and path not in self._fixed and not path.startswith(AGENT_LINE):
            return self._not_served(b"POST", path, head)
        length = _LENGTH.search(head)
        flaw = _flaw_of(head, None if length is None else int(length[1]))
        if flaw is not None:
            return self._refuse("twilio", flaw)
        return LET_IN if tag_fits else self._form(heard, len(head) + 2, length)

    def _form(self, heard: bytes, begins: int, length: re.Match[bytes] | None) -> int:
        if length is None:
            return self._refuse("twilio", "no_length")
        ends = begins + int(length[1])
        if len(heard) < ends:
            return ends
        ours = names_account(heard[begins:ends], self._parts.account_sid)
        return LET_IN if ours else self._refuse("twilio", "other_account")

    def _not_served(self, method: bytes, path: str, head: bytes) -> int:
        """Refuse what looks like the phone company's as a flaw of its own: a wrong method or URL in its console would
        be lost among the strangers."""
        if method not in _OFFERED or _SIGNATURE.search(head) is None:
            return self._refuse("path", "not_served")
        now = self._parts.monotonic()
        if self._logged_at is None or now - self._logged_at >= MISDIRECTED_S:
            self._logged_at = now
            # A stranger's path may contain anything.
            known = path if path in self._fixed else None
            self._parts.log.warning("callback_misdirected", method=method.decode(), path=known)
        return self._refuse("path", "misdirected")

    def _refuse(self, door: str, flaw: str) -> int:
        self._parts.metrics.bad_signatures.labels(door, flaw).inc()
        return REFUSED


def _flaw_of(head: bytes, length: int | None) -> str | None:
    if length is not None and length > FORM_LIMIT:
        return "too_large"
    if _SIGNATURE.search(head) is not None:
        return None
    return "malformed" if TWILIO.signature_header.lower().encode() in head.lower() else "missing_header"


def head_filter(parts: Parts, fixed: Collection[str]) -> HeadFilter:
    """Return the connection filter, which refuses early what would be refused after more work."""
    return PublicFilter(parts, fixed)
