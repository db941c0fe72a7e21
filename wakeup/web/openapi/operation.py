"""One operation of the description, as plain data, and the groups of responses that operations share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from wakeup.bank.responses import PROBLEM_TYPE, Problem

JSON = "application/json"


class Security(StrEnum):
    """Names of the security schemes."""

    SIGNED = "webhookSignature"
    BEARER = "bearerKey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One response."""

    text: str
    model: type[BaseModel] | None = None
    content_type: str = JSON
    headers: tuple[str, ...] = ()
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One query parameter or header."""

    name: str
    text: str
    schema: Mapping[str, Any]
    place: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    path: str
    id: str
    tag: str
    summary: str
    answers: Mapping[int, Said]
    security: Security | None = None
    scope: str | None = None
    body: type[BaseModel] | None = None
    body_example: Mapping[str, Any] | None = None
    asked: tuple[Asked, ...] = field(default=())


def fault(text: str, *headers: str) -> Said:
    return Said(text=text, model=Problem, content_type=PROBLEM_TYPE, headers=headers)


_INTERNAL = {500: fault("Internal error, without details.")}
_AWAY = {
    503: fault(
        "Too many requests are waiting, or the database is not available. It may have stored this all the same: send "
        "it again with the same ids.",
        "Retry-After",
    )
}
_NOT_HTTP = {
    400: fault(
        "The request is not valid HTTP, or has an unknown method or more than 128 headers, or its address or one of "
        "its headers is longer than 8 KiB."
    )
}
_EXPECTED = {417: fault("An `Expect` header other than `100-continue`. The connection is closed.")}
_BODY = {
    400: fault("The body broke off, or the request is not valid HTTP."),
    408: fault("The body did not arrive within 10 seconds. The connection is closed."),
    413: fault("The body is too large."),
    415: fault("Unsupported content type or charset, or a compressed body."),
    **_EXPECTED,
}
SIGNED_FAULTS: Mapping[int, Said] = {
    **_BODY,
    401: fault(
        "No valid signature of a known client, or the timestamp is more than five minutes off.", "WWW-Authenticate"
    ),
    403: fault("The client lacks the scope."),
    409: fault("The id is known with other content, or the request is not allowed in the current state."),
    422: fault("All faults of the body, by field. Values are not repeated."),
    **_INTERNAL,
    **_AWAY,
}
BEARER_FAULTS: Mapping[int, Said] = {
    **_NOT_HTTP,
    401: fault("No known bearer key.", "WWW-Authenticate"),
    403: fault("The client lacks the scope."),
    404: fault("Not found."),
    **_EXPECTED,
    422: fault("All faults of the query."),
    **_INTERNAL,
    **_AWAY,
}
