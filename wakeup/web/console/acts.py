"""The acts of people on a case: each reads its form and runs its use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from wakeup.bank.money import minor_digits
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import PartyId, TransferId
from wakeup.domain.label import Truth
from wakeup.usecases.deciding import overrule, record_label
from wakeup.usecases.deciding.overrule import DecisionRef
from wakeup.usecases.deciding.record_label import NewLabel, currency_of
from wakeup.usecases.desk import reach_out
from wakeup.usecases.review import contest, review
from wakeup.usecases.review.review import Order
from wakeup.usecases.unit import Unit
from wakeup.web.console.context import CONTEXT, VISITOR
from wakeup.web.console.forms import NO_AMOUNT
from wakeup.web.console.orders import aim_of
from wakeup.web.console.submitting import run

Done = Callable[[web.Request, Order], Awaitable[object]]


def _plain(use_case: Callable[[Unit, Order, datetime], object]) -> Done:
    """Make an act that needs nothing but the order."""

    async def done(request: web.Request, order: Order) -> object:
        return await run(request, use_case, order)

    return done


def _aimed(use_case: Callable[[Unit, Order, DecisionRef, datetime], object]) -> Done:
    """Make an act on one transfer."""

    async def done(request: web.Request, order: Order) -> object:
        return await run(request, use_case, order, aim_of(request))

    return done


claim = _plain(review.claim)
give_back = _plain(review.give_back)
add_note = _plain(review.add_note)
check = _plain(review.check)
send_to_police = _plain(review.send_to_police)
take_over = _plain(reach_out.take_over)
follow_up = _plain(reach_out.follow_up)
take_contest = _plain(contest.record_contest)
answer_contest = _plain(contest.answer_contest)
hold = _aimed(overrule.hold)
release = _aimed(overrule.release)
confirm = _aimed(overrule.confirm_release)
refuse = _aimed(overrule.refuse_release)


async def ring_again(request: web.Request, order: Order) -> object:
    return await run(request, reach_out.ring_again, order, PartyId(request[VISITOR].form.get("party")))


async def text_guardian(request: web.Request, order: Order) -> object:
    return await run(request, reach_out.text_guardian, order, request[VISITOR].form.get("to"))


async def extend(request: web.Request, order: Order) -> object:
    visitor = request[VISITOR]
    until = visitor.form.moment("decide_by", visitor.look.zone)
    if until is None:
        raise ConflictError("decide_by", "must be a date and a time")
    return await run(request, overrule.extend, order, aim_of(request), until)


async def label(request: web.Request, order: Order) -> object:
    form = request[VISITOR].form
    recovered = form.amount("recovered")
    if recovered is None:
        raise ConflictError("recovered", NO_AMOUNT)
    found = form.choice("label", Truth)
    if found is None:
        raise ConflictError("label", "choose one")
    transfer_id = TransferId(form.get("transfer"))
    currency = await request.app[CONTEXT].parts.store.read(currency_of, transfer_id)
    # Trailing zeros count as decimals: where a point separates thousands, 1.200 is not a small amount.
    decimals = len(form.get("recovered").strip().partition(".")[2])
    if currency is not None and decimals > minor_digits(currency):
        raise ConflictError("recovered", "has more decimals than its currency")
    truth = NewLabel(transfer_id=transfer_id, label=found, recovered=recovered)
    return await run(request, record_label.label, order, truth)
