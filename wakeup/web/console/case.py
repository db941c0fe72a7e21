"""The case page. A refused act shows the page again, with the reason next to its field and all that was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.party import CUSTOMER_ROLES, Payee
from wakeup.domain.review import REASONS, Act
from wakeup.usecases.console.case_view import CaseView, read_case
from wakeup.usecases.deciding.overrule import Released
from wakeup.usecases.desk.reach_out import read_next_text
from wakeup.usecases.review import review
from wakeup.usecases.review.review import Order, Revealed
from wakeup.web.console import masking
from wakeup.web.console.calls import call_facts
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.forms import Form
from wakeup.web.console.orders import order_of
from wakeup.web.console.sentences import STEPS, by, lacks_subject, sentence, who
from wakeup.web.console.submitting import faults_shown_by, run

ON_ITS_WAY = timedelta(seconds=2)
"""What came with an earlier time may have been committed after the page was made."""
Done = Callable[[web.Request, Order], Awaitable[object]]
SAID = {
    "claim": "You have the case.",
    "give-back": "You gave the case back.",
    "note": "The note is recorded.",
    "hold": "The transfer is held.",
    "extend": "The deadline is extended.",
    "refuse": "The release was refused; the hold stays.",
    "label": "The later truth is recorded.",
    "police": "The case is in the police queue.",
    "check": "Your check of the outcome is recorded.",
    "take-over": "You have the case and its calls.",
    "ring": "The number is called as soon as all limits allow.",
    "guardian": "The guardian is asked by text.",
    "follow-up": "The contact is recorded.",
    "contest": "The objection is recorded.",
    "answer": "The answer is recorded; the hold stays.",
    Released.RELEASED: "The transfer was released.",
    Released.SECOND_NEEDED: "A second person must confirm the release within {minutes} minutes.",
    Released.REFUSED: "The release was refused; the hold stays.",
}
"""What the page says after an act, by the end of the act's path, or by what became of a release."""
LAPSED: dict[object, str] = {
    Released.TOO_OLD: "The request was too old. Ask for the release again.",
    Released.CHANGED: "The transfer has changed since the release was asked for. Look at it, and ask again.",
    Released.WITHDRAWN: "The person who asked for the release may no longer release. Look at it, and ask again.",
}
"""What the page says to a second person whose confirmation released nothing. That the request has lapsed is recorded
all the same."""


@dataclass(frozen=True, slots=True)
class Since:
    """What the page showed from which an act was refused, because the case had changed: what came later is new."""

    rows: int
    at: datetime


async def show(request: web.Request, status: int = 200, revealed: Revealed | None = None) -> web.Response:
    parts, case_id = request.app[CONTEXT].parts, CaseId(request.match_info["case"])
    view = await parts.store.read(read_case, case_id, parts.now())
    may_text = request[VISITOR].may("reach") and not view.without_key
    next_text = await parts.store.read(read_next_text, case_id, parts.now()) if may_text else None
    said, look = request.query.get("said", ""), request[VISITOR].look
    minutes = look.minutes(view.second_within)
    sent = request[VISITOR].form.name if revealed else request.query.get("sent", "")
    shown_with = partial(
        page, request, "case.html", status, revealed=revealed, next_text=next_text,
        sentence=sentence, by=by, who=who, steps=STEPS, lacks_subject=lacks_subject,
        acts=Act, reasons=REASONS, labels=Truth, theirs=CUSTOMER_ROLES,
        said=look.say(SAID.get(said, "")).format(minutes=minutes), sent=sent,
        opened=request.query.get("open", ""), since=_since(request[VISITOR].form), minutes=minutes,
        payees=_payees(view, revealed), **await call_facts(request, view),
    )  # fmt: skip
    shown, form = shown_with(stray=None), request[VISITOR].form
    if form.get("text") and form.faults and f'name="form" value="{form.name}"' not in (shown.text or ""):
        # What was typed for a form that is no longer on the page is shown apart. It never fills another form.
        return shown_with(stray=form)
    return shown


def _since(form: Form) -> Since | None:
    """Return since when something is new, for a form of an older page. Only those of a release say when it was made."""
    if not form.faults.keys() & {"version", "again"}:
        return None
    try:
        made = datetime.fromisoformat(form.get("made"))
        return Since(rows=form.number("seen"), at=made - ON_ITS_WAY) if made.tzinfo else None
    except (ValueError, OverflowError):
        # No page of ours says so.
        return None


def _payees(view: CaseView, revealed: Revealed | None) -> dict[TransferId, Payee]:
    """Return the payees. Transfers that joined the case after the unmasking are masked."""
    masked = {one.transfer.id: masking.payee(one.payee) for one in view.transfers}
    return masked if revealed is None else {**masked, **revealed.payees}


def act(done: Done) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of one act. Afterwards it redirects to the page, which says what was done, and forgets what
    was typed for it."""

    @faults_shown_by(show)
    async def handle(request: web.Request) -> web.Response:
        answer = await done(request, order_of(request))
        if answer in LAPSED:
            raise ConflictError("version", LAPSED[answer])
        said = answer.value if isinstance(answer, Released) else request.path.rpartition("/")[2]
        sent = quote(request[VISITOR].form.name)
        within = quote(request[VISITOR].form.get("within"))
        opened = f"&open={within}" if within else ""
        return redirect(f"/console/cases/{request.match_info['case']}?sent={sent}{opened}&said={said}")

    return handle


@faults_shown_by(show)
async def unmask(request: web.Request) -> web.Response:
    """Show the unmasked data in this one response, which is never cached. Another look needs a reason again."""
    return await show(request, revealed=await run(request, review.unmask, order_of(request)))
