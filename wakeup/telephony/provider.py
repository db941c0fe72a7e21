"""The differences between phone companies that speak Twilio's API, in one table. Today it has one entry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Feature(StrEnum):
    """What a provider may lack. Somleng, for example, has neither detection nor filters."""

    ANSWER_DETECTION = "answer_detection"
    """Asynchronous answering-machine detection."""
    TWIML_UPDATE = "twiml_update"
    """A running call can be given new TwiML in the request itself."""
    LIST_FILTERS = "list_filters"
    """Lists of calls can be filtered by To, From, Status and StartTime. The results are filtered here all the same."""
    TIME_LIMIT = "time_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One phone company. Error codes are in `codes`: they belong to the API and are the same for all."""

    name: str
    base_url: str
    signature_header: str
    """Header of the webhook signature, made with the account's auth token."""
    sid: re.Pattern[str]
    """The form of its ids. Never a character that has a meaning in a path."""
    features: frozenset[Feature]
    ambiguous_statuses: frozenset[int]
    """4xx statuses that do not prove that nothing was done."""
    not_sent_status: int
    """The status that proves that the request was not processed."""
    page_size: int
    inline_twiml: int
    """Maximum characters of TwiML in a request."""
    not_served: Mapping[str, str] = field(default_factory=dict)
    """ISO region -> why the provider carries no call there. No policy can open these."""

    def has(self, feature: Feature) -> bool:
        return feature in self.features


TWILIO = Provider(
    name="twilio",
    base_url="https://api.twilio.com",
    signature_header="X-Twilio-Signature",
    # Wider than Twilio's own `CA` and 32 hexadecimals: ids are opaque, and compatible providers use UUIDs.
    sid=re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}"),
    features=frozenset(Feature),
    ambiguous_statuses=frozenset({408, 409}),
    not_sent_status=429,
    page_size=1000,
    inline_twiml=4000,
    not_served={"CN": "the provider carries no voice call to +86 (mainland China) since 30 November 2023"},
)
