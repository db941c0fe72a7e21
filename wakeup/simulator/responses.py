"""JSON bodies as the phone company's REST interface writes them: calls, messages, recordings, errors, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from wakeup.simulator.call_request import RequestFault

if TYPE_CHECKING:
    from wakeup.simulator.call import Call
    from wakeup.simulator.messages import Message

API = "/2010-04-01"
PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000
Json = dict[str, Any]


def refusal(fault: RequestFault) -> web.Response:
    body = {
        "code": fault.code,
        "message": fault.text,
        "more_info": f"https://www.twilio.com/docs/errors/{fault.code}",
        "status": fault.status,
    }
    return web.json_response(body, status=fault.status)


def call_json(call: Call, account_sid: str) -> Json:
    """Return a call as REST shows it. `start_time` is empty until the call has left the queue; status callbacks
    say `initiated` where REST says `queued`."""
    uri = f"{API}/Accounts/{account_sid}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": account_sid,
        "to": call.request.to,
        "to_formatted": call.request.to,
        "from": call.request.from_,
        "from_formatted": call.request.from_,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "status": "queued" if call.status == "initiated" else call.status,
        "start_time": rfc2822(call.started),
        "end_time": rfc2822(call.ended),
        "duration": None if call.seconds is None else str(call.seconds),
        "price": None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "annotation": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_ms),
        "trunk_sid": None,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.ended or call.answered or call.started or call.created),
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json", "events": f"{uri}/Events.json"},
    }


def message_json(message: Message, account_sid: str) -> Json:
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": "0",
        "messaging_service_sid": message.from_ if message.from_.startswith("MG") else None,
        "error_code": message.error_code,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.updated),
        "date_sent": rfc2822(message.sent),
        "uri": f"{API}/Accounts/{account_sid}/Messages/{message.sid}.json",
        "subresource_uris": {},
    }


def recording_json(sid: str, call: Call, account_sid: str, channels: int) -> Json:
    return {
        "sid": sid,
        "account_sid": account_sid,
        "call_sid": call.sid,
        "status": "completed" if call.final else "in-progress",
        "duration": None if call.seconds is None else str(call.seconds),
        "channels": channels,
        "source": "StartCallRecordingAPI",
        "track": "both",
        "api_version": "2010-04-01",
        "date_created": rfc2822(call.answered),
        "date_updated": rfc2822(call.ended or call.answered),
        "start_time": rfc2822(call.answered),
        "price": None,
        "price_unit": "USD",
        "uri": f"{API}/Accounts/{account_sid}/Recordings/{sid}.json",
    }


def page(key: str, rows: Sequence[Json], path: str, query: Mapping[str, str]) -> Json:
    """Return one page of a list with `next_page_uri`. Raises RequestFault for a bad PageSize."""
    size = _whole(query, "PageSize", PAGE_SIZE)
    number = _whole(query, "Page", 0)
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise RequestFault(20001, "PageSize is not between 1 and 1000")
    begin = number * size
    shown = list(rows[begin : begin + size])
    more = begin + size < len(rows)
    return {
        key: shown,
        "page": number,
        "page_size": size,
        "start": begin,
        "end": begin + max(0, len(shown) - 1),
        "uri": _link(path, query, number, size),
        "first_page_uri": _link(path, query, 0, size),
        "next_page_uri": _link(path, query, number + 1, size) if more else None,
        "previous_page_uri": _link(path, query, number - 1, size) if number else None,
    }


def _link(path: str, query: Mapping[str, str], number: int, size: int) -> str:
    kept = {name: value for name, value in query.items() if name not in {"Page", "PageSize"}}
    return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': number})}"


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    raw = query.get(name, str(default))
    if not raw.isascii() or not raw.isdigit():
        raise RequestFault(20001, f"{name} is not a number")
    return int(raw)


def by_date(moment: datetime | None, query: Mapping[str, str], name: str) -> bool:
    """True if a moment passes the filters `name`, `name>` and `name<`, compared by UTC date as documented."""
    wanted = {sign: query[name + sign][:10] for sign in ("", ">", "<") if query.get(name + sign)}
    if not wanted:
        return True
    if moment is None:
        return False
    day = moment.date().isoformat()
    return wanted.get("", day) == day and day >= wanted.get(">", day) and day <= wanted.get("<", day)


def segments(body: str) -> int:
    """Return the number of SMS segments: GSM-7 160/153 characters, UCS-2 70/67 UTF-16 units."""
    single, several = (160, 153) if body.isascii() else (70, 67)
    units = len(body) if body.isascii() else len(body.encode("utf-16-le")) // 2
    return 1 if units <= single else -(-units // several)


def rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)


def masked(number: str) -> str:
    return f"{number[:3]}…{number[-2:]}"
