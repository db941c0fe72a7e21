"""Recordings as the phone company keeps them. What it plays back is a tone as long as what was recorded."""

from __future__ import annotations

import io
import math
import wave
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from wakeup.simulator.ledger import Ledger

RATE = 8000
LONGEST_S = 600


@cache
def _second() -> bytes:
    """One second of a soft hum that swells and fades, 8 bit."""
    swell = (math.sin(math.pi * n / RATE) for n in range(RATE))
    return bytes(128 + round(40 * loud * math.sin(2 * math.pi * 220 * n / RATE)) for n, loud in enumerate(swell))


def wav(seconds: int) -> bytes:
    """A WAV file so long, at least a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(RATE)
        written.writeframes(_second() * min(max(seconds, 1), LONGEST_S))
    return file.getvalue()


def media(ledger: Ledger, sid: str) -> web.Response:
    """The recording with this id. Raises HTTPNotFound for one that was never made, or is deleted."""
    made = next((row for row in ledger.of("recording") if row["recording"] == sid), None)
    if made is None or any(row["recording"] == sid for row in ledger.of("recording_deleted")):
        raise web.HTTPNotFound
    ledger.add("recording_fetched", recording=sid)
    return web.Response(body=wav(made.get("seconds", 1)), content_type="audio/x-wav")
