"""Scripts in force: the list with how each does, and the flow of one as a picture."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from aiohttp import web

from wakeup.usecases.script_numbers import read_script_shares
from wakeup.web.console.rooms import ROOMS, page

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


async def show(request: web.Request) -> web.Response:
    rooms = request.app[ROOMS]
    shares = await rooms.parts.store.read(read_script_shares, rooms.parts.now())
    scripts = sorted(rooms.console.scripts(), key=lambda one: (one.id, one.version))
    return page(request, "scripts.html", scripts=scripts, shares=shares)


async def picture(request: web.Request) -> web.Response:
    """A page that carries its own style and script: exactly these are allowed, by their hashes."""
    info = request.match_info
    drawn = await request.app[ROOMS].console.picture(info["script"], info["language"])
    if drawn is None:
        raise web.HTTPNotFound
    response = web.Response(text=drawn, content_type="text/html", charset="utf-8")
    # The door adds the console's own headers where there are none.
    response.headers["Content-Security-Policy"] = _policy(drawn)
    return response


def _policy(drawn: str) -> str:
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _INLINE.findall(drawn):
        hashes[kind].append(f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'")
    style, script = (" ".join(hashes[kind]) or "'none'" for kind in ("style", "script"))
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; frame-ancestors 'none'"
