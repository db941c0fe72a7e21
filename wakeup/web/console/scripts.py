"""Published scripts: the list with figures for each, and the flow of one as a picture."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from aiohttp import web

from wakeup.usecases.conversation.pause_script import NEVER_PAUSED, pause_script, paused_scripts, resume_script
from wakeup.usecases.figures.case_figures import slices
from wakeup.usecases.figures.script_figures import DAYS, Shares, Talks, read_talks, shares_of
from wakeup.web.console.context import CONTEXT, VISITOR, ConsoleContext, page, redirect
from wakeup.web.console.submitting import faults_shown_by, run
from wakeup.web.parts import ConsoleParts, Parts

HERE = "/console/scripts"
PATIENCE_S = 1.0
"""Seconds that the page waits for figures. After that it shows older ones with their time, or none."""
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


async def count(parts: Parts, console: ConsoleParts, days: int) -> Shares:
    """Count the conversations day by day, as the figures are (`figures.count`)."""
    now = parts.now()
    every: list[Talks] = []
    for since, until in slices(days, now):
        every.append(await parts.store.read(read_talks, since, until))
        await console.breathe()
    return shares_of(every, now)


async def show(request: web.Request, status: int = 200) -> web.Response:
    context = request.app[CONTEXT]
    paused = await context.parts.store.read(paused_scripts)
    # Whoever comes to pause a script does not wait for figures.
    counted = await context.shares.read_within(DAYS, PATIENCE_S)
    scripts = sorted(context.console.scripts(), key=lambda one: (one.id, one.version))
    return page(request, "scripts.html", status, scripts=scripts, counted=counted, paused=paused, never=NEVER_PAUSED)


@faults_shown_by(show)
async def pause(request: web.Request) -> web.Response:
    await run(request, pause_script, request[VISITOR].staff.id, request[VISITOR].form.get("script"))
    return redirect(HERE)


@faults_shown_by(show)
async def resume(request: web.Request) -> web.Response:
    await run(request, resume_script, request[VISITOR].staff.id, request[VISITOR].form.get("script"))
    return redirect(HERE)


async def draw(context: ConsoleContext, which: tuple[str, str, str]) -> str | None:
    """Draw a script in a language for a reader, with the counts that its own page shows."""
    script_id, language, reader = which
    return await context.console.picture(
        script_id, language, reader, lambda content_hash: context.trips.read((script_id, content_hash))
    )


async def picture(request: web.Request) -> web.Response:
    """Return a page that carries its own style and script. Exactly these are allowed, by their hashes."""
    info, reader = request.match_info, request[VISITOR].look.html_language
    drawn = await request.app[CONTEXT].pictures.read((info["script"], info["language"], reader))
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
