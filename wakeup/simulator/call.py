"""One call of the phone company: its facts as REST shows them, and the requests that REST may make of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from wakeup.simulator.call_request import CallRequest
from wakeup.simulator.line import Line
from wakeup.simulator.twiml_player import Next

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """Facts of one call as REST shows them, and the requests that REST may make of it."""

    sid: str
    request: CallRequest
    created: datetime
    direction: str = "outbound-api"
    parent: str = ""
    """The call from which this one was dialled."""
    status: str = "queued"
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    queue_ms: int = 0
    sequence: int = 0
    line: Line | None = None
    ending: str = ""
    sip: str = "200"
    time_limit: float = 0.0
    detour: Next | None = None
    recordings: list[str] = field(default_factory=list)
    callbacks_done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def seconds(self) -> int | None:
        if self.ended is None:
            return None
        return round((self.ended - self.answered).total_seconds()) if self.answered else 0

    def end(self, status: str) -> None:
        """Ask a live call to end. Takes effect at once."""
        self.ending = status
        if self.line is not None:
            self.line.acted.beat()

    def redirect(self, detour: Next) -> None:
        """Replace the running TwiML."""
        self.detour = detour
        if self.line is not None:
            self.line.acted.beat()
