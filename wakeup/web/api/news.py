"""The bank's later news of a transfer: its events, its label."""

from __future__ import annotations

from aiohttp import web

from wakeup.bank import translate
from wakeup.bank.faults import Fault, Unprocessable
from wakeup.bank.money import fits
from wakeup.bank.parse import expect_same, parse_label, parse_transfer_event
from wakeup.bank.responses import LabelAnswer
from wakeup.domain.ids import TransferId
from wakeup.usecases.deciding.record_label import currency_of
from wakeup.usecases.inputs import LabelIn, TransferEventIn
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event, record_bank_label
from wakeup.usecases.store import Lane
from wakeup.web.api.access import read_signed
from wakeup.web.api.idempotency import once
from wakeup.web.api.responses import json_response, news_answer
from wakeup.web.clients import Scope
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS


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
