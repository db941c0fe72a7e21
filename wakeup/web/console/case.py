"""The case page, and what people do on it. A refused act comes back with its reason beside the field, and with all that
was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.review import REASONS, Act, Reason
from wakeup.ivr.turn import Turn
from wakeup.usecases import overrule, review
from wakeup.usecases.case_view import CaseView, read_case
from wakeup.usecases.overrule import Aim, Released
from wakeup.usecases.review import Order, Revealed, Truth
from wakeup.web.console import masks
from wakeup.web.console.rooms import ROOMS, VISITOR, away, page
from wakeup.web.console.sentences import by, sentence

Done = Callable[[web.Request, Order], Awaitable[object]]
SAID = {
    Released.RELEASED: "The transfer was released.",
    Released.SECOND_NEEDED: "A second person must confirm the release within 15 minutes.",
    Released.REFUSED: "The release was refused; the hold stays.",
    Released.TOO_OLD: "The wish to release was too old. Ask for the release again.",
    Released.CHANGED: "The transfer changed since the release was asked for. Look at it, and ask again.",
}
LABELS = ("scam", "genuine")


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, status: int = 200, revealed: Revealed | None = None) -> web.Response:
    parts, case_id = request.app[ROOMS].parts, CaseId(request.match_info["case"])
    view = await parts.store.read(read_case, case_id, parts.now())
    said = request.query.get("said", "")
    return page(
        request, "case.html", status, view=view, revealed=revealed, masks=masks, turn_of=Turn.from_json,
        sentence=sentence, by=by, acts=Act, reasons=REASONS, labels=LABELS,
        said=SAID[Released(said)] if said in set(Released) else "", payees=_payees(view, revealed),
    )  # fmt: skip


def _payees(view: CaseView, revealed: Revealed | None) -> dict[TransferId, dict[str, str]]:
    if revealed is None:
        return {one.transfer.id: masks.payee(one.payee) for one in view.transfers}
    return {
        transfer_id: {key: details.get(key) or "–" for key in ("name", "account", "bank", "phone")}
        for transfer_id, details in revealed.payees.items()
    }


def _order(request: web.Request) -> Order:
    visitor = request[VISITOR]
    form = visitor.form
    return Order(
        staff_id=visitor.staff.id,
        case_id=CaseId(request.match_info["case"]),
        version=form.number("version"),
        reason=form.choice("reason", Reason),
        text=form.get("text"),
    )


def _aim(request: web.Request) -> Aim:
    form = request[VISITOR].form
    return Aim(transfer_id=TransferId(form.get("transfer")), sequence=form.number("sequence"))


async def _run(request: web.Request, use_case: Callable[..., Any], *args: Any) -> Any:
    parts = request.app[ROOMS].parts
    return await parts.store.run(use_case, *args, parts.now())


def act(done: Done) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of one act: done, back to the page; refused, the page with the fault beside its field."""

    async def handle(request: web.Request) -> web.Response:
        try:
            answer = await done(request, _order(request))
        except ConflictError as wrong:
            visitor = request[VISITOR]
            request[VISITOR] = replace(visitor, form=replace(visitor.form, faults={wrong.field: wrong.reason}))
            return await _page(request, 409)
        said = f"?said={answer.value}" if isinstance(answer, Released) else ""
        return away(f"/console/cases/{request.match_info['case']}{said}")

    return handle


async def claim(request: web.Request, order: Order) -> object:
    return await _run(request, review.claim, order)


async def give_back(request: web.Request, order: Order) -> object:
    return await _run(request, review.give_back, order)


async def add_note(request: web.Request, order: Order) -> object:
    return await _run(request, review.add_note, order)


async def check(request: web.Request, order: Order) -> object:
    return await _run(request, review.check, order)


async def send_to_police(request: web.Request, order: Order) -> object:
    return await _run(request, review.send_to_police, order)


async def hold(request: web.Request, order: Order) -> object:
    return await _run(request, overrule.hold, order, _aim(request))


async def release(request: web.Request, order: Order) -> object:
    return await _run(request, overrule.release, order, _aim(request))


async def confirm(request: web.Request, order: Order) -> object:
    return await _run(request, overrule.confirm_release, order, _aim(request))


async def refuse(request: web.Request, order: Order) -> object:
    return await _run(request, overrule.refuse_release, order, _aim(request))


async def extend(request: web.Request, order: Order) -> object:
    visitor = request[VISITOR]
    until = visitor.form.moment("decide_by", visitor.look.zone)
    if until is None:
        raise ConflictError("decide_by", "a date and a time")
    return await _run(request, overrule.extend, order, _aim(request), until)


async def label(request: web.Request, order: Order) -> object:
    form = request[VISITOR].form
    recovered = form.amount("recovered")
    if recovered is None:
        raise ConflictError("recovered", "an amount, such as 1200.50")
    if form.get("label") not in LABELS:
        raise ConflictError("label", "choose one")
    truth = Truth(transfer_id=TransferId(form.get("transfer")), label=form.get("label"), recovered=recovered)
    return await _run(request, review.label, order, truth)


async def unmask(request: web.Request) -> web.Response:
    """Shown in this one answer, which no cache keeps; looking again needs a reason again."""
    try:
        revealed: Revealed = await _run(request, review.unmask, _order(request))
    except ConflictError as wrong:
        visitor = request[VISITOR]
        request[VISITOR] = replace(visitor, form=replace(visitor.form, faults={wrong.field: wrong.reason}))
        return await _page(request, 409)
    return await _page(request, revealed=revealed)
