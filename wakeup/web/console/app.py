"""The console as one application. One table lists every page with the right it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import TypeVar

from aiohttp import web

from wakeup.domain.staff import Right
from wakeup.usecases.console.board import Board
from wakeup.usecases.repositories.views import Wanted
from wakeup.usecases.review.queue import Queue
from wakeup.web.bodies import BODY_LIMIT
from wakeup.web.console import (
    account,
    acts,
    admin,
    bulk,
    calls,
    case,
    desk,
    dialling,
    do_not_call,
    figures,
    live,
    queue,
    recordings,
    script,
    scripts,
    search,
    sign_in,
    sso,
)
from wakeup.web.console.access import Route, guarded
from wakeup.web.console.context import CONTEXT, ConsoleContext, setup_templates
from wakeup.web.console.shared_reads import SharedReads
from wakeup.web.console.static_files import give
from wakeup.web.console.tokens import Tokens
from wakeup.web.parts import ConsoleParts, Parts

BOARD_FRESH_S = 0.25
QUEUE_FRESH_S = 1.5
"""Longer than that of the board, because the queue reads up to two thousand rows."""
MOST_BOARDS = 50
"""Kept, by filter."""
FIGURES_FRESH_S = 60.0
MOST_FIGURES = 12
"""Kept of one kind, for example the pictures of scripts."""
K = TypeVar("K")
V = TypeVar("V")

# Holding and extending are also possible under break-glass: their use cases check more than a route can.
ROUTES = (
    Route("GET", "/sign-in", sign_in.ask, open=True),
    Route("POST", "/sign-in", sign_in.take, open=True),
    Route("POST", "/sign-in/code", sign_in.take_code, open=True),
    Route("GET", "/sso", sso.leave, open=True),
    Route("GET", "/sso/back", sso.back, open=True),
    Route("POST", "/sign-out", sign_in.leave),
    Route("GET", "/account", account.show),
    Route("POST", "/account/factor", account.begin),
    Route("POST", "/account/factor/confirm", account.confirm),
    Route("POST", "/account/factor/drop", account.drop),
    Route("GET", "", live.show, Right.SEE_CASES),
    Route("GET", "/live", live.stream, Right.SEE_CASES, renews=False),
    Route("GET", "/watch/{case}", calls.watch, Right.SEE_CASES, renews=False),
    Route("GET", "/desk", desk.show, Right.TAKE_CALLS),
    Route("GET", "/desk/live", desk.live, Right.TAKE_CALLS, renews=False),
    Route("POST", "/desk/state", desk.state, Right.TAKE_CALLS),
    Route("POST", "/desk/writing", desk.writing, Right.TAKE_CALLS, renews=False),
    Route("POST", "/desk/{case}/outcome", desk.outcome, Right.TAKE_CALLS),
    Route("POST", "/desk/{case}/guardian", desk.guardian, Right.TAKE_CALLS),
    Route("POST", "/desk/{case}/company", desk.company, Right.TAKE_CALLS),
    Route("POST", "/desk/{case}/hand-on", desk.hand_on_to, Right.TAKE_CALLS),
    Route("POST", "/desk/{case}/talk", desk.enter_talk, Right.LISTEN_IN),
    Route("GET", "/queue", queue.show, Right.SEE_CASES),
    Route("GET", "/queue/live", queue.stream, Right.SEE_CASES, renews=False),
    Route("GET", "/search", search.by_id, Right.SEE_CASES),
    Route("POST", "/search", search.by_phone, Right.SEARCH_PHONE),
    Route("GET", "/cases/{case}", case.show, Right.SEE_CASES),
    Route("POST", "/cases/{case}/claim", case.act(acts.claim), Right.CLAIM),
    Route("POST", "/cases/{case}/give-back", case.act(acts.give_back), Right.CLAIM),
    Route("POST", "/cases/{case}/note", case.act(acts.add_note), Right.NOTE),
    Route("POST", "/cases/{case}/hold", case.act(acts.hold), Right.SEE_CASES),
    Route("POST", "/cases/{case}/extend", case.act(acts.extend), Right.SEE_CASES),
    Route("POST", "/cases/{case}/release", case.act(acts.release), Right.RELEASE),
    Route("POST", "/cases/{case}/confirm", case.act(acts.confirm), Right.RELEASE),
    Route("POST", "/cases/{case}/refuse", case.act(acts.refuse), Right.RELEASE),
    Route("POST", "/cases/{case}/label", case.act(acts.label), Right.LABEL),
    Route("POST", "/cases/{case}/police", case.act(acts.send_to_police), Right.SEND_TO_POLICE),
    Route("POST", "/cases/{case}/check", case.act(acts.check), Right.CLAIM),
    Route("POST", "/cases/{case}/take-over", case.act(acts.take_over), Right.TAKE_OVER),
    Route("POST", "/cases/{case}/ring", case.act(acts.ring_again), Right.REACH),
    Route("POST", "/cases/{case}/guardian", case.act(acts.text_guardian), Right.REACH),
    Route("POST", "/cases/{case}/follow-up", case.act(acts.follow_up), Right.CLAIM),
    Route("POST", "/cases/{case}/contest", case.act(acts.take_contest), Right.TAKE_CONTEST),
    Route("POST", "/cases/{case}/answer", case.act(acts.answer_contest), Right.RELEASE),
    Route("POST", "/cases/{case}/unmask", case.unmask, Right.UNMASK),
    Route("GET", "/cases/{case}/recordings/{sid}", recordings.play, Right.LISTEN),
    Route("GET", "/bulk", bulk.show, Right.RELEASE),
    Route("POST", "/bulk", bulk.ask, Right.RELEASE),
    Route("POST", "/bulk/confirm", bulk.confirm, Right.RELEASE),
    Route("POST", "/bulk/go-on", bulk.go_on, Right.RELEASE),
    Route("POST", "/bulk/refuse", bulk.refuse, Right.RELEASE),
    Route("GET", "/scripts", scripts.show, Right.SEE_SCRIPTS),
    Route("GET", "/scripts/{script}", script.show, Right.SEE_SCRIPTS),
    Route("GET", "/scripts/{script}/{language}", scripts.picture, Right.SEE_SCRIPTS),
    Route("POST", "/scripts/pause", scripts.pause, Right.STOP_DIALLING),
    Route("POST", "/scripts/resume", scripts.resume, Right.STOP_DIALLING),
    Route("GET", "/numbers", figures.show, Right.SEE_NUMBERS),
    Route("GET", "/numbers.csv", figures.as_csv, Right.SEE_NUMBERS),
    Route("GET", "/do-not-call", do_not_call.show, Right.SEE_CASES),
    Route("POST", "/do-not-call", do_not_call.put_on, Right.KEEP_OFF),
    Route("POST", "/do-not-call/look", do_not_call.look_up, Right.SEE_CASES),
    Route("POST", "/do-not-call/off", do_not_call.take_off, Right.KEEP_OFF),
    Route("GET", "/admin", admin.show, Right.SEE_ADMIN),
    Route("POST", "/admin/accounts", admin.switch, Right.MANAGE_STAFF),
    Route("POST", "/admin/factor", admin.drop_factor, Right.MANAGE_STAFF),
    Route("POST", "/admin/sessions", admin.end_sessions, Right.MANAGE_STAFF),
    Route("POST", "/admin/replay", admin.replay, Right.REPLAY),
    Route("POST", "/admin/verify", admin.verify, Right.READ_LOGS),
    Route("POST", "/dialling/pause", dialling.pause, Right.STOP_DIALLING),
    Route("POST", "/dialling/resume", dialling.resume, Right.STOP_DIALLING),
)


def console_app(parts: Parts, console: ConsoleParts) -> web.Application:
    """Build the console, to be mounted under `/console`."""
    app = web.Application(client_max_size=BODY_LIMIT)
    tokens = Tokens(
        key=console.session_key, lasting_key=console.lasting_key, random_bytes=console.random_bytes
    )  # fmt: skip
    context: ConsoleContext

    async def read_new(wanted: Wanted) -> Board:
        return await live.read(context, wanted)

    async def draw(which: tuple[str, str, str]) -> str | None:
        return await scripts.draw(context, which)

    async def read_queue(_all: None) -> Queue:
        return await queue.read(context)

    one_at_a_time = asyncio.Lock()

    def figures_of(count: Callable[[K], Awaitable[V]]) -> SharedReads[K, V]:
        return SharedReads(count, parts.monotonic, FIGURES_FRESH_S, MOST_FIGURES, one_at_a_time)

    context = ConsoleContext(
        parts=parts, console=console, tokens=tokens,
        pages=frozenset(f"/console{route.path}" for route in ROUTES if route.method == "GET"),
        boards=SharedReads(read_new, parts.monotonic, BOARD_FRESH_S, MOST_BOARDS),
        queues=SharedReads(read_queue, parts.monotonic, QUEUE_FRESH_S, MOST_BOARDS),
        spans=figures_of(partial(figures.count, parts, console)),
        shares=figures_of(partial(scripts.count, parts, console)),
        trips=figures_of(partial(script.count, parts, console)),
        # Without the lock: it would wait for counts that wait for the lock.
        pictures=SharedReads(draw, parts.monotonic, FIGURES_FRESH_S, MOST_FIGURES),
    )  # fmt: skip
    app[CONTEXT] = context
    setup_templates(app)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guarded(route))
    for folder in ("/static", "/static/{digest}"):
        app.router.add_get(f"{folder}/{{file}}", give)
    # Last: any other path is answered with a page.
    for method in ("GET", "POST"):
        app.router.add_route(method, "/{rest:.*}", guarded(ELSEWHERE))
    app.cleanup_ctx.append(_hear_of_commits)
    app.on_shutdown.append(_stop_streams)
    return app


async def _nowhere(request: web.Request) -> web.StreamResponse:
    """Raise 404, or 405 where the path exists for another method."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not request.match_info.route.resource:
            allowed |= (await resource.resolve(request))[1]
    raise web.HTTPMethodNotAllowed(request.method, allowed) if allowed else web.HTTPNotFound


ELSEWHERE = Route("GET", "", _nowhere, open=True, renews=False)


async def _hear_of_commits(app: web.Application) -> AsyncIterator[None]:
    context = app[CONTEXT]
    with context.parts.wake_source.listening("board") as woken:
        context.boards.woken = woken
        yield


async def _stop_streams(app: web.Application) -> None:
    app[CONTEXT].stopping.set()
