"""A customer's guardians: enrolled by the bank as a whole list, listed without numbers, removed."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from wakeup.bank import translate
from wakeup.bank.parse import expect_same, parse_guardians
from wakeup.bank.responses import Enrolled, GuardianList, GuardiansAnswer, field_faults
from wakeup.bank.schemas import CLOCK_SKEW
from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import CustomerId
from wakeup.usecases.guardians.consents import ward_agrees_since
from wakeup.usecases.guardians.enrol_guardians import put_guardians, replace_guardians
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import Unit
from wakeup.web.api.access import authenticate, read_signed
from wakeup.web.api.idempotency import once
from wakeup.web.api.query import Query, path_id
from wakeup.web.api.responses import json_response
from wakeup.web.clients import Scope
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS


async def put(request: web.Request) -> web.Response:
    message = await read_signed(request, Scope.GUARDIANS)
    parsed = parse_guardians(message.body, now=message.now)
    user_id = parsed.body.user_id
    expect_same("user_id", user_id, request.match_info["id"])
    note(request, event_id=parsed.body.event_id, guardians=len(parsed.body.guardians))
    wanted = translate.guardians(parsed, message.now)
    became: dict[str, str] = await request.app[PARTS].store.run(
        once, message.inbound(), replace_guardians, wanted, message.now, lane=Lane.DECIDE
    )
    answer = GuardiansAnswer(user_id=user_id, guardians=became, warnings=field_faults(parsed.warnings))
    return json_response(answer)


async def show(request: web.Request) -> web.Response:
    parts = authenticate(request, Scope.GUARDIANS)
    Query(request).close()
    user_id = CustomerId(path_id(request))
    return json_response(await parts.store.read(_listed, user_id))


async def take_away(request: web.Request) -> web.Response:
    parts, query = authenticate(request, Scope.GUARDIANS), Query(request)
    now = parts.now()
    occurred_at = query.moment("occurred_at", now + CLOCK_SKEW)
    query.close()
    user_id = CustomerId(path_id(request))
    became = await parts.store.run(put_guardians, user_id, (), now, occurred_at, lane=Lane.DECIDE)
    return json_response(GuardiansAnswer(user_id=user_id, guardians=became))


def _listed(unit: Unit, user_id: CustomerId) -> GuardianList:
    waiting = {change.guardian_id for change in unit.guardians.changes(user_id)}
    return GuardianList(
        user_id=user_id,
        guardians=tuple(
            _enrolled(guardian, ward_agrees_since(unit, user_id, guardian.id), waits=guardian.id in waiting)
            for guardian in unit.guardians.of_customer(user_id)
        ),
    )


def _enrolled(guardian: Guardian, consented_at: datetime | None, *, waits: bool) -> Enrolled:
    return Enrolled(
        id=guardian.id,
        rank=guardian.rank,
        state=guardian.state,
        enrolled_at=guardian.enrolled_at,
        number_since=guardian.number_since,
        invited_at=guardian.invited_at,
        confirmed_at=guardian.confirmed_at,
        consented_at=consented_at,
        waits=waits,
    )
