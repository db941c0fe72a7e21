"""The emergency brake: pause all dialling, and resume it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from wakeup.usecases.console.board import pause_all, resume_all
from wakeup.web.console.context import CONTEXT, VISITOR, redirect


async def pause(request: web.Request) -> web.Response:
    return await _act(request, pause_all)


async def resume(request: web.Request) -> web.Response:
    return await _act(request, resume_all)


async def _act(request: web.Request, act: Callable[..., Any]) -> web.Response:
    parts = request.app[CONTEXT].parts
    await parts.store.run(act, request[VISITOR].staff.id, parts.account_sid, parts.now())
    return redirect("/console")
