"""The listener for the bank's machines, `/v1`, and the bank's later news of a transfer: its events, its label."""

from __future__ import annotations

from aiohttp import web

from wakeup.bank import translate
from wakeup.bank.faults import Fault, Unprocessable
from wakeup.bank.money import fits
from wakeup.bank.parse import expect_same, parse_label, parse_transfer_event
from wakeup.domain.ids import TransferId
from wakeup.usecases.deciding.record_label import currency_of
from wakeup.usecases.inputs import LabelIn, TransferEventIn
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event, record_bank_label
from wakeup.usecases.store import Lane
from wakeup.web.api import guardians
from wakeup.web.api.access import read_signed
from wakeup.web.api.call_status import call_status
from wakeup.web.api.decisions import POLLS, Polls, decision, feed
from wakeup.web.api.events import receive_many, receive_one
from wakeup.web.api.idempotency import once
from wakeup.web.api.responses import LabelAnswer, json_response, news_answer
from wakeup.web.bodies import BODY_LIMIT
from wakeup.web.clients import Scope
from wakeup.web.middleware import note, request_middleware
from wakeup.web.parts import PARTS, Parts


def api_app(parts: Parts) -> web.Application:
    """Build the risk API. Serve it with `Listener(app, leave_early=True)`, so that a long poll ends with its client."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[request_middleware(parts)])
    polls = Polls()
    app[PARTS], app[POLLS] = parts, polls
    app.on_shutdown.append(polls.close)
    app.router.add_post("/v1/risk-events", receive_one)
    app.router.add_post("/v1/risk-events/batch", receive_many)
    app.router.add_post("/v1/transfers/{id}/events", transfer_event)
    app.router.add_get("/v1/transfers/{id}/decision", decision, allow_head=False)
    app.router.add_post("/v1/labels", label)
    app.router.add_get("/v1/decisions", feed, allow_head=False)
    app.router.add_put("/v1/users/{id}/guardians", guardians.put)
    app.router.add_get("/v1/users/{id}/guardians", guardians.show, allow_head=False)
    app.router.add_delete("/v1/users/{id}/guardians", guardians.take_away)
    app.router.add_get("/v1/users/{id}/call-status", call_status, allow_head=False)
    return app


async def transfer_event(request: web.Request) -> web.Response:
    message = await read_signed(request, Scope.TRANSFERS)
    parsed = parse_transfer_event(message.body, now=message.now)
    expect_same("transfer_id", parsed.body.transfer_id, request.match_info["id"])
    news: TransferEventIn = translate.transfer_event(parsed)
    note(request, event_id=news.event_id, transfer=news.transfer_id, kind=news.kind.value)
    taken: TransferEventResult = await request.app[PARTS].store.run(
        once, message.inbound(), apply_transfer_event, news, message.now, lane=Lane.DECIDE
    )
    return json_response(news_answer(news, taken), 202 if taken.new else 200)


async def label(request: web.Request) -> web.Response:
    message = await read_signed(request, Scope.LABELS)
    parsed = parse_label(message.body, now=message.now)
    told: LabelIn = translate.label(parsed)
    note(request, event_id=told.event_id, transfer=told.transfer_id)
    currency: str | None = await request.app[PARTS].store.read(currency_of, TransferId(told.transfer_id))
    # An unknown one is refused by the later look-up.
    if currency is not None and not fits(told.recovered, currency):
        raise Unprocessable([Fault("recovered", "has more decimals than its currency")])
    new: bool = await request.app[PARTS].store.run(
        once, message.inbound(), record_bank_label, told, message.now, lane=Lane.DECIDE
    )
    return json_response(LabelAnswer(event_id=told.event_id, transfer_id=told.transfer_id), 202 if new else 200)
