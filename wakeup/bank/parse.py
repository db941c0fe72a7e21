"""From bytes to a validated body: strict JSON, every fault named, and a hash of the content."""

from __future__ import annotations

import hashlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from wakeup.bank.faults import Fault, Malformed, Unprocessable, faults_of, unknown_field
from wakeup.bank.schemas import MAX_BATCH, Body, Guardian, GuardiansPut, Label, RiskEvent, TransferEvent
from wakeup.bank.typologies import TYPOLOGIES

B = TypeVar("B", bound=Body)

MAX_DEPTH = 16
# Possessive quantifiers, and an unclosed string ends with the text: time stays linear for any input.
_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^][{}]+")
_first = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[B]):
    """A validated body."""

    body: B
    content_hash: str
    """SHA-256 of the canonical JSON (keys sorted, no whitespace, UTF-8), so it does not depend on spelling."""
    warnings: tuple[Fault, ...] = ()
    """Faults that cost accuracy only; see `schemas`."""


def parse_risk_event(body: bytes, *, now: datetime, typologies: Collection[str] = TYPOLOGIES) -> Parsed[RiskEvent]:
    """Parse a risk event. Raises Unprocessable with every fault, none of which repeats a value.

    A typology that is not in `typologies` gives a warning.
    """
    return read_risk_event(_object(body), now=now, typologies=typologies)


def parse_batch(
    body: bytes, *, now: datetime, typologies: Collection[str] = TYPOLOGIES
) -> list[Parsed[RiskEvent] | Unprocessable]:
    """Parse a batch into one entry per event, valid or not. Raises Unprocessable when the batch itself is invalid."""
    envelope = _object(body)
    events = envelope.get("events")
    faults = [Fault("", unknown_field(["events"]))] if envelope.keys() - {"events"} else []
    if "events" not in envelope:
        faults.append(Fault("events", "is missing"))
    elif not isinstance(events, list) or not 1 <= len(events) <= MAX_BATCH:
        faults.append(Fault("events", f"must be an array of 1 to {MAX_BATCH} events"))
    if faults or not isinstance(events, list):
        raise Unprocessable(faults)
    return [_read_or_refuse(event, now, typologies) for event in events]


def parse_transfer_event(body: bytes, *, now: datetime) -> Parsed[TransferEvent]:
    parsed = _read(TransferEvent, _object(body), now)
    if parsed.body.type == "window_extended" and parsed.body.decide_by is None:
        raise Unprocessable([Fault("decide_by", "is missing")])
    return parsed


def parse_label(body: bytes, *, now: datetime) -> Parsed[Label]:
    return _read(Label, _object(body), now)


def parse_guardians(body: bytes, *, now: datetime) -> Parsed[GuardiansPut]:
    parsed = _read(GuardiansPut, _object(body), now)
    warnings = _unreachable_guardians(parsed.body.guardians) + _unagreed_guardians(parsed.body.guardians)
    return Parsed(parsed.body, parsed.content_hash, tuple(warnings))


def expect_same(field: str, named: str, in_path: str) -> None:
    """Check that a body names the id of its path. Raises Unprocessable."""
    if named != in_path:
        raise Unprocessable([Fault(field, "is not the id in the path")])


def content_hash(content: Any) -> str:
    """Return the hash of content whose objects are already sorted by key, as `read_json` returns them."""
    return hashlib.sha256(to_json(content)).hexdigest()


def read_json(body: bytes) -> Any:
    """Parse strict JSON (UTF-8, no repeated keys, no NaN, limited depth), objects sorted by key. Raises Malformed."""
    if b"\\" not in body and body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        # On failure the slow path finds the reason, in our own words.
        with suppress(ValueError):
            tidy, strings = _tidied(from_json(body, allow_inf_nan=False, cache_strings="keys"))
            # Without a backslash every quote begins or ends a string: missing strings were under a repeated key.
            if body.count(b'"') == 2 * strings:
                return tidy
    return _read_slowly(body)


