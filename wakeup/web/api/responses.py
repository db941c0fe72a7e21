"""Converts the results of use cases to response bodies, and makes the responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiohttp import web
from pydantic import BaseModel

from wakeup.bank.faults import Fault
from wakeup.bank.responses import (
    DecisionInForce,
    DecisionMade,
    EventAnswer,
    NewsAnswer,
    StandingDecision,
    field_faults,
)
from wakeup.domain.decision import Decision, Ruling
from wakeup.usecases.deciding.decisions import kind_of
from wakeup.usecases.inputs import TransferEventIn
from wakeup.usecases.intake.app_confirmation import NotCounted
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.news import TransferEventResult
from wakeup.usecases.intake.queries import InForce
from wakeup.web.problems import NO_HEADERS

_EARLY = "a confirmed_in_app that comes before its transfer's risk event does not count; let the customer confirm again"
_TAP_LEFT_OUT = {
    NotCounted.EARLY: Fault("transfer_id", _EARLY),
    NotCounted.BEFORE_EVENT: Fault(
        "occurred_at", "is before that of the transfer's risk event, so the confirmation does not count"
    ),
    NotCounted.CLOSED: Fault(
        "transfer_id", "is neither pending nor held any more, so the confirmation changes nothing"
    ),
}


def news_answer(news: TransferEventIn, taken: TransferEventResult) -> NewsAnswer:
    doubts = [] if taken.left_out is None else [_TAP_LEFT_OUT[taken.left_out]]
    return NewsAnswer(
        event_id=news.event_id,
        transfer_id=news.transfer_id,
        transfer_known=taken.known,
        warnings=field_faults(doubts),
    )


def event_answer(event_id: str, accepted: Accepted, warnings: Sequence[Fault]) -> EventAnswer:
    decision = accepted.decision
    return EventAnswer(
        event_id=event_id,
        case_id=accepted.case_id,
        transfer_id=accepted.transfer_id,
        decision=StandingDecision(
            decision=decision.ruling,
            decision_id=decision.id,
            sequence=decision.sequence,
            reason=decision.reason,
            effective_at=decision.decide_by,
            hold_until=decision.hold_until,
        ),
        warnings=field_faults([*warnings, *_doubts(accepted)]),
    )


def _doubts(accepted: Accepted) -> Iterator[Fault]:
    """Yield a warning for each field in which the event differs from the stored transfer."""
    yield from map(_other_payment, accepted.differs)
    if accepted.tap_left_out:
        yield Fault("transfer.id", _EARLY)


def _other_payment(field: str) -> Fault:
    return Fault(
        f"transfer.{field}",
        "differs from the stored transfer; the stored value stays, and only humans can release the transfer",
    )


def answer_in_force(found: InForce, hold_basis: str | None) -> DecisionInForce:
    closed = None if found.closed is None else found.closed.value
    return DecisionInForce.model_validate(
        {**dict(decision_made(found.decision, hold_basis)), "transfer_closed": closed}
    )


def decision_made(decision: Decision, hold_basis: str | None) -> DecisionMade:
    """Build the body as in the webhook. The hold basis is that of the current policy, as it is not part of the
    decision."""
    return DecisionMade(
        type=kind_of(decision),
        decision_id=decision.id,
        sequence=decision.sequence,
        transfer_id=decision.transfer_id,
        case_id=decision.case_id,
        decision=decision.ruling,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        decide_by=decision.decide_by,
        hold_until=decision.hold_until,
        hold_basis=hold_basis if decision.ruling is Ruling.HOLD else None,
        evidence=decision.rests_on,
    )


def json_response(answer: BaseModel, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> web.Response:
    return web.Response(
        body=answer.model_dump_json(exclude_none=True).encode(),
        status=status,
        headers={"Content-Type": "application/json", **headers},
    )
