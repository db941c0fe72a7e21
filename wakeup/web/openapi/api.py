"""The risk API, operation by operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wakeup.bank.examples import RISK_EVENT_EXAMPLE
from wakeup.bank.responses import BatchAnswer, CallStatus, DecisionMade, DecisionPage, EventAnswer
from wakeup.bank.schemas import GuardiansPut, Label, RiskEvent, RiskEventBatch, TransferEvent
from wakeup.web.api.call_status import LANGUAGES
from wakeup.web.api.decisions import MAX_ITEMS, MAX_WAIT_SECONDS, USUAL_ITEMS
from wakeup.web.api.guardians import GuardianList, GuardiansAnswer
from wakeup.web.api.responses import LabelAnswer, NewsAnswer
from wakeup.web.clients import CLIENT_HEADER, Scope
from wakeup.web.openapi.operation import BEARER_FAULTS, JSON, SIGNED_FAULTS, Asked, Operation, Said, Security

_TEXT: Mapping[str, Any] = {"type": "string"}
_TRUTH: Mapping[str, Any] = {"type": "boolean", "default": False}
_SIGNED = (
    Asked(
        name="webhook-id",
        place="header",
        required=True,
        schema={"type": "string", "maxLength": 128},
        text="Kept for good: the same body is answered the same, another body 409.",
    ),
    Asked(
        name="webhook-timestamp",
        place="header",
        required=True,
        schema={"type": "string", "pattern": "^[0-9]{1,11}$"},
        text="Unix seconds, within five minutes of our clock.",
    ),
    Asked(name=CLIENT_HEADER, place="header", schema=_TEXT, text="Name of the client; found by its secret if absent."),
)
_ANSWER_EXAMPLE: Mapping[str, Any] = {
    "event_id": "evt_20261122_0001",
    "case_id": "case_1",
    "transfer_id": "t_90017",
    "decision": {
        "decision": "hold",
        "decision_id": "dec_1",
        "sequence": 1,
        "reason": "standing",
        "effective_at": "2026-11-22T10:00:00Z",
        "hold_until": "2026-11-24T09:30:00Z",
    },
}
_NEWS_EXAMPLE: Mapping[str, Any] = {
    "type": "cancelled_in_app",
    "event_id": "evt_20261122_0002",
    "transfer_id": "t_90017",
    "occurred_at": "2026-11-22T09:35:00Z",
}
_GUARDIANS_EXAMPLE: Mapping[str, Any] = {
    "type": "guardians",
    "event_id": "evt_20261122_0003",
    "user_id": "u_1042",
    "user_name": "陈美玲",
    "timezone": "Asia/Singapore",
    "occurred_at": "2026-11-22T09:35:00Z",
    "guardians": RISK_EVENT_EXAMPLE["guardians"],
}
_LABEL_EXAMPLE: Mapping[str, Any] = {
    "type": "label",
    "event_id": "evt_20261201_0007",
    "transfer_id": "t_90017",
    "label": "scam",
    "recovered": "52000.00",
    "occurred_at": "2026-12-01T08:00:00Z",
}


def _said(text: str, model: Any, *headers: str, example: Mapping[str, Any] | None = None) -> Said:
    return Said(text=text, model=model, content_type=JSON, headers=headers, example=example)


API_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/risk-events",
        id="sendRiskEvent",
        tag="Risk engine",
        summary="A transfer that looks like a scam: case and standing hold are committed before the answer.",
        security=Security.SIGNED,
        scope=Scope.EVENTS,
        asked=_SIGNED,
        body=RiskEvent,
        body_example=RISK_EVENT_EXAMPLE,
        answers={
            200: _said("The same event again: what was answered stands.", EventAnswer),
            202: _said("New, and kept. The hold stands.", EventAnswer, example=_ANSWER_EXAMPLE),
            **SIGNED_FAULTS,
        },
    ),
    Operation(
        method="post",
        path="/v1/risk-events/batch",
        id="sendRiskEvents",
        tag="Risk engine",
        summary="Up to 1,000 events in 2 MiB, a result each. Send again those with status 503, after Retry-After.",
        security=Security.SIGNED,
        scope=Scope.EVENTS,
        asked=_SIGNED,
        body=RiskEventBatch,
        body_example={"events": [RISK_EVENT_EXAMPLE]},
        answers={200: _said("Each event with the status it would have had alone.", BatchAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="post",
        path="/v1/transfers/{id}/events",
        id="sendTransferEvent",
        tag="Payment core",
        summary="News of a transfer: cancelled or confirmed in the app, released, window extended.",
        security=Security.SIGNED,
        scope=Scope.TRANSFERS,
        asked=_SIGNED,
        body=TransferEvent,
        body_example=_NEWS_EXAMPLE,
        answers={200: _said("Known before.", NewsAnswer), 202: _said("New, and kept.", NewsAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="post",
        path="/v1/labels",
        id="sendLabel",
        tag="Risk engine",
        summary="The later truth about a transfer. It changes no decision; only people release what is a scam.",
        security=Security.SIGNED,
        scope=Scope.LABELS,
        asked=_SIGNED,
        body=Label,
        body_example=_LABEL_EXAMPLE,
        answers={200: _said("Known before.", LabelAnswer), 202: _said("New, and kept.", LabelAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="get",
        path="/v1/transfers/{id}/decision",
        id="getDecision",
        tag="Payment core",
        summary="The decision in force; with `wait`, as soon as there is a newer one.",
        security=Security.BEARER,
        scope=Scope.READ_DECISIONS,
        asked=(
            Asked(
                name="wait",
                schema={"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS, "default": 0},
                text="Seconds to wait for something newer than what is known: `after`, the ETag, or the standing hold.",
            ),
            Asked(
                name="after",
                schema={"type": "integer", "minimum": 0},
                text="Sequence of the decision known. 204 if nothing newer came.",
            ),
            Asked(name="If-None-Match", place="header", schema=_TEXT, text="ETag of the decision known: 304 instead."),
        ),
        answers={
            200: _said("The decision in force.", DecisionMade, "ETag"),
            204: Said(text="Nothing newer than `after`.", headers=("ETag",)),
            304: Said(text="Nothing newer than the ETag.", headers=("ETag",)),
            **BEARER_FAULTS,
        },
    ),
    Operation(
        method="get",
        path="/v1/decisions",
        id="listDecisions",
        tag="Payment core",
        summary="Every decision once, in an order that never changes behind a cursor.",
        security=Security.BEARER,
        scope=Scope.READ_DECISIONS,
        asked=(
            Asked(name="after", schema=_TEXT, text="`next` of the page before; from the beginning if absent."),
            Asked(
                name="limit",
                schema={"type": "integer", "minimum": 1, "maximum": MAX_ITEMS, "default": USUAL_ITEMS},
                text="Most items of one page.",
            ),
        ),
        answers={
            200: _said("A page; the same `next` again when there is nothing new.", DecisionPage),
            **{status: said for status, said in BEARER_FAULTS.items() if status != 404},
        },
    ),
    Operation(
        method="put",
        path="/v1/users/{id}/guardians",
        id="putGuardians",
        tag="Bank app",
        summary="All guardians of a customer from now on. During an open case a change waits 72 hours.",
        security=Security.SIGNED,
        scope=Scope.GUARDIANS,
        asked=_SIGNED,
        body=GuardiansPut,
        body_example=_GUARDIANS_EXAMPLE,
        answers={200: _said("What became of each.", GuardiansAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="get",
        path="/v1/users/{id}/guardians",
        id="getGuardians",
        tag="Bank app",
        summary="The customer's guardians and how far each has come. No numbers, no names.",
        security=Security.BEARER,
        scope=Scope.GUARDIANS,
        answers={200: _said("As they stand.", GuardianList), **BEARER_FAULTS},
    ),
    Operation(
        method="delete",
        path="/v1/users/{id}/guardians",
        id="deleteGuardians",
        tag="Bank app",
        summary="The customer wants no guardians any more. During an open case that waits 72 hours.",
        security=Security.BEARER,
        scope=Scope.GUARDIANS,
        answers={200: _said("What became of each.", GuardiansAnswer), **BEARER_FAULTS},
    ),
    Operation(
        method="get",
        path="/v1/users/{id}/call-status",
        id="getCallStatus",
        tag="Bank app",
        summary="Are we on the phone with this customer now? The call code only while our voice runs.",
        security=Security.BEARER,
        scope=Scope.READ_CALL_STATUS,
        asked=(
            Asked(name="confirmed", schema=_TRUTH, text="The customer tapped “I am on this call”. No code without it."),
            Asked(name="screen_share", schema=_TRUTH, text="The app sees that the screen is shared: no code."),
            Asked(name="remote_control", schema=_TRUTH, text="The app sees that the phone is controlled: no code."),
            Asked(
                name="language",
                schema={"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
                text="Of `say`.",
            ),
        ),
        answers={200: _said("What the app shows.", CallStatus), **BEARER_FAULTS},
    ),
)
