"""Builds the OpenAPI 3.1 document from the tables of operations and the pydantic models they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from wakeup.bank.responses import DecisionMade
from wakeup.web.openapi.api import API_OPERATIONS
from wakeup.web.openapi.operation import JSON, Asked, Operation, Said, Security

_FOR_OPERATORS = (
    ("/healthz", "health", "The process is alive.", {200: "Yes."}),
    ("/readyz", "readiness", "Whether this node is ready for work.", {200: "Yes.", 503: "No; `faults` says why."}),
    ("/metrics", "metrics", "Prometheus metrics.", {200: "Text format."}),
)
OPERATIONS = API_OPERATIONS + tuple(
    Operation(
        method="get", path=path, id=name, tag="Operators", summary=summary,
        answers={status: Said(text=text) for status, text in answers.items()},
    )
    for path, name, summary, answers in _FOR_OPERATORS
)  # fmt: skip
_REF = "#/components/schemas/{model}"
_PLACE = re.compile(r"\{(\w+)\}")
_SCHEMES: Mapping[str, Mapping[str, str]] = {
    Security.SIGNED: {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, one per secret.",
    },
    Security.BEARER: {"type": "http", "scheme": "bearer"},
}
_ABOUT = (
    "`/v1` is for the bank's machines, on the machine listener. The other paths are for operators, on the inside "
    "listener. Errors are problem JSON (RFC 9457) on every path; unknown paths are 404, other methods 405. Silence is "
    "never permission: the payment core holds every transfer whose event was not answered with 2xx."
)
_SIGNED_BY_US = (
    Asked(
        name="webhook-id", place="header", required=True, schema={"type": "string"}, text="The same in every try."
    ),
    Asked(
        name="webhook-timestamp", place="header", required=True, schema={"type": "string"},
        text="Unix seconds of this try.",
    ),
)  # fmt: skip
_CORE_SAYS: Mapping[str, str] = {
    "2XX": "Acknowledged. Also the response to a decision that is known or outdated, which the core ignores.",
    "3XX": "Not followed; the message is sent again.",
    "401": "Sent again, as after 403, 404, 408, 425 and 429. `Retry-After` is obeyed up to one hour.",
    "4XX": "Any other 4xx refuses this message for good: it is marked dead and raises an alarm.",
    "5XX": "Sent again.",
}


def build(operations: Iterable[Operation] = OPERATIONS) -> dict[str, Any]:
    """Build the whole document."""
    listed = tuple(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wakeup", "version": _version(), "description": _ABOUT},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in listed)],
        "paths": paths,
        "webhooks": {name: _webhook(name) for name in ("decision.made", "decision.changed")},
        "components": {"schemas": _schemas(listed), "securitySchemes": dict(_SCHEMES)},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    places = [
        Asked(name=name, place="path", required=True, schema={"type": "string"}, text="")
        for name in _PLACE.findall(operation.path)
    ]
    told: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [_parameter(asked) for asked in (*places, *operation.asked)],
        "responses": {str(status): _response(said) for status, said in sorted(operation.answers.items())},
    }
    if operation.security is not None:
        told["security"] = [{operation.security.value: []}]
    if operation.scope is not None:
        told["description"] = f"Scope: `{operation.scope}`."
    if operation.body is not None:
        example = None if operation.body_example is None else dict(operation.body_example)
        told["requestBody"] = {"required": True, "content": {JSON: _content(operation.body, example)}}
    return told


def _parameter(asked: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {"name": asked.name, "in": asked.place, "required": asked.required}
    if asked.text:
        told["description"] = asked.text
    return {**told, "schema": dict(asked.schema)}


def _response(said: Said) -> dict[str, Any]:
    told: dict[str, Any] = {"description": said.text}
    if said.headers:
        told["headers"] = {name: {"schema": {"type": "string"}} for name in said.headers}
    if said.model is not None:
        example = None if said.example is None else dict(said.example)
        told["content"] = {said.content_type: _content(said.model, example)}
    return told


def _content(model: type[BaseModel], example: dict[str, Any] | None) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _webhook(name: str) -> dict[str, Any]:
    """Describe a webhook to the payment core. `bank/core_client.py` defines what each response means."""
    return {
        "post": {
            "operationId": name,
            "tags": ["Payment core"],
            "summary": "Posted to the payment core until acknowledged, signed in the same way as its own messages.",
            "security": [{Security.SIGNED.value: []}],
            "parameters": [_parameter(asked) for asked in _SIGNED_BY_US],
            "requestBody": {"required": True, "content": {JSON: _content(DecisionMade, None)}},
            "responses": {status: {"description": text} for status, text in _CORE_SAYS.items()},
        }
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {DecisionMade: None}
    for operation in operations:
        if operation.body is not None:
            models[operation.body] = None
        models |= {said.model: None for said in operation.answers.values() if said.model is not None}
    # "validation" for responses too: fields with a default may be left out, and we leave them out.
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    found: dict[str, Any] = schema["$defs"]
    return dict(sorted(found.items()))


def _version() -> str:
    try:
        return version("wakeup")
    except PackageNotFoundError:
        return "0"
