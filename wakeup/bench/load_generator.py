"""A load generator that costs almost nothing: prepared requests on kept-alive connections, one at a time on each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from wakeup.runtime.clock import monotonic

CONNECTIONS = 64
HEADER_END = b"\r\n\r\n"


class BenchError(Exception):
    """The server did not answer as expected."""


def request(host: str, port: int, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return one POST as it is sent on the wire."""
    head = {"Host": f"{host}:{port}", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


async def rate(host: str, port: int, requests: Sequence[bytes], status: int) -> float:
    """Send all requests and return how many were answered per second. Raises BenchError on another status."""
    waiting = iter(requests)
    began = monotonic()
    await asyncio.gather(*(_connection(host, port, waiting, status) for _ in range(CONNECTIONS)))
    return len(requests) / (monotonic() - began)


async def _connection(host: str, port: int, waiting: Iterator[bytes], status: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    expected = f"HTTP/1.1 {status} ".encode()
    for one in waiting:
        writer.write(one)
        head = await reader.readuntil(HEADER_END)
        if not head.startswith(expected):
            raise BenchError(head.split(b"\r\n", 1)[0].decode())
        await reader.readexactly(length_of(head))
    writer.close()
    await writer.wait_closed()


def length_of(head: bytes) -> int:
    """Return the length of the body that follows this head."""
    lowered = head.lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    return int(lowered[start : lowered.index(b"\r\n", start)])
