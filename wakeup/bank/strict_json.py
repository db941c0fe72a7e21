"""Strict JSON: a body that two parsers could read differently is refused; of a batch the faulty events are named."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Any, NoReturn

from pydantic_core import from_json

from wakeup.bank.faults import MAX_FAULTS, Fault, Malformed
from wakeup.bank.schemas import MAX_BATCH

MAX_DEPTH = 16
_ENVELOPE_DEPTH = 2
"""An event of a batch is inside the array of an object."""
_EVENTS = re.compile(r'[ \t\n\r]*\{[ \t\n\r]*"events"[ \t\n\r]*:[ \t\n\r]*\[')
_BLANK = re.compile(r"[ \t\n\r]*")
# Possessive quantifiers, and an unclosed string ends with the text: time stays linear for any input.
_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^][{}]+")
_NESTED = f"is nested more than {MAX_DEPTH} deep"
_first = itemgetter(0)


def read_json(body: bytes) -> Any:
    """Parse strict JSON (UTF-8, no repeated keys, no NaN, limited depth), objects sorted by key. Raises Malformed."""
    if b"\\" not in body:
        try:
            tidy, strings = _tidied(from_json(body, allow_inf_nan=False, cache_strings="keys"), MAX_DEPTH)
        except ValueError:
            # The slow path finds the reason, in our own words.
            pass
        else:
            # Without a backslash every quote begins or ends a string: missing strings were under a repeated key.
            if body.count(b'"') == 2 * strings:
                return tidy
    return _read_slowly(body)


def read_batch(body: bytes) -> Any:
    """Parse a batch as `read_json` does. A refusal names the faulty events, if the fault is in events that can be
    told apart."""
    try:
        return read_json(body)
    except Malformed as whole:
        refusal = whole
    if faults := list(islice(_faults_of_events(body.decode(errors="replace")), MAX_FAULTS)):
        raise Malformed(faults)
    raise refusal


def _faults_of_events(text: str) -> Iterator[Fault]:
    """Yield the faults of the events, each with its place, up to the first event that has no end."""
    opening = _EVENTS.match(text)
    at = opening.end() if opening else len(text)
    for n in range(MAX_BATCH):
        begin = _after_blanks(text, at)
        if text[begin : begin + 1] in ("", "]"):
            return
        end, broken = _end_of_event(text, begin)
        if reason := broken or _flaw_of_event(text[begin:end]):
            yield Fault(f"events[{n}]", reason)
        at = _after_blanks(text, end)
        if broken or text[at : at + 1] != ",":
            return
        at += 1


def _end_of_event(text: str, begin: int) -> tuple[int, str | None]:
    """Return where the event ends, and why it has no end."""
    try:
        return _LENIENT.raw_decode(text, begin)[1], None
    except json.JSONDecodeError as wrong:
        return begin, _broken(wrong)
    except RecursionError:
        return begin, _NESTED


def _flaw_of_event(event: str) -> str | None:
    try:
        _read_slowly(event.encode(), MAX_DEPTH - _ENVELOPE_DEPTH)
    except Malformed as refusal:
        return refusal.faults[0].reason
    return None


def _after_blanks(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _read_slowly(body: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Parse any body, and give reason and position of a refusal. A position contains nothing from the sender."""
    try:
        text = body.decode()
        if text.count("[") + text.count("{") > max_depth and _too_deep(text, max_depth):
            raise Malformed([Fault("", _NESTED)])
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        reason = "is not UTF-8"
    except json.JSONDecodeError as wrong:
        begins = body.startswith(BOM_UTF8)
        reason = "is not JSON, because of its byte order mark" if begins else _broken(wrong)
    except RecursionError:
        reason = _NESTED
    except ValueError:
        reason = "contains a number of too many digits"
    # Raised outside the handlers: these errors hold the whole text, which must not travel on even as context.
    raise Malformed([Fault("", reason)])


def _tidied(value: Any, depth: int) -> tuple[Any, int]:
    """Return the value with every object sorted by key, and the number of strings in it, including keys. Raises
    ValueError if it is nested deeper than this."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return value, int(kind is str)
    if not depth:
        raise ValueError(_NESTED)
    return _tidied_object(value, depth - 1) if kind is dict else _tidied_array(value, depth - 1)


def _tidied_object(value: dict[str, Any], depth: int) -> tuple[dict[str, Any], int]:
    strings, tidy = len(value), {}
    for key in sorted(value):
        item = value[key]
        if type(item) is str:
            strings += 1
        elif type(item) is dict or type(item) is list:
            item, more = _tidied(item, depth)
            strings += more
        tidy[key] = item
    return tidy, strings


def _tidied_array(value: list[Any], depth: int) -> tuple[list[Any], int]:
    strings, tidy = 0, []
    for item in value:
        if type(item) is dict or type(item) is list:
            inner, more = _tidied(item, depth)
            strings += more
            tidy.append(inner)
        else:
            strings += type(item) is str
            tidy.append(item)
    return tidy, strings


def _sorted_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    pairs.sort(key=_first)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed([Fault("", "contains the same key twice in one object")])
    return found


def _no_constant(_: str) -> NoReturn:
    raise Malformed([Fault("", "contains NaN or Infinity, which are not JSON")])


def _broken(wrong: json.JSONDecodeError) -> str:
    return f"is not JSON, from character {wrong.pos + 1} on"


def _too_deep(text: str, max_depth: int) -> bool:
    depth = 0
    for bracket in _NOT_BRACKETS.sub("", _STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > max_depth:
            return True
    return False


_DECODER: json.JSONDecoder = json.JSONDecoder(object_pairs_hook=_sorted_object, parse_constant=_no_constant)
_LENIENT = json.JSONDecoder(parse_int=str)
"""Finds where an event ends, whatever else is wrong with it."""
