"""The emergency brake: pause all dialling, and resume it."""

from __future__ import annotations

from aiohttp import web

from wakeup.usecases.console.board import pause_all, resume_all
from wakeup.web.console.context import CONTEXT, VISITOR, redirect
from wakeup.web.console.submitting import run

HERE = "/console"


async def pause(request: web.Request) -> web.Response:
    await run(request, pause_all, request[VISITOR].staff.id, request.app[CONTEXT].parts.account_sid)
    return redirect(HERE)


async def resume(request: web.Request) -> web.Response:
    await run(request, resume_all, request[VISITOR].staff.id, request.app[CONTEXT].parts.account_sid)
    return redirect(HERE)
