"""The agent's desk: the agent's state, the case of the current call with its coaching card, and the form for its
outcome.

The waiting customers, and how long they have waited, are shown next to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from wakeup.domain.agent import AgentEvent, Skill
from wakeup.domain.errors import ConflictError, RemoteError
from wakeup.domain.hand_over import HandOverState, HumanTalkRef, human_talk_ref
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.listening import ListenMode
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import REASONS, Act, Reason, reaches
from wakeup.usecases.agents.agents import ASKED_FOR, set_state, writes_on
from wakeup.usecases.conference.hand_on import hand_on
from wakeup.usecases.conference.listen_in import Moved, leave_human_talk, listen_in
from wakeup.usecases.desk.agent_desk import DeskNow, DeskView, ask_from_desk, read_desk, read_desk_now
from wakeup.usecases.desk.agent_outcome import FOUND_OUT, FoundOut, record_outcome
from wakeup.usecases.desk.bring_guardian import bring_guardian
from wakeup.web.console import masking
from wakeup.web.console.calls import talk_facts
from wakeup.web.console.coaching import NEVER, card_of
from wakeup.web.console.context import CONTEXT, VISITOR, page, piece, redirect
from wakeup.web.console.forms import Form
from wakeup.web.console.live import stream_of
from wakeup.web.console.orders import order_of
from wakeup.web.console.submitting import faults_shown_by, run
from wakeup.web.parts import Parts

HERE, ASKED = "/console/desk", "asked"
OUTCOME, HAND_ON = "outcome", "hand_on"
"""Forms whose text a browser keeps until it was recorded."""
UNHEARD = "the phone company did not accept it; try again"
STILL = {
    ListenMode.LISTEN: "the phone company did not accept it, so still nobody hears you; try again",
    ListenMode.WHISPER: "the phone company did not accept it, so still only the agent hears you; try again",
    ListenMode.BARGE: "the phone company did not accept it, so everybody still hears you; try again",
}
"""The same message for a listener in a call, by the mode that stays in force."""
KEYS = "123456789"
"""The first outcomes have a key each."""


async def show(request: web.Request) -> web.Response:
    """Show the agent's desk: the current or last call, or with `case` and `talk` an earlier call of theirs."""
    asked = request.query.get("case")
    named = human_talk_ref(request.query.get("talk"))
    return await _page(request, asked=None if asked is None else CaseId(asked), named=named)


async def _page(
    request: web.Request, status: int = 200, asked: CaseId | None = None, named: HumanTalkRef | None = None
) -> web.Response:
    desk = await _read(request, asked, named)
    language = "zh-CN" if desk.talk is not None and desk.talk.language == "zh" else "en"
    talking = desk.at_hand and desk.talk is not None and desk.talk.state is HandOverState.JOINED
    # Read out to a guardian, the card would tell of the payment.
    script = desk.script if desk.guardian is None else None
    card = card_of(script, language, request.app[CONTEXT].console.credit_bureau)
    refused = bool(request[VISITOR].form.faults)
    stray = _stray(request, desk, asked, talking=talking) if refused and asked is not None else None
    return page(
        request, "desk.html", status, desk=desk, me=desk.now.me, view=desk.case, at=_at(desk.now),
        on_the_line=desk.now.on_the_line, refused=refused, card=card, never=NEVER,
        outcomes=list(zip(FOUND_OUT, _keys(), strict=True)), codes=_codes(desk), wishes=ASKED_FOR,
        team=desk.now.team, ways=list(ListenMode), skills=list(Skill), talking=talking, stray=stray, asked=asked,
        asked_by_text=request.query.get("said") == ASKED, sent=request.query.get("sent", ""),
        payees={} if desk.case is None else {t.transfer.id: masking.payee(t.payee) for t in desk.case.transfers},
        **await talk_facts(request, desk.case),
    )  # fmt: skip


def _stray(request: web.Request, desk: DeskView, asked: CaseId, *, talking: bool) -> Form | None:
    """Return what was typed for a form that is no longer on the page, to be shown apart. It never fills another
    form."""
    visitor = request[VISITOR]
    there: tuple[str, ...] = ()
    named = _named(request)
    of_this_talk = named is None or (desk.talk is not None and named == (desk.talk.attempt_id, desk.talk.n))
    if desk.case is not None and desk.case.case.id == asked and of_this_talk:
        there = (OUTCOME, *(("guardian",) if desk.at_hand else ()), *((HAND_ON,) if talking else ()))
    if visitor.form.name in there:
        return None
    request[VISITOR] = replace(visitor, form=Form())
    return visitor.form


def _codes(desk: DeskView) -> list[Reason]:
    """Return the reasons to choose from. A talk with a guardian has not reached the customer."""
    return [reason for reason in REASONS[Act.TALKED] if desk.guardian is None or not reaches(Act.TALKED, reason)]


def _keys() -> list[str]:
    return [*KEYS, *[""] * (len(FOUND_OUT) - len(KEYS))]


async def _read(request: web.Request, asked: CaseId | None, named: HumanTalkRef | None) -> DeskView:
    parts = request.app[CONTEXT].parts
    desk: DeskView = await parts.store.read(read_desk, request[VISITOR].staff.id, parts.now(), asked, named)
    return desk


