"""Converts the document to OpenAPI 3.0, because the bundled Swagger UI (4.15) cannot show 3.1."""

from __future__ import annotations

from typing import Any

_ONLY_NEW = frozenset({"jsonSchemaDialect", "webhooks"})
_CORE = "WAKEUP_PAYMENT_CORE__URL"
"""The setting with their address."""


def as_3_0(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy without what 3.0 lacks: null types, `const`, `examples` of schemas, tuples. Webhooks become paths,
    because the page would not show them otherwise."""
    kept = {name: value for name, value in document.items() if name not in _ONLY_NEW}
    posted = {f"/{_CORE} ({name})": hook for name, hook in document.get("webhooks", {}).items()}
    kept["paths"] = {**document["paths"], **posted}
    return {**{name: _older(value) for name, value in kept.items()}, "openapi": "3.0.3"}


def _older(node: Any) -> Any:
    if isinstance(node, list):
        return [_older(item) for item in node]
    if not isinstance(node, dict):
        return node
    told = {name: value if name == "example" else _older(value) for name, value in node.items()}
    if "anyOf" in told:
        told = _without_null(told)
    if isinstance(told.get("const"), str):
        told["enum"] = [told.pop("const")]
    if isinstance(told.get("examples"), list):
        told["example"] = told.pop("examples")[0]
    return told


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema["anyOf"] if option != {"type": "null"}]
    if len(options) == len(schema["anyOf"]):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    inner = {"allOf": options} if "$ref" in options[0] else options[0] if len(options) == 1 else {"anyOf": options}
    return {**inner, **rest, "nullable": True}
