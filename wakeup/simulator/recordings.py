"""Recordings at the phone company. The audio is a tone as long as the recording."""

from __future__ import annotations

import math
import struct
from array import array
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from wakeup.simulator.ledger import Ledger

RATE = 8000
SAMPLE_BYTES = 2
CHANNELS = {"mono": 1, "dual": 2}
REQUESTED = "RequestedChannels"


@cache
def _second(channels: int) -> bytes:
    """Return one second of a soft hum that swells and fades, 16 bit."""
    swell = (math.sin(math.pi * n / RATE) for n in range(RATE))
    hum = (round(10_000 * loud * math.sin(2 * math.pi * 220 * n / RATE)) for n, loud in enumerate(swell))
    return array("h", (sample for sample in hum for _ in range(channels))).tobytes()


def _head(seconds: int, channels: int) -> bytes:
    """Return the header of a WAV file of this length."""
    frame = channels * SAMPLE_BYTES
    size = seconds * RATE * frame
    shape = (b"fmt ", 16, 1, channels, RATE, RATE * frame, frame, 8 * SAMPLE_BYTES)
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", *shape, b"data", size)


def wav(seconds: int, channels: int = 1) -> bytes:
    """Return a WAV file of this length, of at least one second."""
    seconds = max(seconds, 1)
    return _head(seconds, channels) + _second(channels) * seconds


async def media(ledger: Ledger, request: web.Request) -> web.StreamResponse:
    """Send the recording with this id, in the channels it was made with unless one channel is asked for. The real
    provider also returns two channels for a two-channel recording, which doubles the size of a long call. Raises
    HTTPNotFound if it was never made, or is deleted."""
    sid = request.match_info["sid"]
    made = next((row for row in ledger.of("recording") if row["recording"] == sid), None)
    if made is None or any(row["recording"] == sid for row in ledger.of("recording_deleted")):
        raise web.HTTPNotFound
    channels = 1 if request.query.get(REQUESTED) == "1" else made.get("channels", 1)
    seconds = max(made.get("seconds") or _seconds_of(ledger, made["call"]), 1)
    ledger.add("recording_fetched", recording=sid)
    answer = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
    head = _head(seconds, channels)
    answer.content_length = len(head) + seconds * len(_second(channels))
    await answer.prepare(request)
    await answer.write(head)
    for _ in range(seconds):
        await answer.write(_second(channels))
    return answer


def _seconds_of(ledger: Ledger, call: str) -> int:
    """Return the length of this call; 0 while it lasts."""
    return next((row["seconds"] or 0 for row in ledger.of("ended") if row["call"] == call), 0)
