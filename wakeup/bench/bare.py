"""`python -m wakeup.bench.bare PORT`: an aiohttp handler that only reads the body, as the upper limit."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


async def _read(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=202, body=b"{}")


async def _serve(port: int) -> None:
    app = web.Application()
    app.router.add_post("/", _read)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write(f"listening on http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
