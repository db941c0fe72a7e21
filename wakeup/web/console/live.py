"""The live board: one query per moment for all viewers, and to each browser only what has changed.

Rows contain no personal data, so nothing that a role must not see can leak here. A stream checks its session again
every 15 s and never renews it. While the database is unavailable the stream says so; it goes on when it is back.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from wakeup.domain.errors import StoreBusyError, StoreDownError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.console.board import Board, read_board
from wakeup.usecases.console.sign_in import signed_in
from wakeup.usecases.repositories.views import LiveCall, OpenTransfer, Wanted
from wakeup.web.console.context import CONTEXT, HEADERS, SIGNED_OUT, STREAM, VISITOR, ConsoleContext, page, piece
from wakeup.web.middleware import route_of

MAX_ROWS = 100
LEAST_GAP_S, LONGEST_GAP_S = 0.4, 1.0
RECHECK_S = 15.0
_COUNTDOWN = re.compile(r"(<time data-until [^>]*>)[^<]*")
PARTS_OF_BOARD = ("tiles", "alarms", "calls")
"""The parts of the board other than rows. Each is sent when it has changed, independently of the others."""


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Return the filters of the URL. Invalid values filter nothing."""
    tier, state = query.get("tier", ""), query.get("state", "")
    return Wanted(
        tier=Tier(tier) if tier in set(Tier) else None,
        state=TransferState(state) if state in set(TransferState) else None,
        typology=query.get("typology", "")[:64],
        limit=MAX_ROWS,
    )


async def read(context: ConsoleContext, wanted: Wanted) -> Board:
    return await context.parts.store.read(read_board, wanted, context.parts.now())


def _facts(request: web.Request, board: Board) -> dict[str, Any]:
    context = request.app[CONTEXT]
    open_ = board.totals.by_state
    return {
        "board": board,
        "pending": open_.get(TransferState.PENDING, 0),
        "held": open_.get(TransferState.HELD, 0),
        "calls": {call.case_id: call for call in board.calls},
        "waiting": sum(context.parts.store.waiting.values()),
        "alarms": _alarms(board),
        "now": board.at,
    }


def _alarms(board: Board) -> int:
    """Return how many lines the board's alarms have."""
    totals = board.totals
    stands = (
        totals.stopped_until, totals.overdue, totals.promises_late, board.bulk_waiting, totals.ending, board.paused,
        totals.dead, totals.undelivered,
    )  # fmt: skip
    return sum(map(bool, stands))


async def show(request: web.Request) -> web.Response:
    """Show the board as it is now; the page's script keeps it up to date."""
    wanted = wanted_of(request.query)
    board = await read(request.app[CONTEXT], wanted)
    return page(request, "board.html", wanted=wanted, tiers=list(Tier), **_facts(request, board))


@dataclass(slots=True)
class Told:
    """What one browser has already received, so that it is not sent again."""

    rows: Mapping[str, object] = field(default_factory=dict)
    """The facts of each row, by transfer. A row is rendered only when they change, because rendering is what costs."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """The page's other parts, by name, without what their countdowns say: the page counts down by itself."""
    order: list[str] | None = None
    """None before the first news: an empty list is told too, to a page that was loaded when it was not empty."""

    def news(
        self, at: datetime, rows: Mapping[str, object], render: Callable[[str], str], parts: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what is new since the last time, in the form that the page's script reads. `rows` are in order."""
        news: dict[str, Any] = {"now": at.isoformat()}
        changed = [name for name, facts in rows.items() if self.rows.get(name) != facts]
        if changed:
            news["rows"] = {name: render(name) for name in changed}
        order = list(rows)
        if order != self.order:
            news["order"] = order
        still = {name: _COUNTDOWN.sub(r"\1", text) for name, text in parts.items()}
        news |= {name: text for name, text in parts.items() if self.parts.get(name) != still[name]}
        self.rows, self.order, self.parts = rows, order, still
        return news


RowFacts = tuple[OpenTransfer, LiveCall | None, bool, bool]


def _row(transfer: OpenTransfer, calls: Mapping[CaseId, LiveCall], now: datetime) -> RowFacts:
    """Return the transfer, its case's call, whether the case is claimed now, and whether a promised human is late."""
    until, due_at = transfer.claimed_until, transfer.person_due_at
    late = due_at is not None and due_at <= now
    return transfer, calls.get(transfer.case_id), until is not None and until > now, late


async def stream(request: web.Request) -> web.StreamResponse:
    """Stream the board as server-sent events: at once, then after each commit, and at least once a second."""
    wanted, told, context = wanted_of(request.query), Told(), request.app[CONTEXT]

    async def news() -> dict[str, Any]:
        board = await context.boards.read(wanted)
        facts, by_id = _facts(request, board), {one.transfer_id: one for one in board.transfers}

        def render(name: str) -> str:
            return piece(request, "board_row.html", transfer=by_id[TransferId(name)], **facts)

        rows: dict[str, object] = {name: _row(one, facts["calls"], board.at) for name, one in by_id.items()}
        parts = {name: piece(request, f"board_{name}.html", **facts) for name in PARTS_OF_BOARD}
        return told.news(board.at, rows, render, parts)

    return await stream_of(request, "board", news)


async def stream_of(
    request: web.Request, name: str, news: Callable[[], Awaitable[dict[str, Any]]]
) -> web.StreamResponse:
    """Stream what `news` returns, after each notification of `name` and once a second, until the session ends."""
    response = web.StreamResponse(headers={"Content-Type": STREAM, "X-Accel-Buffering": "no"})
    response.headers.update(HEADERS)
    try:
        await response.prepare(request)
        await _send_event(request, response, name, news)
    except ConnectionError:
        pass  # The browser may disconnect at any time.
    except Exception as error:  # noqa: BLE001 - the head is sent, so an error page would end up in the stream
        # The browser opens the stream again.
        request.app[CONTEXT].parts.log.error("request_failed", route=route_of(request), exc_info=error)
    return response


async def _send_event(
    request: web.Request, response: web.StreamResponse, name: str, news: Callable[[], Awaitable[dict[str, Any]]]
) -> None:
    context, token = request.app[CONTEXT], request[VISITOR].token
    clock = context.parts.monotonic
    checked = clock()
    with context.parts.wake_source.listening(name) as woken:
        while not context.stopping.is_set():
            # Cleared before the query, so that a commit during it sets the event again.
            woken.clear()
            try:
                if clock() - checked >= RECHECK_S:
                    if not await _still_there(context, token):
                        await response.write(SIGNED_OUT.encode())
                        return
                    checked = clock()
                told = json.dumps(await news(), separators=(",", ":"), ensure_ascii=False)
                await response.write(f"event: news\ndata: {told}\n\n".encode())
            except (StoreDownError, StoreBusyError):
                # What the page shows may be outdated from now on.
                await response.write(b"event: away\ndata: {}\n\n")
            await _pause(context.stopping, LEAST_GAP_S)
            await _pause(woken, LONGEST_GAP_S - LEAST_GAP_S)


async def _pause(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or for this many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def _still_there(context: ConsoleContext, token: str) -> bool:
    session = context.tokens.session_id(token)
    who = await context.parts.store.read(signed_in, session, context.console.session_limits, context.parts.now())
    return who is not None
