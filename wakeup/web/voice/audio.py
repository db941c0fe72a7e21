"""Recorded prompts. They are the same for all callers, so anyone who knows the name may fetch them."""

from __future__ import annotations

from aiohttp import web

from wakeup.web.parts import PARTS
from wakeup.web.problems import Refusal

FOR_A_YEAR = "public, max-age=31536000, immutable"
"""The name contains a digest of the content, so the content under it never changes."""


async def recording(request: web.Request) -> web.FileResponse:
    """Return one file. Raises Refusal: 404."""
    path = request.app[PARTS].recordings.get(request.match_info["name"])
    if path is None or not path.is_file():
        raise Refusal(404, "there is no such recording")
    return web.FileResponse(path, headers={"Cache-Control": FOR_A_YEAR})
