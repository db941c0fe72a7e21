"""The URLs we give the phone company. Each carries ids and a keyed tag, and no personal data."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from urllib.parse import quote, unquote, urlencode

from wakeup.domain.ids import AttemptId

TAG_BYTES = 16
TAGS_AT_HAND = 256
"""Cache size. The tag of a turn is needed three times: for its URL, for the access check, and by the handler."""
_TURN_OVERRIDES = "#rc=2&rp=ct,5xx&ct=2000&rt=5000"
_EVENT_OVERRIDES = "#rc=3&rp=ct,5xx&ct=2000&rt=4000"
"""The provider's retry rules, as a URL fragment, which it neither signs nor sends."""


class Purpose(StrEnum):
    """What a URL is for: a tag made for one purpose is invalid for any other."""

    VOICE = "voice"
    FALLBACK = "fallback"
    WHISPER = "whisper"
    ACCEPT = "accept"
    HOLD = "hold"
    ROOM = "room"
    LINE_DIGITS = "line-digits"
    LINE_STATE = "line-state"
    STATUS = "status"
    AMD = "amd"
    RECORDING = "recording"
    SMS_STATUS = "sms-status"


_PLACES = {
    **dict.fromkeys((Purpose.VOICE, Purpose.WHISPER, Purpose.ACCEPT, Purpose.HOLD, Purpose.ROOM), 3),
    **dict.fromkeys((Purpose.FALLBACK, Purpose.STATUS, Purpose.AMD, Purpose.RECORDING, Purpose.SMS_STATUS), 2),
}
"""Number of path segments after the purpose in URLs that begin with it: ids, and the tag as the last. Those of
`SMS_STATUS` begin with `sms/status`."""


class CallbackUrls:
    """Builds and checks the URLs. Base URL and key are as the settings have checked them."""

    def __init__(self, public_base_url: str, tag_key: bytes) -> None:
        self._base = public_base_url.rstrip("/")
        self._key = tag_key
        self._tag = lru_cache(maxsize=TAGS_AT_HAND)(self._made)

    def voice(self, attempt: AttemptId, turn: int) -> str:
        """Return where turn `turn` is fetched: the Url of the call (0), or the action of the previous turn."""
        return self._url("voice", Purpose.VOICE, attempt, str(turn)) + _TURN_OVERRIDES

    def fallback(self, attempt: AttemptId) -> str:
        """Return where the static apology is fetched when a turn is unavailable."""
        return self._url("fallback", Purpose.FALLBACK, attempt) + _TURN_OVERRIDES

    def whisper(self, attempt: AttemptId, turn: int) -> str:
        """Return what the colleague rung in turn `turn` hears before accepting the call."""
        return self._url("whisper", Purpose.WHISPER, attempt, str(turn)) + _TURN_OVERRIDES

    def accept(self, attempt: AttemptId, turn: int) -> str:
        """Return where the colleague's accept key is sent."""
        return self._url("accept", Purpose.ACCEPT, attempt, str(turn)) + _TURN_OVERRIDES

    def hold(self, attempt: AttemptId, turn: int, language: str) -> str:
        """Return what a callee hears while waiting in the conference of turn `turn`. Names only the language."""
        return f"{self._url('hold', Purpose.HOLD, attempt, str(turn))}?{urlencode({'lang': language})}"

    def room(self, attempt: AttemptId, turn: int) -> str:
        """Return where entries to and exits from that conference are reported."""
        return self._url("room", Purpose.ROOM, attempt, str(turn)) + _EVENT_OVERRIDES

    def status(self, attempt: AttemptId) -> str:
        return self._url("status", Purpose.STATUS, attempt) + _EVENT_OVERRIDES

    def amd(self, attempt: AttemptId) -> str:
        return self._url("amd", Purpose.AMD, attempt) + _EVENT_OVERRIDES

    def recording(self, attempt: AttemptId) -> str:
        return self._url("recording", Purpose.RECORDING, attempt) + _EVENT_OVERRIDES

    def sms_status(self, message: str) -> str:
        return self._url("sms/status", Purpose.SMS_STATUS, message) + _EVENT_OVERRIDES

    def audio(self, name: str) -> str:
        """Return where the phone company fetches a recorded prompt. No personal data, so it carries no tag."""
        return f"{self._base}/twilio/audio/{quote(name, safe='')}"

    def public(self, raw_path: str) -> str:
        """Return the URL as the phone company signed it. `raw_path` is the request's, query and escapes untouched."""
        return self._base + raw_path

    def tag(self, purpose: Purpose, ids: Sequence[str]) -> str:
        return self._tag(purpose, *ids)

    def _made(self, purpose: Purpose, *ids: str) -> str:
        # A JSON array keeps ("a", "bc") and ("ab", "c") apart.
        text = f"[{', '.join(map(encode_basestring_ascii, (purpose.value, *ids)))}]".encode()
        return urlsafe_b64encode(hmac.digest(self._key, text, sha256)[:TAG_BYTES]).rstrip(b"=").decode()

    def check(self, purpose: Purpose, ids: Sequence[str], tag: str) -> bool:
        """True if we made this tag for exactly this purpose and these ids. Constant time."""
        return hmac.compare_digest(self.tag(purpose, ids).encode(), tag.encode("utf-8", "surrogatepass"))

    def bears_our_tag(self, path: str) -> bool | None:
        """Return whether the path, without its query, has the right tag; None if it has not the form of one of ours."""
        name, *places = path.removeprefix("/twilio/").split("/")
        if (name, *places[:1]) == ("sms", "status"):
            name, places = Purpose.SMS_STATUS, places[1:]
        if name not in _PLACES or len(places) != _PLACES[Purpose(name)]:
            return None
        *ids, tag = (unquote(place) for place in places)
        return self.check(Purpose(name), ids, tag)

    def _url(self, path: str, purpose: Purpose, *ids: str) -> str:
        places = "/".join(quote(part, safe="") for part in (*ids, self.tag(purpose, ids)))
        return f"{self._base}/twilio/{path}/{places}"
