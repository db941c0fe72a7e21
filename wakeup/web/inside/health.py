"""Health, readiness and metrics."""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import BaseModel

from wakeup.web.health_responses import Health, Readiness
from wakeup.web.inside.age_gauges import AGE_GAUGES
from wakeup.web.inside.guardian_gauges import GUARDIAN_GAUGES
from wakeup.web.parts import PARTS

READY_SECONDS = 5.0


async def healthz(_request: web.Request) -> web.Response:
    return _json(Health(), 200)


async def readyz(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(READY_SECONDS):
            faults = await request.app[PARTS].ready()
    except TimeoutError:
        faults = ["the node does not say in time whether it is ready"]
    if faults:
        return _json(Readiness(status="not_ready", faults=tuple(faults)), 503)
    return _json(Readiness(status="ready"), 200)


async def metrics(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    for lane, waiting in parts.store.waiting.items():
        parts.metrics.store_waiting.labels(lane.value).set(waiting)
    parts.metrics.store_healthy.set(parts.store.healthy)
    await request.app[GUARDIAN_GAUGES].refresh()
    await request.app[AGE_GAUGES].refresh()
    body = generate_latest(parts.metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _json(answer: BaseModel, status: int) -> web.Response:
    return web.Response(body=answer.model_dump_json().encode(), status=status, content_type="application/json")
