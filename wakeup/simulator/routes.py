"""The phone company's HTTP interface: Twilio's REST paths and the simulator's own `/_sim`."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from aiohttp import web

from wakeup.simulator import phone_routes, recordings, responses
from wakeup.simulator.call_request import (
    RequestFault,
    check_inline,
    hook,
    read_call,
    read_message,
)
from wakeup.simulator.clock import rest
from wakeup.simulator.faults import AFTER_CREATE
from wakeup.simulator.sim_routes import Sim
from wakeup.simulator.twiml_player import Next
from wakeup.simulator.twiml_reader import read_inline

if TYPE_CHECKING:
    from wakeup.simulator.account import Account
    from wakeup.simulator.call import Call
    from wakeup.simulator.messages import Message

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ACCOUNT = responses.API + "/Accounts/{account}"


def application(company: Account) -> web.Application:
    rest, sim = Rest(company), Sim(company)
    app = web.Application(client_max_size=1 << 20, middlewares=[rest.guard])
    app.add_routes(
        [
            web.post(ACCOUNT + "/Calls.json", rest.create_call),
            web.get(ACCOUNT + "/Calls.json", rest.list_calls),
            web.get(ACCOUNT + "/Calls/{sid}.json", rest.fetch_call),
            web.post(ACCOUNT + "/Calls/{sid}.json", rest.update_call),
            web.post(ACCOUNT + "/Calls/{sid}/Recordings.json", rest.start_recording),
            web.get(ACCOUNT + "/Calls/{sid}/Recordings.json", rest.list_recordings),
            web.get(ACCOUNT + "/Recordings/{sid}.wav", rest.recording_media),
            web.delete(ACCOUNT + "/Recordings/{sid}.json", rest.delete_recording),
            web.post(ACCOUNT + "/Messages.json", rest.create_message),
            web.get(ACCOUNT + "/Messages.json", rest.list_messages),
            web.get(ACCOUNT + "/Messages/{sid}.json", rest.fetch_message),
            web.get("/_sim/ledger", sim.ledger),
            web.get("/_sim/facts", sim.facts),
            web.get("/_sim/calls", sim.calls),
            web.post("/_sim/faults", sim.faults),
            web.post("/_sim/receive", sim.receive),
            *phone_routes.routes(company),
        ]
    )
    return app


class Rest:
    """Twilio's resources. Every handler may raise RequestFault."""

    def __init__(self, company: Account) -> None:
        self._company = company

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path.startswith(responses.API):
                self._authorise(request)
            return await handler(request)
        except RequestFault as fault:
            self._company.ledger.add("post_refused", code=fault.code, status=fault.status, path=request.path)
            return responses.refusal(fault)
        except web.HTTPNotFound:
            return responses.refusal(RequestFault(20404, "The requested resource was not found", 404))

    def _authorise(self, request: web.Request) -> None:
        company = self._company
        user, secret = _credentials(request)
        password = company.auth_token if user == company.account_sid else company.api_keys.get(user)
        right = password is not None and hmac.compare_digest(secret.encode(), password.encode())
        if not right or request.match_info.get("account", company.account_sid) != company.account_sid:
            raise RequestFault(20003, "Authenticate", 401)
        if company.suspended:
            raise RequestFault(20003, "Account is suspended", 401)

    # Calls

    async def create_call(self, request: web.Request) -> web.StreamResponse:
        form, lists = await _form(request)
        company = self._company
        company.ledger.add("post_received", to=form.get("To", ""), url=form.get("Url", ""))
        fault = company.faults.for_create()
        if fault is not None:
            company.ledger.add("create_fault", kind=fault)
        if fault is not None and fault not in AFTER_CREATE:
            return await self._fail(request, fault)
        asked = read_call(form, lists.get("StatusCallbackEvent", []))
        if asked.twiml:
            check_inline(asked.twiml)
        call = company.create(asked)
        body = responses.call_json(call, company.account_sid)
        if fault == "late_201":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(call.callbacks_done.wait(), 10)
        elif fault is not None:
            return await self._fail(request, fault)
        return web.json_response(body, status=201)

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        company = self._company
        match fault:
            case "429":
                raise RequestFault(20429, "Too Many Requests", 429)
            case "500" | "500_after_create":
                raise RequestFault(20500, "Internal Server Error", 500)
            case "stall" | "stall_after_create":
                await rest(company.faults.stall_seconds)
                raise RequestFault(20503, "Service unavailable", 503)
            case "refuse" | "drop_after_create":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            case "garbage_201":
                return web.Response(status=201, text="<html><body>Created</body></html>", content_type="text/html")
            case _:
                return web.Response(status=503, text="<html>upstream unavailable</html>", content_type="text/html")

    async def list_calls(self, request: web.Request) -> web.StreamResponse:
        query, company = request.query, self._company
        lag = company.faults.list_lag
        now = company.clock.now()
        rows = [
            responses.call_json(call, company.account_sid)
            for call in reversed(company.calls.values())
            if (now - call.created).total_seconds() >= lag and _asked_for(call, query)
        ]
        return web.json_response(responses.page("calls", rows, request.path, query))

    async def fetch_call(self, request: web.Request) -> web.StreamResponse:
        call = self._call(request)
        self._company.ledger.add("call_fetched", call=call.sid)
        return web.json_response(responses.call_json(call, self._company.account_sid))

    async def update_call(self, request: web.Request) -> web.StreamResponse:
        form, _ = await _form(request)
        call = self._call(request)
        self._company.ledger.add("update_received", call=call.sid, status=form.get("Status", ""))
        if "Status" in form:
            self._change_status(call, form["Status"])
        if "Url" in form or "Twiml" in form:
            self._change_document(call, form)
        if "TimeLimit" in form and call.line is not None and form["TimeLimit"].isdigit():
            call.time_limit = float(form["TimeLimit"])
        # A live call acts on the request before the answer shows its state.
        await rest(0)
        await rest(0)
        return web.json_response(responses.call_json(call, self._company.account_sid))

    def _change_status(self, call: Call, status: str) -> None:
        if status not in {"canceled", "completed"}:
            raise RequestFault(21218, "Invalid Status")
        if call.final:
            # Hanging up a call that is already over is not an error.
            if status == "completed":
                return
            raise RequestFault(21220, "Call is not in-progress. Cannot redirect.")
        if status == "canceled" and call.status == "in-progress":
            raise RequestFault(21220, "Call is in-progress. Cannot cancel.")
        if call.status == "queued":
            self._company.cancel_queued(call)
        else:
            call.end("canceled" if call.status in {"initiated", "ringing"} else "completed")

    def _change_document(self, call: Call, form: dict[str, str]) -> None:
        if call.status != "in-progress":
            raise RequestFault(21220, "Call is not in-progress. Cannot redirect.")
        if "Twiml" in form:
            check_inline(form["Twiml"])
            call.redirect(Next(document=read_inline(form["Twiml"])))
        else:
            call.redirect(Next(hook=hook(form, "Url", 21205)))

    async def start_recording(self, request: web.Request) -> web.StreamResponse:
        form, _ = await _form(request)
        call, company = self._call(request), self._company
        if call.status != "in-progress":
            raise RequestFault(21220, "Requested resource is not eligible for recording")
        channels = recordings.CHANNELS.get(form.get("RecordingChannels", "mono"))
        if channels is None:
            raise RequestFault(20001, "RecordingChannels is neither mono nor dual")
        sid = company.record(call, hook(form, "RecordingStatusCallback", 21609), channels)
        return web.json_response(responses.recording_json(sid, call, company.account_sid, channels), status=201)

    async def list_recordings(self, request: web.Request) -> web.StreamResponse:
        call, company = self._call(request), self._company
        made = {row["recording"]: row.get("channels", 1) for row in company.ledger.of("recording")}
        company.ledger.add("recordings_listed", call=call.sid)
        rows = [responses.recording_json(sid, call, company.account_sid, made[sid]) for sid in call.recordings]
        return web.json_response(responses.page("recordings", rows, request.path, request.query))

    async def recording_media(self, request: web.Request) -> web.StreamResponse:
        return await recordings.media(self._company.ledger, request)

    async def delete_recording(self, request: web.Request) -> web.StreamResponse:
        sid = request.match_info["sid"]
        for call in self._company.calls.values():
            if sid in call.recordings:
                call.recordings.remove(sid)
                self._company.ledger.add("recording_deleted", call=call.sid, recording=sid)
                return web.Response(status=204)
        raise web.HTTPNotFound

    def _call(self, request: web.Request) -> Call:
        call = self._company.calls.get(request.match_info["sid"])
        if call is None:
            raise web.HTTPNotFound
        return call

    # Messages

    async def create_message(self, request: web.Request) -> web.StreamResponse:
        form, _ = await _form(request)
        company = self._company
        company.ledger.add("message_post_received", to=form.get("To", ""), url=form.get("StatusCallback", ""))
        fault = company.faults.for_message()
        if fault is not None:
            company.ledger.add("message_fault", kind=fault)
        if fault is not None and fault not in AFTER_CREATE:
            return await self._fail(request, fault)
        message = company.messages.create(read_message(form))
        if fault is not None:
            return await self._fail(request, fault)
        return web.json_response(responses.message_json(message, company.account_sid), status=201)

    async def list_messages(self, request: web.Request) -> web.StreamResponse:
        query, company = request.query, self._company
        rows = [
            responses.message_json(one, company.account_sid)
            for one in reversed(company.messages.all.values())
            if _addressed(one, query) and responses.by_date(one.sent, query, "DateSent")
        ]
        return web.json_response(responses.page("messages", rows, request.path, query))

    async def fetch_message(self, request: web.Request) -> web.StreamResponse:
        message = self._company.messages.all.get(request.match_info["sid"])
        if message is None:
            raise web.HTTPNotFound
        return web.json_response(responses.message_json(message, self._company.account_sid))


def _asked_for(call: Call, query: Mapping[str, str]) -> bool:
    shown = "queued" if call.status == "initiated" else call.status
    return (
        query.get("To", call.request.to) == call.request.to
        and query.get("From", call.request.from_) == call.request.from_
        and query.get("Status", shown) == shown
        and not query.get("ParentCallSid")
        and responses.by_date(call.started, query, "StartTime")
        and responses.by_date(call.ended, query, "EndTime")
    )


def _addressed(message: Message, query: Mapping[str, str]) -> bool:
    return query.get("To", message.to) == message.to and query.get("From", message.from_) == message.from_


async def _form(request: web.Request) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the form, and its repeated keys. Any other body counts as an empty form, as at Twilio."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}, {}
    lists = parse_qs(await request.text(), keep_blank_values=True)
    return {name: values[0] for name, values in lists.items()}, lists


def _credentials(request: web.Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, secret
