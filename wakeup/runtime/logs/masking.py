"""The last line of defence of the log: mask what looks like a number, a name or a secret.

Personal data does not belong in a log line in the first place. This catches what slipped through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from enum import IntEnum
from functools import lru_cache
from typing import Any

MASKED, NUMBER, SECRET, DEEP = "[masked]", "[number]", "[secret]", "[deep]"
MAX_TEXT = 16_000
"""Longest text in characters; longer ones are cut."""
_MAX_DEPTH = 6

# fmt: off
DENIED_KEYS = frozenset((
    "account", "alternate_phones", "amount", "api_key", "api_secret", "auth_token", "authorization", "birth_year",
    "body", "called", "callee", "caller", "content", "cookie", "data_key", "digits", "email", "form", "forwardedfrom",
    "from", "from_", "guardians", "headers", "heard", "message_body", "msisdn", "name", "names", "note", "notes",
    "number", "numbers", "parameters", "params", "password", "payee", "payload", "phone", "phones", "reply", "said",
    "secret", "secrets", "signature", "speech", "speech_result", "speechresult", "spoken", "text", "to", "token",
    "tokens", "transcript", "transcription", "unstable_speech", "utterance", "words",
))
# fmt: on
"""Keys whose values are always masked, in upper or lower case."""
_DENIED_ENDINGS = ("phone", "phones", "name", "secret", "token", "password", "amount", "speech", "msisdn")
_HARMLESS_KEYS = frozenset({"node_name", "job_name", "file_name", "task_name", "thread_name", "client_name"})
_NO_PREFIX_OF_IDS = frozenset(("phone", "number", "tel", "mobile", "caller", "called", "msisdn", "to", "from", "sms"))

_GAP = r"[\s().\-\u2013]"
_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,3}}\d){{6}}")
"""Fast to search, and matches every telephone number."""
_SECRET = re.compile(
    r"whsec_[0-9A-Za-z+/=_-]*|(?P<before>\b(?i:bearer|basic)\s+)[0-9A-Za-z+/=._~-]+|(?P<url>://)[^/\s@]*@"
)
_TOKEN = re.compile(
    # Dates, timestamps and UUIDs are not masked.
    r"(?<![0-9A-Za-z_])(?P<keep>(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?Z?)?"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![0-9A-Za-z_])"
    # A number with a plus, however it is spaced, and as URLs encode it.
    rf"|(?P<plus>(?:[+\uff0b]|%2[Bb])[\s(]{{0,2}}\d(?:{_GAP}{{0,3}}\d){{6,17}})"
    # A number without one, in groups as people write them.
    r"|(?P<groups>(?<![0-9A-Za-z_])\(?\d{2,4}\)?(?:[ \-\u2013]\d{2,4}){1,4}(?![0-9A-Za-z_])"
    r"|(?<!\d)\d{3}\.\d{3}\.\d{4}(?!\d))"
    # A word with eight digits in a row: an id or a number.
    r"|(?P<word>(?<![0-9A-Za-z_])[0-9A-Za-z_]*\d{8}[0-9A-Za-z_]*)"
)
_RUN = re.compile(r"\d{8,}")
_ID_WORD = re.compile(
    r"[A-Z]{2}[0-9a-f]{32}"
    # Digits and letters alternate at least twice; in a number with letters attached they do so once.
    r"|(?=[0-9]+[a-f]+[0-9]|[a-f]+[0-9]+[a-f])[0-9a-f]{16,}"
    r"|(?P<prefix>[a-z]{1,16})_[0-9A-Za-z_]+"
)
_LEAST_DIGITS = 8
_SHORTEST = 7
_LONGEST_NUMBER = 15
_LONGEST_ID = 128


class _Rule(IntEnum):
    """How the value of a key is masked."""

    OPEN = 0
    ID = 1
    DENIED = 2


_OPEN, _ID, _DENIED = _Rule
_HARMLESS_TYPES = frozenset({int, float, bool, type(None)})


def mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask everything in the event, as a structlog processor. This is the hot path of every log line."""
    unclean = False
    for key, value in event.items():
        rule, clean = _judged(key)
        unclean = unclean or clean != key
        kind = type(value)
        if rule is _OPEN and (kind in _HARMLESS_TYPES or (kind is str and _harmless(value))):
            continue
        event[key] = _under(rule, value, 0)
    return {_judged(key)[1]: value for key, value in event.items()} if unclean else event


def mask_text(text: str) -> str:
    """Return the text without numbers of eight digits or more, numbers with a plus, and secrets.

    Ids and timestamps stay.
    """
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}…"
    return text if _harmless(text) else _TOKEN.sub(_token, _SECRET.sub(_secret, text))


def _harmless(text: str) -> bool:
    """True if nothing in the text can need masking; if False, the text must be searched."""
    size = len(text)
    if size < _SHORTEST:
        return True
    if size > MAX_TEXT or "@" in text or _DIGITS.search(text) is not None:
        return False
    low = text.lower()
    return "whsec_" not in low and "bearer" not in low and "basic" not in low


def _under(rule: _Rule, value: Any, depth: int) -> Any:
    """Return a value masked by the rule of its key."""
    if value is None or type(value) is bool:
        return value
    if rule is _DENIED:
        return MASKED
    if rule is _ID and type(value) is str and _id_like(value):
        return value
    return _value(value, depth)


def _value(value: Any, depth: int) -> Any:  # noqa: PLR0911 - one return a type
    if isinstance(value, str):
        return mask_text(str(value))
    if value is None or type(value) in (int, float, bool):
        return value
    if depth == _MAX_DEPTH:
        return DEEP
    if isinstance(value, Mapping):
        return {
            clean: _under(rule, inner, depth + 1) for key, inner in value.items() for rule, clean in [_judged(str(key))]
        }
    if isinstance(value, list | tuple | set | frozenset):
        return _all(value, depth + 1)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    return mask_text(_written(value))


def _all(values: Iterable[Any], depth: int) -> list[Any]:
    return [_value(value, depth) for value in values]


def _written(value: object) -> str:
    try:
        return f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value)
    except Exception as error:  # noqa: BLE001 - a log line must not fail because of a faulty __str__
        return f"[{type(value).__name__} cannot be written: {type(error).__name__}]"


def _id_like(value: str) -> bool:
    """True if the value may be shown under a key that names an id: any id, but nothing that could be a telephone
    number."""
    bare = value.replace("_", "").replace("-", "")
    plain = bare.isascii() and bare.isalnum()
    return plain and len(value) <= _LONGEST_ID and (len(bare) > _LONGEST_NUMBER or not bare.isdigit())


@lru_cache(maxsize=4096)
def _judged(key: str) -> tuple[_Rule, str]:
    """Return the rule of a key, and the key as it may be shown."""
    low = key.lower()
    if low in DENIED_KEYS or (low.endswith(_DENIED_ENDINGS) and low not in _HARMLESS_KEYS):
        rule = _DENIED
    else:
        rule = _ID if low == "id" or low.endswith(("_id", "_sid")) else _OPEN
    return rule, mask_text(key)


def _secret(found: re.Match[str]) -> str:
    if found["url"]:
        return f"://{SECRET}@"
    return f"{found['before'] or ''}{SECRET}"


def _token(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "plus":
            return NUMBER
        case "groups" if sum(map(str.isdigit, text)) >= _LEAST_DIGITS:
            return NUMBER
        case "word" if not _is_id(text):
            return _RUN.sub(NUMBER, text)
        case _:
            return text


def _is_id(word: str) -> bool:
    found = _ID_WORD.fullmatch(word)
    return found is not None and found["prefix"] not in _NO_PREFIX_OF_IDS
