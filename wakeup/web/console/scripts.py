"""Published scripts: the list with figures for each, and the flow of one as a picture."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from aiohttp import web

from wakeup.usecases.conversation.pause_script import NEVER_PAUSED, pause_script, paused_scripts, resume_script
from wakeup.usecases.figures.script_figures import read_kind_shares, read_script_shares
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.submitting import faults_shown_by, run

HERE = "/console/scripts"
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


async def show(request: web.Request, status: int = 200) -> web.Response:
    context = request.app[CONTEXT]
    shares = await context.parts.store.read(read_script_shares, context.parts.now())
    kinds = await context.parts.store.read(read_kind_shares, context.parts.now())
    paused = await context.parts.store.read(paused_scripts)
    scripts = sorted(context.console.scripts(), key=lambda one: (one.id, one.version))
    return page(
        request, "scripts.html", status, scripts=scripts, shares=shares, kinds=kinds, paused=paused, never=NEVER_PAUSED
    )


@faults_shown_by(show)
async def pause(request: web.Request) -> web.Response:
    await run(request, pause_script, request[VISITOR].staff.id, request[VISITOR].form.get("script"))
    return redirect(HERE)


@faults_shown_by(show)
async def resume(request: web.Request) -> web.Response:
    await run(request, resume_script, request[VISITOR].staff.id, request[VISITOR].form.get("script"))
    return redirect(HERE)


async def picture(request: web.Request) -> web.Response:
    """Return a page that carries its own style and script. Exactly these are allowed, by their hashes."""
    info = request.match_info
    drawn = await request.app[CONTEXT].console.picture(info["script"], info["language"])
    if drawn is None:
        raise web.HTTPNotFound
    response = web.Response(text=drawn, content_type="text/html", charset="utf-8")
    # The access check adds the console's usual headers where they are missing.
    response.headers["Content-Security-Policy"] = _policy(drawn)
    return response


def _policy(drawn: str) -> str:
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _INLINE.findall(drawn):
        hashes[kind].append(f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'")
    style, script = (" ".join(hashes[kind]) or "'none'" for kind in ("style", "script"))
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; frame-ancestors 'none'"
