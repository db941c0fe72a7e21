"""Our account at the phone company. A POST is made once and never cut off; all queries fail with RemoteError."""

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
"""Maximum duration of a POST that is never answered: connecting plus the longest silence."""


class TwilioAccount:
    """The official library over our own HTTP client, with the POSTs that are in flight.

    A POST that has begun is never cut off: when its caller is cancelled it runs to its end, and `close` waits for
    it.
    """

    def __init__(self, access: TwilioAccess, connector: aiohttp.BaseConnector | None, drain_s: float = DRAIN_S) -> None:
        self._http = OneShotHttp(access.base_url, access.connect_timeout_s, access.read_timeout_s, connector)
        user, password = access.credentials
        # Not an empty environment: then TWILIO_REGION and TWILIO_EDGE of the process would reroute us.
        self.client = Client(user, password, access.account_sid, http_client=self._http, environment={"_": ""})
        self.client.api.base_url = access.base_url
        self._drain_s = drain_s
        self._in_flight: set[asyncio.Task[Placement]] = set()
        self._closed = False

    async def close(self) -> None:
        """Reject new POSTs, wait for those in flight, then close the session."""
        self._closed = True
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=self._drain_s)
        await self._http.close()

    async def post(self, work: Coroutine[Any, Any, Placement]) -> Placement:
        """Run one POST to its end even if the caller is cancelled. After `close` it is not begun."""
        if self._closed:
            work.close()
            return Placement(proof=PostResult.NOT_SENT, reason="closed")
        post = asyncio.create_task(work)
        self._in_flight.add(post)
        post.add_done_callback(self._in_flight.discard)
        return await asyncio.shield(post)


class RefusedError(RemoteError):
    """The phone company answered a query with an error."""

    def __init__(self, status: int, code: int | None) -> None:
        self.status, self.code = status, code
        super().__init__(
            f"the phone company answered {status}, code {code}", temporary=status >= 500 or status in {408, 429}
        )


async def ask(question: Awaitable[T]) -> T:
    """Return the answer to a query. Raises RemoteError for any failure."""
    failure: RemoteError
    try:
        return await question
    except AnswerError as error:
        failure = RefusedError(error.status, error.code)
    except Exception as error:  # noqa: BLE001 - the library fails in many ways on an answer it cannot read
        failure = RemoteError(f"no usable response from the phone company: {type(error).__name__}")
    # Raised outside the handler: nothing leads to the library's error, whose text holds URLs and numbers.
    raise failure
