"""Connections within one process, with aiohttp's own client and server at their ends and no socket between them.

What one end writes reaches the other end after a delay, in order. The connections of a dead process are closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import Any

from aiohttp import BaseConnector, ClientConnectorError, ClientRequest, ClientTimeout
from aiohttp.client_proto import ResponseHandler

from wakeup.runtime.clock import pause
from wakeup.simulation.process import LIFE

Factory = Callable[[], asyncio.BaseProtocol]
Delay = Callable[[], float]
FIRST_PORT = 20_000
MAX_KEPT_OPEN = 100


class End(asyncio.Transport):
    """One end of a connection."""

    def __init__(
        self, network: Network, protocol: asyncio.Protocol, context: Context, own: Address, peer: Address
    ) -> None:
        super().__init__({"sockname": own, "peername": peer})
        self._network, self._protocol, self._context = network, protocol, context
        self._life = context.get(LIFE)
        self.other: End
        self._sent: list[bytes] = []
        self._held: list[bytes] = []
        self._closing = self._over = self._paused = self._scheduled = self._ends = False
        if self._life is not None:
            self._life.links[self] = None

    # Called by aiohttp

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing or self._over or not data:
            return
        self._sent.append(bytes(data))
        self._send()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        if not self._closing:
            self._closing = self._ends = True
            self._send()
            self._network.loop.call_soon(self._lost, None, context=self._context)

    def abort(self) -> None:
        """Close at once; data under way is lost."""
        self._sent.clear()
        if not self._over:
            self._closing = True
            self._network.loop.call_soon(self._lost, None, context=self._context)
            self.other.lose(ConnectionResetError())

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        if self._held:
            held, self._held = b"".join(self._held), []
            self._network.loop.call_soon(self._read, held, context=self._context)

    def is_reading(self) -> bool:
        return not self._paused

    def get_write_buffer_size(self) -> int:
        return 0

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol

    # Called by the network and by the process

    def made(self) -> None:
        self._protocol.connection_made(self)

    def cut(self) -> None:
        """Handle the death of this end's process."""
        self._closing = self._over = self._ends = True
        self._send()

    def buried(self) -> None:
        """Call `connection_lost` after the death of this end's process, otherwise its cleanup would wait for that
        for ever."""
        self._over = False
        self._network.loop.call_soon(self._lost, None, context=self._context)

    def lose(self, error: Exception | None) -> None:
        """The other end is gone. As on a real connection, this is noticed after everything that arrived has been
        read."""
        self._closing = True
        self._network.later(partial(self._network.loop.call_soon, self._lost, error, context=self._context))

    def _send(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            # Delivery belongs to no process: it goes on when a process dies.
            self._network.later(self._arrive)

    def _arrive(self) -> None:
        self._scheduled = False
        data, other = b"".join(self._sent), self.other
        self._sent.clear()
        if data and not other._over:  # noqa: SLF001 - the other half of the same thing
            self._network.loop.call_soon(other._read, data, context=other._context)  # noqa: SLF001
        if self._ends:
            other.lose(None)

    def _read(self, data: bytes) -> None:
        if self._over:
            return
        if self._paused:
            self._held.append(data)
        else:
            self._protocol.data_received(data)

    def _lost(self, error: Exception | None) -> None:
        if not self._over:
            self._over = True
            if self._life is not None:
                self._life.links.pop(self, None)
            self._protocol.connection_lost(error)


Address = tuple[str, int]


class Doorway:
    """A listening port; the process that opened it answers."""

    def __init__(self, network: Network, factory: Factory, address: Address) -> None:
        self._network, self.factory, self.address = network, factory, address
        self.context = copy_context()
        self.sockets = (self,)

    def getsockname(self) -> Address:
        return self.address

    @property
    def open(self) -> bool:
        life = self.context.get(LIFE)
        return life is None or not life.dead

    def close(self) -> None:
        self._network.doors.pop(self.address[1], None)

    async def wait_closed(self) -> None:
        """Do nothing: nothing is left to close."""


class Network:
    """Which ports are open, and how long data takes."""

    def __init__(self, loop: asyncio.BaseEventLoop) -> None:
        self.loop = loop
        self.delay: Delay = lambda: 0.001
        self.doors: dict[int, Doorway] = {}
        self.balancers: dict[int, Callable[[], int]] = {}
        """Port of a load balancer → function that chooses the port behind it."""
        self._ports = FIRST_PORT

    def later(self, arrive: Callable[[], object]) -> None:
        self.loop.call_later(self.delay(), arrive, context=_NOBODY)

    def listen(self, factory: Factory, host: str, port: int) -> Doorway:
        """Open a port; port 0 means any. Raises OSError if the port is taken."""
        number = port or self._new_port()
        taken = self.doors.get(number)
        if taken is not None and taken.open:
            raise OSError(98, f"port {number} is taken")
        door = self.doors[number] = Doorway(self, factory, (host, number))
        return door

    def connect(self, protocol: asyncio.Protocol, port: int) -> None:
        """Connect to a port. Raises ConnectionRefusedError if it is not open."""
        choose = self.balancers.get(port)
        door = self.doors.get(port if choose is None else choose())
        if door is None or not door.open:
            raise ConnectionRefusedError(111, "nobody listens")
        context, own = door.context.copy(), ("127.0.0.1", self._new_port())
        served = door.factory()
        assert isinstance(served, asyncio.Protocol)
        near = End(self, protocol, copy_context(), own, door.address)
        far = End(self, served, context, door.address, own)
        near.other, far.other = far, near
        near.made()
        self.loop.call_soon(far.made, context=context)

    def _new_port(self) -> int:
        self._ports += 1
        return self._ports


_NOBODY = Context()


class MemoryConnector(BaseConnector):
    """aiohttp's client connector over a Network."""

    def __init__(self, network: Network, *, each_once: bool, limit: int = 0) -> None:
        super().__init__(force_close=each_once, limit=limit)
        self._network = network

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Any],
        timeout: ClientTimeout,  # noqa: ASYNC109 - the base's signature
    ) -> ResponseHandler:
        del traces, timeout
        await pause(self._network.delay())
        protocol: ResponseHandler = self._factory()
        try:
            self._network.connect(protocol, req.url.port or 80)
        except ConnectionRefusedError as refusal:
            raise ClientConnectorError(req.connection_key, refusal) from refusal
        return protocol


def wires(network: Network, *, each_once: bool) -> MemoryConnector:
    """Return the connector of a service in place of `wakeup.runtime.infrastructure.sockets`."""
    return MemoryConnector(network, each_once=each_once, limit=0 if each_once else MAX_KEPT_OPEN)
