"""Response bodies match the published models, and the models can be published."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tests.bank.bodies import NOW, raw
from wakeup.bank import responses, schemas
from wakeup.bank.examples import RISK_EVENT_EXAMPLE
from wakeup.bank.faults import Fault
from wakeup.bank.parse import parse_risk_event
from wakeup.bank.responses import DecisionMade, EventAnswer, StandingDecision, problem
from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.ids import CaseId, DecisionId, EvidenceId, TransferId
from wakeup.usecases.deciding.decisions import decision_body

IN = (schemas.RiskEvent, schemas.RiskEventBatch, schemas.TransferEvent, schemas.Label, schemas.GuardiansPut)
OUT = (EventAnswer, responses.BatchAnswer, responses.DecisionPage, responses.CallStatus, responses.Problem)
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_the_decision_on_the_wire_is_the_published_one() -> None:
    decision = Decision(
        id=DecisionId("dec_1"),
        transfer_id=TransferId("t1"),
        case_id=CaseId("c1"),
        sequence=2,
        ruling=Ruling.HOLD,
        reason="coached",
        decided_by="system",
        decided_at=AT,
        decide_by=AT + timedelta(minutes=5),
        hold_until=AT + timedelta(days=2),
        policy_version="1",
        rests_on=(EvidenceId("ev_1"),),
        effects=(),
    )
    body = json.dumps(decision_body(decision, "customer agreement"))
    read = DecisionMade.model_validate_json(body)
    assert (read.decision, read.sequence, read.evidence) == (Ruling.HOLD, 2, ("ev_1",))
    assert read.hold_basis == "customer agreement"
    assert "hold_basis" not in decision_body(replace(decision, ruling=Ruling.ALLOW), "customer agreement")
    assert json.loads(read.model_dump_json(exclude_unset=True)) == json.loads(body)


@pytest.mark.parametrize(("models", "mode"), [(IN, "validation"), (OUT, "serialization")])
def test_the_models_print_schemas_without_our_inner_types(
    models: tuple[type[BaseModel], ...], mode: JsonSchemaMode
) -> None:
    _, printed = models_json_schema([(model, mode) for model in models])
    definitions = printed["$defs"]
    assert {model.__name__ for model in models} <= definitions.keys()
    assert not {"Phone", "Number"} & definitions.keys()
    if mode == "validation":
        assert definitions["Transfer"]["properties"]["amount"]["type"] == "string"
        assert definitions["Customer"]["additionalProperties"] is False


def test_the_published_example_is_accepted_without_a_warning() -> None:
    parsed = parse_risk_event(raw(RISK_EVENT_EXAMPLE), now=NOW)
    assert parsed.warnings == ()


def test_a_problem_names_field_and_reason() -> None:
    told = problem(422, "the event was not taken", [Fault("transfer.amount", "must be more than zero")])
    assert told.model_dump(mode="json") == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "the event was not taken",
        "errors": [{"field": "transfer.amount", "reason": "must be more than zero"}],
    }


def test_an_answer_carries_the_standing_hold() -> None:
    hold = StandingDecision(
        decision=Ruling.HOLD,
        decision_id="dec_1",
        sequence=1,
        reason="standing_hold",
        effective_at=AT,
        hold_until=AT + timedelta(days=2),
    )
    told = EventAnswer(event_id="e1", case_id="c1", transfer_id="t1", decision=hold).model_dump(mode="json")
    assert told["decision"]["decision"] == "hold"
    assert told["decision"]["effective_at"] == "2026-11-22T09:30:00Z"
    assert told["warnings"] == []