def _read_slowly(body: bytes) -> Any:
    """Parse any body, and give reason and position of a refusal. A position contains nothing from the sender."""
    try:
        text = body.decode()
        if text.count("[") + text.count("{") > MAX_DEPTH and _too_deep(text):
            raise Malformed([Fault("", f"is nested more than {MAX_DEPTH} deep")])
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        reason = "is not UTF-8"
    except json.JSONDecodeError as wrong:
        begins = body.startswith(BOM_UTF8)
        reason = f"is not JSON, {'because of its byte order mark' if begins else f'from character {wrong.pos + 1} on'}"
    except (ValueError, RecursionError):
        reason = "is not JSON"
    # Raised outside the handlers: these errors hold the whole text, which must not travel on even as context.
    raise Malformed([Fault("", reason)])


def _read_or_refuse(event: Any, now: datetime, typologies: Collection[str]) -> Parsed[RiskEvent] | Unprocessable:
    try:
        return read_risk_event(event, now=now, typologies=typologies)
    except Unprocessable as refusal:
        return refusal


def read_risk_event(content: Any, *, now: datetime, typologies: Collection[str] = TYPOLOGIES) -> Parsed[RiskEvent]:
    """Validate content that is already parsed, its objects sorted by key. Raises Unprocessable."""
    parsed = _read(RiskEvent, content, now)
    warnings = warnings_of(parsed.body, typologies)
    return Parsed(parsed.body, parsed.content_hash, warnings) if warnings else parsed


def warnings_of(event: RiskEvent, typologies: Collection[str]) -> tuple[Fault, ...]:
    """Return the faults of an event that is accepted in spite of them."""
    faults = []
    customer = event.customer
    if customer.phone.number is None:
        faults.append(_unreachable("customer.phone"))
    for n, phone in enumerate(customer.alternate_phones):
        if phone.number is None:
            faults.append(_unreachable(f"customer.alternate_phones[{n}]"))
    faults += _unreachable_guardians(event.guardians)
    if event.risk.typology not in typologies:
        known = ", ".join(sorted(typologies))
        faults.append(Fault("risk.typology", f"is unknown, so generic questions are asked; known are {known}"))
    return tuple(faults)


def _unreachable_guardians(guardians: Sequence[Guardian]) -> list[Fault]:
    return [
        _unreachable(f"guardians[{n}].phone") for n, guardian in enumerate(guardians) if guardian.phone.number is None
    ]


def _unagreed_guardians(guardians: Sequence[Guardian]) -> list[Fault]:
    return [
        Fault(f"guardians[{n}].consented_at", "is missing: this guardian is never called or written to")
        for n, guardian in enumerate(guardians)
        if guardian.consented_at is None
    ]


def _unreachable(field: str) -> Fault:
    return Fault(field, "is not assigned in the numbering plan and will not be called")


def _read(model: type[B], content: Any, now: datetime) -> Parsed[B]:
    try:
        body = model.model_validate(content, context={"now": now})
    except ValidationError as error:
        faults = faults_of(error, model)
    else:
        return Parsed(body, content_hash(content))
    # Raised outside the handler for the same reason: a validation error holds its input.
    raise Unprocessable(faults)


def _object(body: bytes) -> dict[str, Any]:
    content = read_json(body)
    if not isinstance(content, dict):
        raise Malformed([Fault("", "must be a JSON object")])
    return content


def _tidied(value: Any) -> tuple[Any, int]:
    """Return the value with every object sorted by key, and the number of strings in it, including keys."""
    if type(value) is dict:
        strings, tidy = len(value), {}
        for key in sorted(value):
            item = value[key]
            if type(item) is str:
                strings += 1
            elif type(item) is dict or type(item) is list:
                item, more = _tidied(item)
                strings += more
            tidy[key] = item
        return tidy, strings
    if type(value) is list:
        pairs = [_tidied(item) for item in value]
        return [item for item, _ in pairs], sum(more for _, more in pairs)
    return value, int(type(value) is str)


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
