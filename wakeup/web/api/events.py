"""Receives risk events, one or many. An event is accepted only when case, transfer and standing hold are committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice

from aiohttp import web

from wakeup.bank.faults import Unprocessable
from wakeup.bank.parse import Parsed, parse_batch, parse_risk_event
from wakeup.bank.responses import BatchAnswer, BatchItem, EventAnswer, problem
from wakeup.bank.schemas import RiskEvent
from wakeup.bank.translate import flagged_transfer
from wakeup.domain.errors import ConflictError, StoreBusyError, StoreDownError, WakeupError
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.receive_event import receive_batch, receive_event
from wakeup.usecases.store import Lane
from wakeup.web.api.access import SignedMessage, read_signed
from wakeup.web.api.responses import event_answer, json_response
from wakeup.web.bodies import BATCH_LIMIT
from wakeup.web.clients import Scope
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.problems import NO_HEADERS, ProblemAnswer, answer_to, response_of

CHUNK = 25
"""Events of a batch per transaction: short enough for a voice turn to wait for it."""
NEW, KNOWN, CONFLICT, INVALID, UNAVAILABLE, FAILED = "new", "known", "conflict", "invalid", "unavailable", "failed"
"""Results of an event, as they are counted."""

Numbered = tuple[int, Parsed[RiskEvent]]


async def receive_one(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    await parts.before_event()
    message = await read_signed(request, Scope.EVENTS)
    try:
        parsed = parse_risk_event(message.body, now=message.now, typologies=parts.typologies)
        event = flagged_transfer(parsed, client=message.client, typologies=parts.typologies)
        note(request, event_id=event.event_id, transfer=event.transfer_id)
        accepted = await parts.store.run(receive_event, message.inbound(), event, message.now, lane=Lane.INGEST)
    except (Unprocessable, ConflictError, StoreBusyError, StoreDownError) as error:
        parts.metrics.event_answered(_result_of(error))
        raise
    note(request, case=accepted.case_id)
    parts.metrics.event_answered(NEW if accepted.new else KNOWN)
    answer = event_answer(event.event_id, accepted, parsed.warnings)
    return json_response(answer, 202 if accepted.new else 200)


async def receive_many(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    await parts.before_event()
    message = await read_signed(request, Scope.EVENTS, BATCH_LIMIT)
    # In a thread: parsing a thousand events takes longer than a caller on the line should wait.
    entries = await asyncio.to_thread(parse_batch, message.body, now=message.now, typologies=parts.typologies)
    refused = {n: entry for n, entry in enumerate(entries) if isinstance(entry, Unprocessable)}
    items = {n: _refused(n, refusal) for n, refusal in refused.items()}
    good = [(n, entry) for n, entry in enumerate(entries) if not isinstance(entry, Unprocessable)]
    unavailable: ProblemAnswer | None = None
    rest = iter(good)
    while chunk := list(islice(rest, CHUNK)):
        if unavailable is None:
            try:
                await _keep(parts, message, chunk, items)
                continue
            except (StoreBusyError, StoreDownError) as error:
                unavailable = answer_to(error)
                assert unavailable is not None
        items |= {n: BatchItem(index=n, status=503, problem=unavailable.problem) for n, _ in chunk if n not in items}
    for item in items.values():
        parts.metrics.event_answered(_RESULT_OF_STATUS.get(item.status, FAILED))
    note(request, events=len(items), refused=sum(item.status >= 400 for item in items.values()))
    if unavailable is not None and all(item.status == 503 for item in items.values()):
        return response_of(unavailable)
    answer = BatchAnswer(results=tuple(items[n] for n in sorted(items)))
    return json_response(answer, 200, NO_HEADERS if unavailable is None else unavailable.headers)


async def _keep(parts: Parts, message: SignedMessage, chunk: Sequence[Numbered], items: dict[int, BatchItem]) -> None:
    """Store a chunk in one transaction, and add the result of each event to `items`. A conflict of the message itself
    is raised; one of an event refuses only that event. If the data of one customer cannot be read, each event is
    stored alone: the others are called."""
    events = [flagged_transfer(parsed, client=message.client, typologies=parts.typologies) for _, parsed in chunk]
    try:
        results = await parts.store.run(receive_batch, message.inbound(), events, message.now, lane=Lane.INGEST)
    except (ConflictError, StoreBusyError, StoreDownError):
        raise
    except WakeupError as error:
        if len(chunk) == 1:
            [(n, parsed)] = chunk
            items[n] = _failed(parts, n, parsed, error, first=all(item.status != 500 for item in items.values()))
            return
    else:
        items |= {n: _item(n, parsed, result) for (n, parsed), result in zip(chunk, results, strict=True)}
        return
    for one in chunk:
        await _keep(parts, message, [one], items)


def _item(n: int, parsed: Parsed[RiskEvent], result: Accepted | ConflictError) -> BatchItem:
    if isinstance(result, ConflictError):
        return _refused(n, result)
    answer: EventAnswer = event_answer(parsed.body.event_id, result, parsed.warnings)
    return BatchItem(index=n, status=202 if result.new else 200, answer=answer)


def _refused(n: int, error: ConflictError | Unprocessable) -> BatchItem:
    answer = answer_to(error)
    assert answer is not None
    return BatchItem(index=n, status=answer.problem.status, problem=answer.problem)


def _failed(parts: Parts, n: int, parsed: Parsed[RiskEvent], error: WakeupError, *, first: bool) -> BatchItem:
    """Return the item of an event that alone would have ended its request, with the same answer. The `first` of a batch
    tells where it failed: with a lost master key they are many, and all alike."""
    answer = answer_to(error)
    if answer is None:
        where = {"exc_info": error} if first else {"error": type(error).__name__}
        parts.log.error("event_failed", event_id=parsed.body.event_id, **where)
        answer = ProblemAnswer(problem(500))
    return BatchItem(index=n, status=answer.problem.status, problem=answer.problem)


_RESULT_OF_STATUS = {202: NEW, 200: KNOWN, 409: CONFLICT, 422: INVALID, 503: UNAVAILABLE}


def _result_of(error: Exception) -> str:
    answer = answer_to(error)
    return UNAVAILABLE if answer is None else _RESULT_OF_STATUS[answer.problem.status]
