"""The risk API, operation by operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wakeup.bank.examples import RISK_EVENT_EXAMPLE
from wakeup.bank.responses import (
    BatchAnswer,
    CallStatus,
    DecisionInForce,
    DecisionPage,
    EventAnswer,
    GuardianList,
    GuardiansAnswer,
    LabelAnswer,
    NewsAnswer,
)
from wakeup.bank.schemas import GuardiansPut, Label, RiskEvent, RiskEventBatch, TransferEvent
from wakeup.web.api.call_status import LANGUAGES
from wakeup.web.api.decisions import MAX_ITEMS, MAX_WAIT_SECONDS, USUAL_ITEMS
from wakeup.web.clients import CLIENT_HEADER, Scope
from wakeup.web.openapi.operation import BEARER_FAULTS, SIGNED_FAULTS, Asked, Operation, Said, Security, fault

_TEXT: Mapping[str, Any] = {"type": "string"}
_TRUTH: Mapping[str, Any] = {"type": "boolean", "default": False}
_SIGNED = (
    Asked(
        name="webhook-id",
        place="header",
        required=True,
        schema={"type": "string", "pattern": "^[!-~]{1,128}$"},
        text="Stored permanently once it is accepted. Repeating an id with the same body gets the same response; with "
        "another body, 409.",
    ),
    Asked(
        name="webhook-timestamp",
        place="header",
        required=True,
        schema={"type": "string", "pattern": "^[0-9]{1,11}$"},
        text="Unix seconds, within five minutes of the server's clock.",
    ),
    Asked(
        name=CLIENT_HEADER,
        place="header",
        schema=_TEXT,
        text="Name of the client. If absent, the client is found by its secret.",
    ),
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
    return Said(text=text, model=model, headers=headers, example=example)


API_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/risk-events",
        id="sendRiskEvent",
        tag="Risk engine",
        summary="Report a transfer that looks like a scam. The case and its hold are committed before the response.",
        security=Security.SIGNED,
        scope=Scope.EVENTS,
        asked=_SIGNED,
        body=RiskEvent,
        body_example=RISK_EVENT_EXAMPLE,
        answers={
            200: _said(
                "The event was known. `decision` is the one in force now, also `allow` or `refuse`.", EventAnswer
            ),
            202: _said(
                "The event is new and stored. `decision` is in force: `hold` for a transfer that was not known before, "
                "otherwise whatever was decided since, also `allow` or `refuse`.",
                EventAnswer,
                example=_ANSWER_EXAMPLE,
            ),
            **SIGNED_FAULTS,
        },
    ),
    Operation(
        method="post",
        path="/v1/risk-events/batch",
        id="sendRiskEvents",
        tag="Risk engine",
        summary="Report up to 1,000 events in 2 MiB, a result each. Resend those with 500, with 503 after Retry-After.",
        security=Security.SIGNED,
        scope=Scope.EVENTS,
        asked=_SIGNED,
        body=RiskEventBatch,
        body_example={"events": [RISK_EVENT_EXAMPLE]},
        answers={
            200: _said("The result of each event, with the status it would have had if sent alone.", BatchAnswer),
            **SIGNED_FAULTS,
        },
    ),
    Operation(
        method="post",
        path="/v1/transfers/{id}/events",
        id="sendTransferEvent",
        tag="Payment core",
        summary="Report an event of a transfer: cancelled or confirmed in the app, released, window extended.",
        security=Security.SIGNED,
        scope=Scope.TRANSFERS,
        asked=_SIGNED,
        body=TransferEvent,
        body_example=_NEWS_EXAMPLE,
        answers={200: _said("Already known.", NewsAnswer), 202: _said("New, and stored.", NewsAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="post",
        path="/v1/labels",
        id="sendLabel",
        tag="Risk engine",
        summary="Report the later truth about a transfer. No decision changes; only humans release a labelled scam.",
        security=Security.SIGNED,
        scope=Scope.LABELS,
        asked=_SIGNED,
        body=Label,
        body_example=_LABEL_EXAMPLE,
        answers={
            200: _said("Already known.", LabelAnswer),
            202: _said("New, and stored.", LabelAnswer),
            **SIGNED_FAULTS,
        },
    ),
    Operation(
        method="get",
        path="/v1/transfers/{id}/decision",
        id="getDecision",
        tag="Payment core",
        summary="Get the decision in force. With `wait`, wait until there is a newer one.",
        security=Security.BEARER,
        scope=Scope.READ_DECISIONS,
        asked=(
            Asked(
                name="wait",
                schema={"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS, "default": 0},
                text="Seconds to wait for a decision newer than `after`, the ETag, or else the standing hold.",
            ),
            Asked(
                name="after",
                schema={"type": "integer", "minimum": 0},
                text="Sequence of the last known decision. 204 if there is no newer one.",
            ),
            Asked(
                name="If-None-Match",
                place="header",
                schema=_TEXT,
                text="ETag of the last known decision. 304 if there is no newer one.",
            ),
        ),
        answers={
            200: _said("The decision in force.", DecisionInForce, "ETag"),
            204: Said(text="There is no decision newer than `after`.", headers=("ETag",)),
            304: Said(text="There is no decision newer than the ETag.", headers=("ETag",)),
            **BEARER_FAULTS,
        },
    ),
    Operation(
        method="get",
        path="/v1/decisions",
        id="listDecisions",
        tag="Payment core",
        summary="List every decision once, in one order: nothing is ever inserted before your cursor.",
        security=Security.BEARER,
        scope=Scope.READ_DECISIONS,
        asked=(
            Asked(
                name="after",
                schema=_TEXT,
                text="`next` of the previous page. If absent, the list starts at the beginning.",
            ),
            Asked(
                name="limit",
                schema={"type": "integer", "minimum": 1, "maximum": MAX_ITEMS, "default": USUAL_ITEMS},
                text="Maximum number of items on one page.",
            ),
        ),
        answers={
            200: _said("One page; `next` is unchanged if there is nothing new.", DecisionPage),
            **{status: said for status, said in BEARER_FAULTS.items() if status != 404},
        },
    ),
    Operation(
        method="put",
        path="/v1/users/{id}/guardians",
        id="putGuardians",
        tag="Bank app",
        summary="Replace all guardians of a customer. During an open case, a change takes effect after 72 hours.",
        security=Security.SIGNED,
        scope=Scope.GUARDIANS,
        asked=_SIGNED,
        body=GuardiansPut,
        body_example=_GUARDIANS_EXAMPLE,
        answers={200: _said("The result for each guardian.", GuardiansAnswer), **SIGNED_FAULTS},
    ),
    Operation(
        method="get",
        path="/v1/users/{id}/guardians",
        id="getGuardians",
        tag="Bank app",
        summary="List the customer's guardians with their state, without numbers or names.",
        security=Security.BEARER,
        scope=Scope.GUARDIANS,
        answers={
            200: _said("The guardians, removed ones last. One whose addition waits is not yet listed.", GuardianList),
            **BEARER_FAULTS,
        },
    ),
    Operation(
        method="delete",
        path="/v1/users/{id}/guardians",
        id="deleteGuardians",
        tag="Bank app",
        summary="Remove all guardians of a customer. During an open case, this takes effect after 72 hours.",
        security=Security.BEARER,
        scope=Scope.GUARDIANS,
        asked=(
            Asked(
                name="occurred_at",
                schema={"type": "string", "format": "date-time"},
                text="When the bank decided this. A time earlier than the newest list's is refused with 409. If "
                "absent, the second in which the request arrives.",
            ),
        ),
        answers={
            200: _said("The result for each guardian.", GuardiansAnswer),
            409: fault("`occurred_at` is before the newest list, whose time `errors` names."),
            **BEARER_FAULTS,
        },
    ),
    Operation(
        method="get",
        path="/v1/users/{id}/call-status",
        id="getCallStatus",
        tag="Bank app",
        summary="Is the bank calling this customer now? With the call code while the automated voice talks.",
        security=Security.BEARER,
        scope=Scope.READ_CALL_STATUS,
        asked=(
            Asked(
                name="confirmed",
                schema=_TRUTH,
                text="The customer tapped “I am on this call”. Without it, no code is returned.",
            ),
            Asked(name="screen_share", schema=_TRUTH, text="The app detects screen sharing; then no code is returned."),
            Asked(
                name="remote_control",
                schema=_TRUTH,
                text="The app detects remote control of the phone; then no code is returned.",
            ),
            Asked(
                name="language",
                schema={"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
                text="Language of `say`.",
            ),
        ),
        answers={200: _said("What the app is to show.", CallStatus), **BEARER_FAULTS},
    ),
)
