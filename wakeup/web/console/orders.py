"""Converts a form of the case page to the order that its use case takes."""

from __future__ import annotations

from aiohttp import web

from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.review import Reason
from wakeup.usecases.deciding.overrule import DecisionRef
from wakeup.usecases.review.review import Order
from wakeup.web.console.context import VISITOR


def order_of(request: web.Request) -> Order:
    visitor = request[VISITOR]
    form = visitor.form
    return Order(
        staff_id=visitor.staff.id,
        case_id=CaseId(request.match_info["case"]),
        version=form.number("version"),
        reason=form.choice("reason", Reason),
        text=form.get("text"),
        seen=form.number("seen"),
    )


def aim_of(request: web.Request) -> DecisionRef:
    form = request[VISITOR].form
    # A form without these, of an older version, counts as older than all, and releases nothing by itself.
    return DecisionRef(
        transfer_id=TransferId(form.get("transfer")), sequence=form.number("sequence"), binds=form.get("binds"),
        two_said=form.get("persons") != "1",
    )  # fmt: skip
