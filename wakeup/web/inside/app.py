"""The inside listener, for operators and their machines."""

from __future__ import annotations

from aiohttp import web

from wakeup.web.bodies import BODY_LIMIT
from wakeup.web.console.app import console_app
from wakeup.web.inside import docs, health
from wakeup.web.inside.age_gauges import AGE_GAUGES, AgeGauges
from wakeup.web.inside.guardian_gauges import GUARDIAN_GAUGES, GuardianGauges
from wakeup.web.middleware import request_middleware
from wakeup.web.parts import PARTS, Parts


def inside_app(parts: Parts) -> web.Application:
    """Build the application with health, metrics, the API description and the console. Never expose it publicly."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[request_middleware(parts)])
    app[PARTS], app[GUARDIAN_GAUGES] = parts, GuardianGauges(parts)
    app[AGE_GAUGES] = AgeGauges(parts)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.router.add_get("/openapi.json", docs.openapi)
    app.router.add_get("/docs", docs.page)
    app.router.add_get("/docs/openapi-3.0.json", docs.older_openapi)
    app.router.add_get("/docs/start.js", docs.start)
    app.router.add_get("/docs/{file}", docs.file)
    if parts.console is not None:
        app.add_subapp("/console", console_app(parts, parts.console))
    return app
