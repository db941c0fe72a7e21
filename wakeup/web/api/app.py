"""The listener for the bank's machines, `/v1`."""

from __future__ import annotations

from aiohttp import web

from wakeup.web.api import guardians
from wakeup.web.api.call_status import call_status
from wakeup.web.api.decisions import POLLS, Polls, decision, feed
from wakeup.web.api.events import receive_many, receive_one
from wakeup.web.api.news import label, transfer_event
from wakeup.web.bodies import BODY_LIMIT
from wakeup.web.middleware import request_middleware
from wakeup.web.parts import PARTS, Parts


def api_app(parts: Parts) -> web.Application:
    """Build the risk API. Serve it with `Listener(app, leave_early=True)`, so that a long poll ends with its client."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[request_middleware(parts)])
    polls = Polls()
    app[PARTS], app[POLLS] = parts, polls
    app.on_shutdown.append(polls.close)
    app.router.add_post("/v1/risk-events", receive_one)
    app.router.add_post("/v1/risk-events/batch", receive_many)
    app.router.add_post("/v1/transfers/{id}/events", transfer_event)
    app.router.add_get("/v1/transfers/{id}/decision", decision, allow_head=False)
    app.router.add_post("/v1/labels", label)
    app.router.add_get("/v1/decisions", feed, allow_head=False)
    app.router.add_put("/v1/users/{id}/guardians", guardians.put)
    app.router.add_get("/v1/users/{id}/guardians", guardians.show, allow_head=False)
    app.router.add_delete("/v1/users/{id}/guardians", guardians.take_away)
    app.router.add_get("/v1/users/{id}/call-status", call_status, allow_head=False)
    return app
