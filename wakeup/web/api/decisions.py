"""Queries of decisions: the current one of a transfer, with long polling, and the complete feed."""

from __future__ import annotations

import asyncio
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress

from aiohttp import web

from wakeup.bank.responses import DecisionPage
from wakeup.domain.ids import TransferId
from wakeup.usecases.intake.queries import InForce, decision_in_force, decisions_after
from wakeup.usecases.wakes import of_transfer
from wakeup.web.api.access import authenticate
from wakeup.web.api.query import Query, path_id
from wakeup.web.api.responses import answer_in_force, decision_made, json_response
from wakeup.web.clients import Scope
from wakeup.web.middleware import note
from wakeup.web.parts import Parts
from wakeup.web.problems import Refusal

MAX_WAIT_SECONDS = 60
LOOK_AGAIN_S = 5.0
"""Seconds after which a poll without a notification reads the decision anyway."""
MAX_ITEMS, USUAL_ITEMS = 500, 100
STANDING = 1
"""Sequence of the standing hold. A client that waits without naming the decision it has, waits for the one after it."""
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_CURSOR = re.compile(rb"d([0-9]{1,18})")


class Polls:
    """The long polls of one application. They end at once when it stops."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._stopping = False

    async def until_newer(self, parts: Parts, transfer_id: TransferId, known: int, seconds: int) -> InForce | None:
        """Return the newest decision as soon as it is newer than `known`, or when the time is up. Holds no slot of
        the Store."""
        with parts.wake_source.listening(of_transfer(transfer_id)) as woken:
            newest = await parts.store.read(decision_in_force, transfer_id)
            if newest is None or newest.decision.sequence > known or not seconds:
                return newest
            self._waiting.add(woken)
            parts.metrics.long_polls.inc()
            clock = asyncio.get_running_loop()
            until = clock.time() + seconds
            try:
                while newest is not None and newest.decision.sequence <= known and not self._stopping:
                    left = until - clock.time()
                    if left <= 0:
                        break
                    # A notification between nodes may be lost, so the database is read from time to time.
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), min(left, LOOK_AGAIN_S))
                    woken.clear()
                    newest = await parts.store.read(decision_in_force, transfer_id)
            finally:
                self._waiting.discard(woken)
                parts.metrics.long_polls.dec()
        return newest

    async def close(self, _app: web.Application) -> None:
        self._stopping = True
        for woken in self._waiting:
            woken.set()


POLLS = web.AppKey("polls", Polls)


async def decision(request: web.Request) -> web.Response:
    parts = authenticate(request, Scope.READ_DECISIONS)
    query = Query(request)
    wait = query.whole("wait", 0, MAX_WAIT_SECONDS, 0)
    after = query.whole("after", 0, 999_999_999, -1)
    query.close()
    tagged = _ETAG.fullmatch(request.headers.get("If-None-Match", "").strip())
    known = int(tagged[1]) if tagged and after < 0 else after
    transfer_id = path_id(request)
    note(request, transfer=transfer_id)
    patient_for = known if known >= 0 else STANDING if wait else -1
    found = await request.app[POLLS].until_newer(parts, TransferId(transfer_id), patient_for, wait)
    if found is None:
        raise Refusal(404, "unknown transfer")
    newest = found.decision
    etag = {"ETag": f'"{newest.sequence}"'}
    if newest.sequence <= known:
        return web.Response(status=304 if tagged and after < 0 else 204, headers=etag)
    note(request, decision=newest.id, case=newest.case_id)
    return json_response(answer_in_force(found, parts.hold_basis), headers=etag)


async def feed(request: web.Request) -> web.Response:
    parts = authenticate(request, Scope.READ_DECISIONS)
    query = Query(request)
    position = query.read("after", _position, "is no cursor of this feed", 0)
    limit = query.whole("limit", 1, MAX_ITEMS, USUAL_ITEMS)
    query.close()
    found = await parts.store.read(decisions_after, position, limit)
    last = found[-1][0] if found else position
    note(request, items=len(found))
    page = DecisionPage(items=tuple(decision_made(made, parts.hold_basis) for _, made in found), next=cursor(last))
    return json_response(page)


def cursor(position: int) -> str:
    """Return an opaque cursor, so that no client relies on its content."""
    return urlsafe_b64encode(b"d%d" % position).rstrip(b"=").decode()


def _position(text: str) -> int | None:
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    found = _CURSOR.fullmatch(raw)
    # Decoding is lenient, so only the exact text that we would have written is accepted.
    return int(found[1]) if found and cursor(int(found[1])) == text else None
