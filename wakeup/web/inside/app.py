"""The inside listener, for operators and their machines, with health, readiness and metrics."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from wakeup.web.bodies import BODY_LIMIT
from wakeup.web.console.app import console_app
from wakeup.web.inside import docs
from wakeup.web.inside.database_gauges import GAUGES, gauges_of
from wakeup.web.middleware import request_middleware
from wakeup.web.parts import PARTS, Parts

READY_SECONDS = 5.0


def inside_app(parts: Parts) -> web.Application:
    """Build the application with health, metrics, the API description and the console. Never expose it publicly."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[request_middleware(parts)])
    app[PARTS], app[GAUGES] = parts, gauges_of(parts)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/openapi.json", docs.openapi)
    app.router.add_get("/docs", docs.page)
    app.router.add_get("/docs/openapi-3.0.json", docs.older_openapi)
    app.router.add_get("/docs/start.js", docs.start)
    app.router.add_get("/docs/{file}", docs.file)
    if parts.console is not None:
        app.add_subapp("/console", console_app(parts, parts.console))
    return app


async def healthz(_request: web.Request) -> web.Response:
    return _json({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(READY_SECONDS):
            faults = await request.app[PARTS].not_ready()
    except TimeoutError:
        faults = ["the node does not say in time whether it is ready"]
    if faults:
        return _json({"status": "not_ready", "faults": faults}, 503)
    return _json({"status": "ready", "faults": []})


async def metrics(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    for lane, waiting in parts.store.waiting.items():
        parts.metrics.store_waiting.labels(lane.value).set(waiting)
    parts.metrics.store_healthy.set(parts.store.healthy)
    for gauges in request.app[GAUGES]:
        await gauges.refresh()
    body = generate_latest(parts.metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _json(answer: dict[str, object], status: int = 200) -> web.Response:
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, content_type="application/json")
