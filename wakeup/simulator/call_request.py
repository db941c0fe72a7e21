"""The form fields of a REST request, checked as the phone company checks them; holds no state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from wakeup.simulator.twiml_reader import TwimlFault, read_inline

E164 = re.compile(r"\+[1-9]\d{6,14}")
CALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
MAX_TWIML = 4000
MAX_RING_SECONDS = 600
MAX_MESSAGE = 1600
MAX_VALID_SECONDS = 36000
LEAST_DETECTION, MAX_DETECTION = 3, 59
NO_SERVICE_PREFIXES = ("+86",)
"""Twilio serves no voice calls to mainland China since 2023-11-30."""


class RequestFault(Exception):  # noqa: N818
    """A refused request: Twilio's code, the HTTP status and a text without personal data."""

    def __init__(self, code: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A URL of the application, and the method to call it with."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    to: str
    from_: str
    url: Hook | None = None
    twiml: str = ""
    fallback: Hook | None = None
    status_callback: Hook | None = None
    events: frozenset[str] = frozenset({"completed"})
    timeout: float = 60.0
    time_limit: float = 14400.0
    machine_detection: str = ""
    async_amd: bool = False
    amd_callback: Hook | None = None
    amd_timeout: float = 30.0
    record: bool = False
    recording_callback: Hook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest:
    to: str
    from_: str
    body: str
    status_callback: Hook | None = None


Form = Mapping[str, str]


def read_call(form: Form, events: list[str]) -> CallRequest:
    """Parse a call request. Raises RequestFault with Twilio's code for the first field that is wrong."""
    to, from_ = numbers(form, missing_from=21603, closed=21215)
    if from_ == to:
        raise RequestFault(21211, "'To' and 'From' are the same number")
    twiml, url = _twiml(form), hook(form, "Url", 21205)
    if url is None and not twiml:
        raise RequestFault(21205, "Url parameter is required")
    wanted = {event for entry in events for event in entry.split()}
    if not wanted <= CALL_EVENTS:
        raise RequestFault(21626, "invalid StatusCallbackEvent")
    detection = form.get("MachineDetection", "")
    if detection not in {"", "Enable", "DetectMessageEnd"}:
        raise RequestFault(21234, "invalid MachineDetection")
    return CallRequest(
        to=to,
        from_=from_,
        url=url,
        twiml=twiml,
        fallback=hook(form, "FallbackUrl", 21205, "FallbackMethod"),
        status_callback=hook(form, "StatusCallback", 21609, "StatusCallbackMethod"),
        events=frozenset(wanted) or frozenset({"completed"}),
        timeout=_whole(form, "Timeout", 60, MAX_RING_SECONDS, 21208),
        time_limit=_whole(form, "TimeLimit", 14400, 86400, 21208),
        machine_detection="" if form.get("SendDigits") else detection,
        async_amd=form.get("AsyncAmd", "false").lower() == "true",
        amd_callback=hook(form, "AsyncAmdStatusCallback", 21609, "AsyncAmdStatusCallbackMethod"),
        amd_timeout=_whole(form, "MachineDetectionTimeout", 30, MAX_DETECTION, 21234, LEAST_DETECTION),
        record=form.get("Record", "false").lower() == "true",
        recording_callback=hook(form, "RecordingStatusCallback", 21609, "RecordingStatusCallbackMethod"),
    )


def read_message(form: Form) -> MessageRequest:
    to, from_ = numbers(form, missing_from=21603, closed=21408)
    body = form.get("Body", "")
    if not body:
        raise RequestFault(21602, "Message body is required")
    if len(body) > MAX_MESSAGE:
        raise RequestFault(21617, "The concatenated message body exceeds the 1600 character limit")
    _whole(form, "ValidityPeriod", MAX_VALID_SECONDS, MAX_VALID_SECONDS, 20001)
    return MessageRequest(to=to, from_=from_, body=body, status_callback=hook(form, "StatusCallback", 21609))


def numbers(form: Form, *, missing_from: int, closed: int) -> tuple[str, str]:
    """Return To and From. `closed` is the code for a country that is not served; calls and messages have different
    ones."""
    to, from_ = form.get("To", ""), form.get("From", "") or form.get("MessagingServiceSid", "")
    if not to:
        raise RequestFault(21201, "No 'To' number is specified")
    if not E164.fullmatch(to):
        raise RequestFault(21211, "The 'To' number is not a valid phone number")
    if not from_:
        raise RequestFault(missing_from, "A 'From' phone number is required")
    if not E164.fullmatch(from_) and not from_.startswith("MG"):
        raise RequestFault(21212, "The 'From' number is not a valid phone number")
    if to.startswith(NO_SERVICE_PREFIXES):
        raise RequestFault(closed, "Account not authorized for this destination (geo permissions)")
    return to, from_


def hook(form: Form, field: str, code: int, method_field: str = "") -> Hook | None:
    url = form.get(field, "")
    if not url:
        return None
    check_url(url, field, code)
    method = form.get(method_field or field.removesuffix("Url") + "Method", "POST").upper()
    if method not in {"GET", "POST"}:
        raise RequestFault(21209, f"{field}: method is not GET or POST")
    return Hook(url=url, method=method)


def check_url(url: str, field: str, code: int) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname:
        raise RequestFault(code, f"{field} is not a valid URL")


def _twiml(form: Form) -> str:
    text = form.get("Twiml", "")
    if len(text) > MAX_TWIML:
        raise RequestFault(21264, "Twiml is longer than 4000 characters")
    return text


def check_inline(text: str) -> None:
    try:
        read_inline(text)
    except TwimlFault as fault:
        raise RequestFault(fault.code, "invalid inline TwiML") from None


def _whole(form: Form, field: str, default: int, most: int, code: int, least: int = 1) -> float:
    raw = form.get(field, "")
    if not raw:
        return float(default)
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise RequestFault(code, f"{field} is not between {least} and {most}")
    return float(raw)
