"""A real process and a batch of transfers: how fast the phone company receives the calls, by its own ledger."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from tests.kill.bank import event
from tests.kill.fork_server import ForkServer
from tests.kill.service_process import CALLS_PER_SECOND, ServiceProcess

CASES, SECONDS = 40, 4


def test_a_batch_is_called_no_faster_than_the_account_allows(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> list[float]:
        async with ServiceProcess(tmp_path, fork_server, speed=1) as service:
            service.company.calls_per_second = 100.0
            events = [event(service, n) for n in range(1, CASES + 1)]
            assert (await service.post("/v1/risk-events/batch", {"events": events})).status == 200
            ledger, wanted = service.company.ledger, CALLS_PER_SECOND * SECONDS + 1
            await service.until("POSTs", lambda: len(ledger.of("post_received")) >= wanted)
            assert service.errors() == []
            return [datetime.fromisoformat(row["at"]).timestamp() for row in ledger.of("post_received")]

    at = asyncio.run(story())
    # On a busy machine the first POSTs may be on their way for almost a second longer than those behind them. A service
    # that called twice as fast would still be caught.
    assert at[-1] - at[0] > (len(at) - 2) / CALLS_PER_SECOND - 1
    assert max(len([other for other in at if one <= other < one + 1]) for one in at) < 2 * CALLS_PER_SECOND