def _at(desk: DeskNow) -> str:
    """Return the state for which the page was made. When it changes, the page must be loaded again."""
    if desk.me is None:
        return ""
    agent = desk.me.agent
    # The guardians who are called for the conversation are part of it.
    guests = "".join(f":{guest.entered_at is not None:d}{guest.ended_at is not None:d}" for guest in desk.guests)
    return f"{agent.state}:{agent.case_id or ''}:{agent.offer or ''}{guests}"


async def live(request: web.Request) -> web.StreamResponse:
    """Stream whether the desk's state has changed, and the current team."""
    look = request[VISITOR].look

    async def news() -> dict[str, Any]:
        parts = request.app[CONTEXT].parts
        now = parts.now()
        desk: DeskNow = await parts.store.read(read_desk_now, request[VISITOR].staff.id, now)
        return {
            "at": _at(desk),
            "state": None if desk.me is None else [desk.me.agent.state, look.word("agent", desk.me.agent.state)],
            "on_the_line": desk.on_the_line,
            "left": desk.customer_left,
            "team": piece(request, "desk_team.html", team=desk.team, ways=list(ListenMode)),
            "now": now.isoformat(),
        }

    return await stream_of(request, "agents", news)


@faults_shown_by(_page)
async def state(request: web.Request) -> web.Response:
    """Set the agent's own state."""
    parts, visitor = request.app[CONTEXT].parts, request[VISITOR]
    wish = visitor.form.choice("event", AgentEvent)
    await parts.store.run(set_state, visitor.staff.id, wish, parts.now(), visitor.staff.name)
    return redirect(HERE)


async def writing(request: web.Request) -> web.Response:
    """Extend the wrap-up while the page holds an outcome that was not sent yet. A hidden page, which may be a forgotten
    one, extends only the wrap-up of its own case."""
    visitor = request[VISITOR]
    about = CaseId(visitor.form.get("case"))
    await run(request, writes_on, visitor.staff.id, about or None)
    return web.Response(status=204)


def _sent(request: web.Request, form: str) -> web.Response:
    """Redirect to the desk, which forgets what was typed into this form of the call."""
    named = _named(request)
    talk = "" if named is None else f":{named[0]}-{named[1]}"
    return redirect(f"{HERE}?sent={quote(form + ':' + request.match_info['case'] + talk, safe=':')}")


@faults_shown_by(_page)
async def enter_talk(request: web.Request) -> web.Response:
    """Enter another agent's conversation, change the mode of listening, or leave it."""
    form, order = request[VISITOR].form, order_of(request)
    way = form.choice("way", ListenMode)
    if way is None:
        moved = await run(request, leave_human_talk, order)
    else:
        moved = await run(request, listen_in, order, AttemptId(form.get("call")), form.number("n"), way)
    if moved is not None:
        await _move(request.app[CONTEXT].parts, moved)
    return redirect(HERE)


async def _move(parts: Parts, moved: Moved) -> None:
    """Tell the phone company. Raises ConflictError if it does not accept it."""
    try:
        if moved.turn is None:
            await parts.phone.hang_up(moved.call_sid)
        else:
            await parts.phone.go_on(moved.call_sid, moved.attempt_id, moved.turn)
    except RemoteError:
        raise ConflictError("listen", UNHEARD if moved.still is None else STILL[moved.still]) from None


async def _show_asked(request: web.Request, status: int) -> web.Response:
    """Show the desk with the call that the form is about, not with the current one: the next customer may arrive
    while the agent is writing."""
    return await _page(request, status, CaseId(request.match_info["case"]), _named(request))


@faults_shown_by(_show_asked)
async def outcome(request: web.Request) -> web.Response:
    """Record the outcome of the conversation."""
    form = request[VISITOR].form
    told = FoundOut(
        outcome=form.choice("outcome", Outcome), identified=form.get("identified") == "yes",
        talk=_named(request),
    )  # fmt: skip
    await run(request, record_outcome, order_of(request), told)
    return _sent(request, OUTCOME)


@faults_shown_by(_show_asked)
async def guardian(request: web.Request) -> web.Response:
    """Ask a guardian by SMS, with the customer's agreement."""
    parts = request.app[CONTEXT].parts
    await parts.store.run(
        ask_from_desk, order_of(request), parts.now(), agreed=_agreed(request), named=_named(request)
    )  # fmt: skip
    return redirect(f"{HERE}?said={ASKED}")


@faults_shown_by(_show_asked)
async def company(request: web.Request) -> web.Response:
    """Bring a guardian into the conversation, with the customer's agreement."""
    parts = request.app[CONTEXT].parts
    await parts.store.run(
        bring_guardian, order_of(request), parts.now(), agreed=_agreed(request), named=_named(request)
    )  # fmt: skip
    return redirect(HERE)


def _named(request: web.Request) -> HumanTalkRef | None:
    """Return the talk that the form is about."""
    return human_talk_ref(request[VISITOR].form.get("talk"))


def _agreed(request: web.Request) -> bool:
    return request[VISITOR].form.get("agreed") == "yes"


@faults_shown_by(_show_asked)
async def hand_on_to(request: web.Request) -> web.Response:
    """Hand the customer on to another colleague."""
    parts, skill = request.app[CONTEXT].parts, request[VISITOR].form.choice("skill", Skill)
    await parts.store.run(hand_on, order_of(request), skill, parts.now(), named=_named(request))
    return _sent(request, HAND_ON)
