"""SMS of the phone company: create, deliver, receive. Independent of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wakeup.simulator.call_request import Hook, MessageRequest, RequestFault
from wakeup.simulator.clock import Clock
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import People
from wakeup.simulator.twiml_reader import TwimlFault, read_messages
from wakeup.simulator.webhooks import Answer, Params

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "UNSTOP"})


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    sid: str
    to: str
    from_: str
    body: str
    created: datetime
    updated: datetime
    direction: str = "outbound-api"
    status: str = "queued"
    sent: datetime | None = None
    error_code: int | None = None
    status_callback: Hook | None = None


class Company(Protocol):
    """What SMS need of the phone company."""

    account_sid: str
    clock: Clock
    inbound_message_url: str
    ledger: Ledger
    owned_numbers: frozenset[str]
    people: People

    @property
    def handsets(self) -> Container[str]: ...

    def new_sid(self, prefix: str) -> str: ...
    def start(self, work: asyncio.Task[None]) -> None: ...
    async def webhook(self, hook: Hook, params: Params, kind: str, sid: str) -> Answer: ...
    def callback(self, hook: Hook, params: Params, kind: str, sid: str) -> None: ...


class Messages:
    """Stores every message, and the numbers that opted out."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.all: dict[str, Message] = {}
        self.opted_out: set[str] = set()
        self.undeliverable: dict[str, int] = {}
        """Numbers that receive nothing, with the error code to report (30003 …), besides those of the profiles."""

    def create(self, request: MessageRequest) -> Message:
        if request.to in self.opted_out:
            raise RequestFault(21610, "Attempt to send to unsubscribed recipient")
        owned = self._company.owned_numbers
        if owned and request.from_ not in owned and not request.from_.startswith("MG"):
            raise RequestFault(21606, "The 'From' number is not a message-capable number of this account")
        now = self._company.clock.now()
        message = Message(
            sid=self._company.new_sid("SM"),
            to=request.to,
            from_=request.from_,
            body=request.body,
            created=now,
            updated=now,
            status_callback=request.status_callback,
        )
        self.all[message.sid] = message
        self._company.ledger.add(
            "message_created", message=message.sid, to=message.to, from_=message.from_, body=message.body
        )
        self._company.start(asyncio.create_task(self._deliver(message)))
        return message

    def to(self, number: str) -> list[str]:
        """Return the SMS sent to a number, oldest first."""
        return [one.body for one in self.all.values() if one.to == number and one.direction != "inbound"]

    async def _deliver(self, message: Message) -> None:
        clock = self._company.clock
        await clock.sleep(0.3)
        self._progress(message, "sent")
        message.sent = clock.now()
        await clock.sleep(1.5)
        people = None if message.to in self._company.handsets else self._company.people
        unreachable = people.no_text(message.to) if people else 0
        message.error_code = self.undeliverable.get(message.to) or unreachable or None
        self._progress(message, "undelivered" if message.error_code else "delivered")
        if people is not None and message.error_code is None:
            await self._answered(message, people.text_reply(message.to, message.body))

    async def _answered(self, message: Message, reply: str) -> None:
        """Let the person read the SMS and reply, if the URL for inbound SMS is known."""
        url = self._company.inbound_message_url
        if reply and url:
            await self._company.clock.sleep(self._company.people.seconds_to_reply(message.to))
            await self.receive(message.to, message.from_, reply, Hook(url=url))

    def _progress(self, message: Message, status: str) -> None:
        message.status, message.updated = status, self._company.clock.now()
        self._company.ledger.add("message_status", message=message.sid, status=status)
        if message.status_callback is None:
            return
        params = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "AccountSid": self._company.account_sid,
            "From": message.from_,
            "To": message.to,
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": "2010-04-01",
        }
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        self._company.callback(message.status_callback, params, "sms", message.sid)

    async def receive(self, from_: str, to: str, body: str, hook: Hook) -> list[str]:
        """Deliver a person's SMS to one of the service's numbers. Returns the replies that the application gave in
        TwiML."""
        company = self._company
        now = company.clock.now()
        message = Message(
            sid=company.new_sid("SM"), to=to, from_=from_, body=body, created=now, updated=now,
            direction="inbound", status="received",
        )  # fmt: skip
        self.all[message.sid] = message
        params = {
            "MessageSid": message.sid,
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "AccountSid": company.account_sid,
            "From": from_,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **self._consent(from_, body),
        }
        company.ledger.add("message_inbound", message=message.sid, from_=from_, body=body)
        answer = await company.webhook(hook, params, "sms_inbound", message.sid)
        try:
            replies = _replies(answer)
        except TwimlFault as fault:
            company.ledger.add("problem", call=message.sid, kind="sms_inbound", code=fault.code, text=str(fault))
            return []
        for reply in replies:
            if from_ not in self.opted_out:
                self.create(MessageRequest(to=from_, from_=to, body=reply))
        return replies

    def _consent(self, number: str, body: str) -> dict[str, str]:
        word = body.strip().upper()
        if word in STOP_WORDS:
            self.opted_out.add(number)
            return {"OptOutType": "STOP"}
        if word in START_WORDS:
            self.opted_out.discard(number)
            return {"OptOutType": "START"}
        return {"OptOutType": "HELP"} if word in {"HELP", "INFO"} else {}


def _replies(answer: Answer) -> list[str]:
    if not answer.good:
        raise TwimlFault(11200, f"the application answered {answer.status}")
    return read_messages(answer.body, answer.content_type)
