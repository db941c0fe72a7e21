"""Recorded prompts. They are the same for all callers, so anyone who knows the name may fetch them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from wakeup.web.metrics import Metrics
from wakeup.web.parts import PARTS
from wakeup.web.problems import Refusal

FOR_A_YEAR = "public, max-age=31536000, immutable"
"""The name contains a digest of the content, so the content under it never changes."""

SEND_SECONDS = 20.0
"""For a whole recording. The phone company reads one of 1 MB in less than a second."""


class _Recording(web.FileResponse):
    """Is sent within a time limit and ends its connection: what anyone may fetch must not keep a place."""

    def __init__(self, path: Path, metrics: Metrics) -> None:
        super().__init__(path, headers={"Cache-Control": FOR_A_YEAR})
        self._metrics = metrics

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        self.force_close()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await super().prepare(request)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            self._metrics.connections_cut.labels("slow").inc()
            raise ConnectionResetError("the recording was not read") from None


async def recording(request: web.Request) -> web.FileResponse:
    """Return one file. Raises Refusal: 404."""
    parts = request.app[PARTS]
    path = parts.recordings.get(request.match_info["name"])
    if path is None or not path.is_file():
        raise Refusal(404, "there is no such recording")
    return _Recording(path, parts.metrics)
