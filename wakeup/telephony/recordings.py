"""Fetch and delete recordings at the configured base URL by an id of valid form, never at a URL we were sent."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from wakeup.domain.errors import RemoteError
from wakeup.telephony.account import NOT_FOUND
from wakeup.telephony.credentials import TwilioAccess

SID = re.compile("RE[0-9a-f]{32}")
MAX_BYTES = 64 << 20
"""69 minutes of telephone speech in one channel. A policy with a longer `line_limit` records more."""
ONE_CHANNEL = {"RequestedChannels": "1"}
"""Calls are recorded in two channels; for listening to both voices one is enough, and it is half the size."""
FETCH_S = 60.0
DELETED = 204


class TwilioRecordings:
    """The audio of our account's recordings. Nothing is stored; the session is opened by the first request."""

    def __init__(self, access: TwilioAccess, connector: aiohttp.BaseConnector | None = None) -> None:
        self._base = f"{access.base_url}/2010-04-01/Accounts/{access.account_sid}/Recordings"
        self._signed = {"Authorization": aiohttp.encode_basic_auth(*access.credentials)}
        self._timeout = aiohttp.ClientTimeout(
            total=FETCH_S, connect=access.connect_timeout_s, sock_read=access.read_timeout_s
        )
        self._connector = connector
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, sid: str) -> bytes | None:
        """Return the recording as a WAV file; None if it does not exist any more. Raises RemoteError."""
        if not SID.fullmatch(sid):
            return None
        failure: RemoteError
        try:
            return await self._fetch(f"{self._base}/{sid}.wav")
        except RemoteError:
            raise
        except (aiohttp.ClientError, asyncio.IncompleteReadError, TimeoutError) as error:
            failure = RemoteError(f"no recording from the phone company: {type(error).__name__}")
        # Raised outside the handler, because the library's own error holds URLs.
        raise failure

    async def _fetch(self, url: str) -> bytes | None:
        async with self._open().get(url, params=ONE_CHANNEL, headers=self._signed, allow_redirects=False) as answer:
            if answer.status == NOT_FOUND:
                return None
            if answer.status != 200:
                raise RemoteError(f"the phone company answered {answer.status}", temporary=answer.status >= 500)
            audio = bytearray()
            async for piece in answer.content.iter_chunked(1 << 16):
                audio += piece
                if len(audio) > MAX_BYTES:
                    raise RemoteError("the recording is longer than the 69 minutes that can be played", temporary=False)
        return bytes(audio)

    async def delete(self, sid: str) -> None:
        if not SID.fullmatch(sid):
            return
        failure = ""
        try:
            async with self._open().delete(
                f"{self._base}/{sid}.json", headers=self._signed, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            # Raised outside the handler, as above.
            failure, status = type(error).__name__, 0
        if failure or status not in {DELETED, NOT_FOUND}:
            told = failure or f"status {status}"
            raise RemoteError(f"the phone company did not delete the recording: {told}")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        elif self._connector is not None:
            await self._connector.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session
