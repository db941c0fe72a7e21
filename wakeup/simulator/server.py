"""A phone company that speaks Twilio's HTTP: an account, and the port on which it is served.

It trusts nothing that the service says about itself, and imports nothing of it.
"""

from __future__ import annotations

from aiohttp import web

from wakeup.simulator.account import Account
from wakeup.simulator.routes import application


class PhoneCompany(Account):
    """An account with the socket on which it is served."""

    _runner: web.AppRunner | None = None
    _port = 0

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve on a socket. Returns the base URL."""
        self._runner = web.AppRunner(application(self), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._open_port(host, port)
        return f"http://{host}:{self._port}"

    async def _open_port(self, host: str, port: int) -> None:
        assert self._runner is not None
        await web.TCPSite(self._runner, host, port).start()
        self._port = self._runner.addresses[-1][1]

    async def close_port(self) -> None:
        """Refuse connections from now on. `open_port` listens again on the same port."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()

    async def open_port(self, host: str = "127.0.0.1") -> None:
        await self._open_port(host, self._port)

    async def close(self) -> None:
        """Stop everything where it is, and stop answering. Raises the simulator's own errors."""
        await self.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await super().close()
