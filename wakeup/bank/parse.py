"""From bytes to a validated body: every fault named, and a hash of the content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from wakeup.bank.faults import Fault, Malformed, Unprocessable, faults_of, unknown_field
from wakeup.bank.locales import Locale
from wakeup.bank.references import no_codes, not_stored
from wakeup.bank.schemas import CLOCK_SKEW, MAX_BATCH, Body, Guardian, GuardiansPut, Label, RiskEvent, TransferEvent
from wakeup.bank.strict_json import read_json
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.usecases.inputs import FAMILY_RISK

B = TypeVar("B", bound=Body)
_ALIKE = 0.8
"""Similarity from which another code is taken for a misspelling."""


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
    return read_risk_event(_object(read_json(body)), now=now, typologies=typologies)


def parse_batch(
    body: bytes, *, now: datetime, typologies: Collection[str] = TYPOLOGIES
) -> list[Parsed[RiskEvent] | Unprocessable]:
    """Parse a batch into one entry per event, valid or not. Raises Unprocessable when the batch itself is invalid."""
    envelope = _object(read_json(body))
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
    parsed = _read(TransferEvent, _object(read_json(body)), now)
    if parsed.body.type == "window_extended" and parsed.body.decide_by is None:
        raise Unprocessable([Fault("decide_by", "is missing")])
    return parsed


def parse_label(body: bytes, *, now: datetime) -> Parsed[Label]:
    return _read(Label, _object(read_json(body)), now)


def parse_guardians(body: bytes, *, now: datetime) -> Parsed[GuardiansPut]:
    parsed = _read(GuardiansPut, _object(read_json(body)), now)
    listed = parsed.body.guardians
    warnings = _unreachable_guardians(listed) + _guardians_locales(listed) + _unagreed_guardians(listed)
    warnings += _consents_in_words(listed)
    return Parsed(parsed.body, parsed.content_hash, tuple(warnings))


def expect_same(field: str, named: str, in_path: str) -> None:
    """Check that a body names the id of its path. Raises Unprocessable."""
    if named != in_path:
        raise Unprocessable([Fault(field, "is not the id in the path")])


def content_hash(content: Any) -> str:
    """Return the hash of content whose objects are already sorted by key, as `read_json` returns them."""
    return hashlib.sha256(to_json(content)).hexdigest()


def _read_or_refuse(event: Any, now: datetime, typologies: Collection[str]) -> Parsed[RiskEvent] | Unprocessable:
    try:
        return read_risk_event(event, now=now, typologies=typologies)
    except Unprocessable as refusal:
        return refusal


def read_risk_event(content: Any, *, now: datetime, typologies: Collection[str] = TYPOLOGIES) -> Parsed[RiskEvent]:
    """Validate content that is already parsed, its objects sorted by key. Raises Unprocessable."""
    parsed = _read(RiskEvent, content, now)
    warnings = warnings_of(parsed.body, typologies, now)
    return Parsed(parsed.body, parsed.content_hash, warnings) if warnings else parsed


def warnings_of(event: RiskEvent, typologies: Collection[str], now: datetime) -> tuple[Fault, ...]:
    """Return the faults of an event that is accepted in spite of them."""
    faults = []
    customer = event.customer
    if customer.phone.number is None:
        faults.append(_unreachable("customer.phone"))
    for n, phone in enumerate(customer.alternate_phones):
        if phone.number is None:
            faults.append(_unreachable(f"customer.alternate_phones[{n}]"))
    faults += _doubtful("customer.locale", customer.locale)
    faults += _unreachable_guardians(event.guardians) + _guardians_locales(event.guardians)
    faults += _unagreed_guardians(event.guardians, ", unless your list of guardians has it")
    faults += _agreed_in_the_future(event.guardians, now)
    if event.risk.typology not in typologies:
        known = ", ".join(sorted(typologies))
        faults.append(Fault("risk.typology", f"is unknown, so generic questions are asked; known are {known}"))
    faults += misspelt(event.risk.signals)
    if no_codes(model=event.risk.model):
        faults.append(not_stored("risk.model"))
    return tuple(faults)


def _unreachable_guardians(guardians: Sequence[Guardian]) -> list[Fault]:
    return [
        _unreachable(f"guardians[{n}].phone") for n, guardian in enumerate(guardians) if guardian.phone.number is None
    ]


def _guardians_locales(guardians: Sequence[Guardian]) -> list[Fault]:
    return [
        fault for n, guardian in enumerate(guardians) for fault in _doubtful(f"guardians[{n}].locale", guardian.locale)
    ]


def _doubtful(field: str, locale: Locale) -> list[Fault]:
    return [] if locale.doubt is None else [Fault(field, locale.doubt)]


def _unagreed_guardians(guardians: Sequence[Guardian], unless: str = "") -> list[Fault]:
    return [
        Fault(f"guardians[{n}].consented_at", f"is missing: this guardian is never called or written to{unless}")
        for n, guardian in enumerate(guardians)
        if guardian.consented_at is None
    ]


def _agreed_in_the_future(guardians: Sequence[Guardian], now: datetime) -> list[Fault]:
    return [
        Fault(f"guardians[{n}].consented_at", "is more than 5 minutes in the future: this guardian does not count yet")
        for n, guardian in enumerate(guardians)
        if guardian.consented_at is not None and guardian.consented_at - now > CLOCK_SKEW
    ]


def _consents_in_words(guardians: Sequence[Guardian]) -> list[Fault]:
    return [
        not_stored(f"guardians[{n}].{field}")
        for n, guardian in enumerate(guardians)
        for field in no_codes(
            consent_channel=guardian.consent_channel,
            consent_wording=guardian.consent_wording,
            confirmed_channel=guardian.confirmed_channel,
            confirmed_wording=guardian.confirmed_wording,
        )
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
    # Raised outside the handler, because the validation error in its context would hold the input.
    raise Unprocessable(faults)


def _object(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Malformed([Fault("", "must be a JSON object")])
    return content


def misspelt(signals: Sequence[str]) -> list[Fault]:
    """Return a warning for each signal that was probably meant to be the one that has an effect. The others are codes
    of the bank's own."""
    return [
        Fault(f"risk.signals[{n}]", f"has no effect; if the family may be the danger, send {FAMILY_RISK}")
        for n, signal in enumerate(signals)
        if _looks_like_family_risk(signal)
    ]


@lru_cache(maxsize=4096)
def _looks_like_family_risk(code: str) -> bool:
    if code == FAMILY_RISK:
        return False
    # Also in another order, such as risk_family, or as another word of it, such as family or family_member_risk.
    return code.startswith("family") or code.endswith("family") or _similarity(code) >= _ALIKE


def _similarity(code: str) -> float:
    return SequenceMatcher(None, code, FAMILY_RISK).ratio()
