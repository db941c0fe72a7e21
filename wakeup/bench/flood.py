"""Flood the public listener with unsigned POSTs, as fast as allowed, from a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from wakeup.bench.load_generator import HEADER_END, length_of, request
from wakeup.runtime.clock import monotonic, pause

CONNECTIONS = 48
FORM = (
    b"CallSid=CA00000000000000000000000000000000&AccountSid=AC00000000000000000000000000000000&CallStatus=in-progress"
)
PATH = "/twilio/voice/att_00000000000000000000000000/0/AAAAAAAAAAAAAAAAAAAAAAAA"


class Flood:
    """The flood. `refused` counts the answers 403; any other answer ends the process."""

    def __init__(self, host: str, port: int, per_second: float) -> None:
        self._host, self._port, self._per_second = host, port, per_second
        self._raw = request(host, port, PATH, {"Content-Type": "application/x-www-form-urlencoded"}, FORM)
        self._sent = 0
        self.refused = 0
        self.seconds = 0.0

    async def run(self) -> None:
        """POST until cancelled, each 1/rate seconds, but no faster than answers come."""
        began = monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(CONNECTIONS):
                    group.create_task(self._connection(began))
        finally:
            self.seconds = monotonic() - began

    async def _connection(self, began: float) -> None:
        while True:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                while await self._one(reader, writer, began):
                    pass
            finally:
                writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, began: float) -> bool:
        """POST once. Return False when the server has closed the connection."""
        at = began + self._sent / self._per_second
        self._sent += 1
        await pause(max(0.0, at - monotonic()))
        writer.write(self._raw)
        try:
            head = await reader.readuntil(HEADER_END)
            await reader.readexactly(length_of(head))
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        if not head.startswith(b"HTTP/1.1 403 "):
            raise SystemExit(f"answered {head[:40]!r} instead of 403")
        self.refused += 1
        return b"connection: close" not in head.lower()


async def _main(host: str, port: int, per_second: float) -> dict[str, float]:
    """Run the flood until SIGTERM, and return its figures."""
    flood = Flood(host, port, per_second)
    running = asyncio.ensure_future(flood.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    sys.stdout.write("listening on nothing\n")
    sys.stdout.flush()
    await asyncio.wait([running])
    if not running.cancelled():
        await running
    return {"refused": flood.refused, "seconds": flood.seconds}


if __name__ == "__main__":
    found = asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
    Path(sys.argv[4]).write_text(json.dumps(found), encoding="utf-8")
