"""The calls of one case, turn by turn: for its page, and for the page's stream while a call goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import CaseId
from wakeup.domain.party import Role
from wakeup.ivr.turn import Turn
from wakeup.usecases.console.case_view import CaseView, count_notes, read_case
from wakeup.usecases.wakes import of_case
from wakeup.web.console import masking
from wakeup.web.console.choices import choices_of, meaning
from wakeup.web.console.context import CONTEXT, VISITOR, piece
from wakeup.web.console.heard import heard
from wakeup.web.console.live import stream_of

SHOWN_LIVE = frozenset({
    "attempt_claimed", "call_intended", "call_bound", "call_accept", "call_ring", "call_answer", "call_end", "detected",
    "talk_begun", "turn", "agent_turn", "heard_late", "recording_asked", "recording_agreed", "recording_refused",
    "recording_begun",
})  # fmt: skip
"""Rows of the timeline that tell no more than an open page shows of its own accord."""
ON_THE_LINE = frozenset({AttemptState.PLACED, AttemptState.RINGING, AttemptState.ANSWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheLine:
    """The call that goes on."""

    state: AttemptState
    node: str

    @property
    def answered(self) -> bool:
        return self.state is AttemptState.ANSWERED


def on_the_line(view: CaseView) -> OnTheLine | None:
    """Return the case's call that goes on, or None. A call to an agent is none of its own."""
    agents = {party.id for party in view.parties if party.role is Role.AGENT}
    for attempt in reversed(view.attempts):
        if attempt.state in ON_THE_LINE and attempt.party_id not in agents:
            turns = next((one.turns for one in reversed(view.talks) if one.talk.attempt_id == attempt.id), ())
            return OnTheLine(state=attempt.state, node=Turn.from_json(turns[-1].turn).node if turns else "")
    return None


def others(view: CaseView) -> int:
    """Count the rows of the timeline for which an open page must be loaded again."""
    return sum(note.kind not in SHOWN_LIVE for _, _, note in view.timeline)


def shown_live(view: CaseView) -> int:
    """Count the rows of the timeline that an open page shows of its own accord, unless it is unmasked."""
    return len(view.timeline) - others(view)


async def call_facts(request: web.Request, view: CaseView) -> dict[str, Any]:
    """Return what the templates of calls and conversations need. A case is kept and printed: its times have years."""
    return {
        "look": request[VISITOR].look.dated,
        **await talk_facts(request, view), "view": view, "agent": Role.AGENT,
        "on_the_line": on_the_line(view), "others": others(view), "shown_live": shown_live(view),
    }  # fmt: skip


async def talk_facts(request: web.Request, view: CaseView | None) -> dict[str, Any]:
    """Return what the template of one conversation needs."""
    return {
        "masks": masking, "heard": heard, "turn_of": Turn.from_json, "key_meaning": meaning,
        "key_choices": {} if view is None else await choices_of(request, view),
        "check_codes": {} if view is None else {a.id: a.call_code for a in view.attempts},
    }  # fmt: skip


async def watch(request: web.Request) -> web.StreamResponse:
    """Stream the calls of one case, masked, and whether anything else has changed since its page was loaded,
    also what a release rests on in the customer's other cases."""
    parts, case_id = request.app[CONTEXT].parts, CaseId(request.match_info["case"])
    rows, binds, told, gone_on = -1, "", 0, 0

    async def news() -> dict[str, Any]:
        nonlocal rows, binds, told, gone_on
        now = parts.now()
        fresh: dict[str, Any] = {"now": now.isoformat()}
        found = await parts.store.read(count_notes, case_id)
        if found and found != rows:
            view = await parts.store.read(read_case, case_id, now)
            facts = await call_facts(request, view)
            fresh["calls"] = piece(request, "case_calls.html", revealed=None, **facts)
            fresh["line"] = piece(request, "case_line.html", **facts)
            rows, binds, told, gone_on = found, view.binds, facts["others"], facts["shown_live"]
        return {**fresh, "seen": told, "heard": gone_on, "binds": binds}

    return await stream_of(request, of_case(case_id), news)
