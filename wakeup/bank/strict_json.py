"""Strict JSON: a body that two parsers could read differently is refused."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from operator import itemgetter
from typing import Any, NoReturn

from pydantic_core import from_json

from wakeup.bank.faults import Fault, Malformed

MAX_DEPTH = 16
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


def _read_slowly(body: bytes) -> Any:
    """Parse any body, and give reason and position of a refusal. A position contains nothing from the sender."""
    try:
        text = body.decode()
        if text.count("[") + text.count("{") > MAX_DEPTH and _too_deep(text):
            raise Malformed([Fault("", _NESTED)])
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        reason = "is not UTF-8"
    except json.JSONDecodeError as wrong:
        begins = body.startswith(BOM_UTF8)
        place = "because of its byte order mark" if begins else f"from character {wrong.pos + 1} on"
        reason = f"is not JSON, {place}"
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


def _too_deep(text: str) -> bool:
    depth = 0
    for bracket in _NOT_BRACKETS.sub("", _STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


_DECODER: json.JSONDecoder = json.JSONDecoder(object_pairs_hook=_sorted_object, parse_constant=_no_constant)
