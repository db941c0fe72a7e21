"""What the handlers of forms share: the use case runs now, and a refused form is shown again with its fault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, TypeVarTuple

from aiohttp import web

from wakeup.domain.errors import ConflictError
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.console.context import CONTEXT, VISITOR

Ts = TypeVarTuple("Ts")
T = TypeVar("T")
Handle = Callable[[web.Request], Awaitable[web.Response]]
Show = Callable[[web.Request, int], Awaitable[web.Response]]
"""Shows the page of a form with this status."""


async def run(
    request: web.Request, use_case: Callable[[Unit, *Ts, datetime], T], *args: *Ts, lane: Lane = Lane.DECIDE
) -> T:
    """Run the use case now, in a transaction of its own."""
    parts = request.app[CONTEXT].parts
    return await parts.store.run(use_case, *args, parts.now(), lane=lane)


@dataclass(frozen=True, slots=True)
class FormHandler:
    """Handles a form. When it is refused, its page is shown: the fault stands next to its field, and all that was typed
    is kept."""

    handle: Handle
    show: Show

    async def __call__(self, request: web.Request) -> web.Response:
        try:
            return await self.handle(request)
        except ConflictError as wrong:
            tell_fault(request, wrong)
            return await self.show(request, 409)


def faults_shown_by(show: Show) -> Callable[[Handle], FormHandler]:
    """Make a handler whose refused form is shown again by `show`."""
    return lambda handle: FormHandler(handle, show)


def tell_fault(request: web.Request, wrong: ConflictError) -> None:
    """Record a fault, so that the next page shows it next to its field and keeps what was typed."""
    visitor = request[VISITOR]
    request[VISITOR] = replace(visitor, form=replace(visitor.form, faults={wrong.field: wrong.reason}))
