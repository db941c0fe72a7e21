"""The OpenAPI description: every route of the bank, every reference, valid examples, and an older version for the viewer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web

from tests.web.world import DESCRIPTION, START, Caller, World, play_inside
from wakeup.bank.core_client import classify
from wakeup.bank.parse import parse_batch, parse_label, parse_risk_event, parse_transfer_event
from wakeup.bank.responses import EventAnswer
from wakeup.usecases.ports import Receipt
from wakeup.web.apps import api_app, inside_app
from wakeup.web.clients import Scope
from wakeup.web.openapi.api import API_OPERATIONS
from wakeup.web.openapi.document import OPERATIONS
from wakeup.web.openapi.openapi_3_0 import as_3_0

OPERATORS = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
"""What operators look for."""


def routes_of(app: web.Application) -> set[tuple[str, str]]:
    """Method and template of every route."""
    routes = {(one.method, one.resource.canonical) for one in app.router.routes() if one.resource is not None}
    return {(method, path) for method, path in routes if method != "HEAD"}


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_the_description_of_the_api_is_served_as_it_is_built() -> None:
    async def story(reader: Caller) -> None:
        heard = await reader.ask("GET", "/openapi.json")
        assert (heard.status, heard.json) == (200, DESCRIPTION)
        assert heard.json["openapi"] == "3.1.0"

    play_inside(story)


def test_every_route_of_the_bank_is_told_and_every_told_route_exists() -> None:
    told = {(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert told == routes_of(api_app(World().parts())) | OPERATORS
    assert routes_of(inside_app(World().parts())) >= OPERATORS


def test_every_reference_leads_somewhere_and_every_model_is_used() -> None:
    references = {node["$ref"] for node in nodes(DESCRIPTION) if "$ref" in node}
    schemas = DESCRIPTION["components"]["schemas"]
    assert {f"#/components/schemas/{name}" for name in schemas} == references


def test_operations_have_a_name_of_their_own_and_a_scheme_that_exists() -> None:
    names = [operation.id for operation in OPERATIONS]
    assert len(set(names)) == len(names)
    schemes = DESCRIPTION["components"]["securitySchemes"]
    used = {name for node in nodes(DESCRIPTION["paths"]) for rule in node.get("security", ()) for name in rule}
    assert used == set(schemes)
    assert {operation.scope for operation in API_OPERATIONS} == set(Scope)


def test_path_parameters_are_told_exactly_once() -> None:
    for path, methods in DESCRIPTION["paths"].items():
        for operation in methods.values():
            places = [asked["name"] for asked in operation["parameters"] if asked["in"] == "path"]
            assert sorted(f"{{{place}}}" for place in places) == sorted(
                part for part in path.split("/") if part.startswith("{")
            )


def test_the_examples_are_true() -> None:
    readers: dict[str, Callable[..., object]] = {
        "sendRiskEvent": parse_risk_event,
        "sendRiskEvents": parse_batch,
        "sendTransferEvent": parse_transfer_event,
        "sendLabel": parse_label,
    }
    now = START.replace(month=12, day=2)
    seen = set()
    for node in nodes(DESCRIPTION["paths"]):
        reader = readers.get(node.get("operationId", ""))
        if reader is not None:
            from tests.bank.bodies import raw

            example = node["requestBody"]["content"]["application/json"]["example"]
            parsed = reader(raw(example), now=now)
            assert not isinstance(parsed, list) or not isinstance(parsed[0], Exception)
            seen.add(node["operationId"])
    assert seen == set(readers)
    answer = DESCRIPTION["paths"]["/v1/risk-events"]["post"]["responses"]["202"]["content"]["application/json"]
    EventAnswer.model_validate(answer["example"], strict=False)


def test_the_statuses_of_the_contract_are_told() -> None:
    told = DESCRIPTION["paths"]["/v1/risk-events"]["post"]["responses"]
    assert {"200", "202", "401", "403", "408", "409", "413", "415", "422", "500", "503"} <= told.keys()
    assert "Retry-After" in told["503"]["headers"]


def test_every_request_of_the_bank_may_be_answered_that_it_is_not_http() -> None:
    for path, methods in DESCRIPTION["paths"].items():
        if path.startswith("/v1/"):
            assert all("400" in operation["responses"] for operation in methods.values()), path


def test_locales_that_are_refused_are_refused_by_the_schema_too() -> None:
    schema = DESCRIPTION["components"]["schemas"]["Customer"]["properties"]["locale"]
    for locale, right in {"zh-Hans-CN": True, "zh_CN.UTF-8": True, "zh CN": False, "中文": False, "": False}.items():
        assert bool(re.search(schema["pattern"], locale)) is right


def test_patterns_are_understood_by_generators_of_clients() -> None:
    r"""Python's `re` does not know `\p{Cc}`: a client generated with it did not even start."""
    schemas = list(nodes(DESCRIPTION["components"]["schemas"]))
    patterns = {node["pattern"] for node in schemas if isinstance(node.get("pattern"), str)}
    assert len(patterns) > 4
    for pattern in patterns:
        assert "\\p{" not in pattern
        assert re.search(pattern, "\u202e") is None


def test_the_core_is_told_how_it_is_posted_to_and_what_its_answers_mean() -> None:
    for hook in DESCRIPTION["webhooks"].values():
        assert [asked["name"] for asked in hook["post"]["parameters"]] == ["webhook-id", "webhook-timestamp"]
        for said in hook["post"]["responses"]:
            meant = classify(int(said.replace("4XX", "409").replace("XX", "00")), None, START).receipt
            assert meant is {"2XX": Receipt.DELIVERED, "4XX": Receipt.GONE}.get(said, Receipt.RETRY), said


def test_the_older_twin_has_no_words_of_the_newer() -> None:
    older = as_3_0(DESCRIPTION)
    posted = {f"/WAKEUP_PAYMENT_CORE__URL ({name})" for name in ("decision.made", "decision.changed")}
    assert older["paths"].keys() == DESCRIPTION["paths"].keys() | posted
    assert "webhooks" not in older
    for node in nodes(older["components"]["schemas"]):
        assert node.get("type") != "null"
        assert not {"const", "prefixItems"} & node.keys()
        assert not isinstance(node.get("examples"), list)
    assert DESCRIPTION["openapi"] == "3.1.0", "the original is untouched"
