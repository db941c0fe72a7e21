"""Our account at the phone company: what is posted is posted once and never cut off, and questions fail in one way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from twilio.rest import Client

from wakeup.domain.errors import RemoteError
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.transport import AnswerError, OneShotHttp
from wakeup.usecases.ports import Placement, PostResult

T = TypeVar("T")

CLOCK_SLACK = timedelta(seconds=5)
"""How far the provider's clock may be behind ours."""
NOT_FOUND = 404
DRAIN_S = 25.0
"""What a POST takes that is never answered: connecting plus the longest silence."""


class Account:
    """The official library on a wire of ours, and the POSTs that are in flight on it.

    A POST, once begun, is never cut off: when its caller is cancelled it runs to its end and `close` waits for it.
    """

    def __init__(self, access: TwilioAccess, connector: aiohttp.BaseConnector | None, drain_s: float = DRAIN_S) -> None:
        self._http = OneShotHttp(access.base_url, access.connect_timeout_s, access.read_timeout_s, connector)
        user, password = access.credentials
        # A non-empty environment, or TWILIO_REGION and TWILIO_EDGE of the process would reroute us.
        self.client = Client(user, password, access.account_sid, http_client=self._http, environment={"_": ""})
        self.client.api.base_url = access.base_url
        self._drain_s = drain_s
        self._in_flight: set[asyncio.Task[Placement]] = set()
        self._closed = False

    async def close(self) -> None:
        """Takes no more orders, waits for the POSTs in flight, then hangs up the wire."""
        self._closed = True
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=self._drain_s)
        await self._http.close()

    async def post(self, work: Coroutine[Any, Any, Placement]) -> Placement:
        """Let one POST run to its end, whoever stops waiting for it; after `close` it is not even begun."""
        if self._closed:
            work.close()
            return Placement(proof=PostResult.NOT_SENT, reason="closed")
        post = asyncio.create_task(work)
        self._in_flight.add(post)
        post.add_done_callback(self._in_flight.discard)
        return await asyncio.shield(post)


class RefusedError(RemoteError):
    """The phone company answered a question with an error."""

    def __init__(self, status: int, code: int | None) -> None:
        self.status, self.code = status, code
        super().__init__(
            f"the phone company answered {status}, code {code}", temporary=status >= 500 or status in {408, 429}
        )


async def ask(question: Awaitable[T]) -> T:
    """The answer to a question. Raises RemoteError, whatever went wrong."""
    failure: RemoteError
    try:
        return await question
    except AnswerError as error:
        failure = RefusedError(error.status, error.code)
    except Exception as error:  # noqa: BLE001 - the library fails in many ways on an answer it cannot read
        failure = RemoteError(f"no usable answer of the phone company: {type(error).__name__}")
    # Raised out here: nothing then leads to the library's own error, whose text holds addresses and numbers.
    raise failure
