"""Administration: accounts, sessions, current settings and limits, dead messages, the log and its verification."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from aiohttp import web

from wakeup.domain.policy import Policy
from wakeup.domain.staff import Right, StaffId
from wakeup.usecases.console.administration import Administration, LogWanted, read_administration, replay_message
from wakeup.usecases.console.second_factor import drop_factor_of
from wakeup.usecases.console.sign_in import close_account, end_sessions_of, open_account
from wakeup.usecases.store import Lane
from wakeup.web.console.context import CONTEXT, VISITOR, page, redirect
from wakeup.web.console.submitting import run

HERE = "/console/admin"


async def show(request: web.Request) -> web.Response:
    context, visitor = request.app[CONTEXT], request[VISITOR]
    search = request.query.get("q", "")[:64] if visitor.may(Right.READ_LOGS) else ""
    wanted = LogWanted(search=search, moves=request.query.get("moves") == "yes")
    seen = await context.parts.store.read(
        read_administration, wanted, context.console.secrets(), context.console.session_limits, context.parts.now()
    )
    return page(
        request, "admin.html", seen=seen, wanted=wanted, verified=context.console.verification.state(),
        limits=_limits(seen.policy), destinations=_destinations(seen), settings=context.console.settings(),
    )  # fmt: skip


def _destinations(seen: Administration) -> list[tuple[str, str, str, int, int | None, int | None, str | None]]:
    """Return for each region: the line types that may be called and sent SMS, the calls of the last hour and their
    limit, the limit of calls to one number in three days, and why no call goes there at all."""
    calling, texts = seen.policy.calling, seen.policy.messages.destinations
    regions = sorted({*calling.destinations, *texts, *calling.not_served})
    return [
        (
            region,
            ", ".join(sorted(calling.destinations.get(region, ()))),
            ", ".join(sorted(texts.get(region, ()))),
            seen.used.get(region, 0),
            calling.per_hour.get(region),
            calling.per_number_3_days.get(region),
            calling.not_served.get(region),
        )
        for region in regions
    ]


def _limits(policy: Policy) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the limits of the current policy, by section."""
    parts = ("calling", "tempo", "release", "review", "messages")
    shown_above = {"destinations", "per_hour", "per_number_3_days", "not_served"}
    return [(name, [(f.name, getattr(part, f.name)) for f in fields(part) if f.name not in shown_above])
            for name in parts for part in (getattr(policy, name),)]  # fmt: skip


async def verify(request: web.Request) -> web.Response:
    """Begin to verify every chain and the anchors. The page is shown at once, as it may take minutes."""
    request.app[CONTEXT].console.verification.begin()
    return redirect(f"{HERE}#log-title")


async def switch(request: web.Request) -> web.Response:
    """Close an account, or open it again."""
    change = open_account if request[VISITOR].form.get("on") == "yes" else close_account
    await run(request, change, request[VISITOR].staff.id, _account(request), lane=Lane.DISPATCH)
    return redirect(HERE)


async def end_sessions(request: web.Request) -> web.Response:
    await run(request, end_sessions_of, request[VISITOR].staff.id, _account(request), lane=Lane.DISPATCH)
    return redirect(HERE)


async def drop_factor(request: web.Request) -> web.Response:
    """Remove the second factor of a user whose device is lost."""
    await run(request, drop_factor_of, request[VISITOR].staff.id, _account(request), lane=Lane.DISPATCH)
    return redirect(HERE)


def _account(request: web.Request) -> StaffId:
    return StaffId(request[VISITOR].form.get("staff"))


async def replay(request: web.Request) -> web.Response:
    await run(request, replay_message, request[VISITOR].staff.id, request[VISITOR].form.get("message"))
    return redirect(HERE)
