"""The payment core: which senders it trusts, how it treats order and repetition, and what it records as late."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.virtual_loop import run

from .world import EPOCH

SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()


class Bench:
    def __init__(self, core: PaymentCore, http: aiohttp.ClientSession, url: str) -> None:
        self.core, self.http, self.url = core, http, url

    async def deliver(
        self,
        sequence: int,
        decision: str,
        *,
        message: str = "",
        secret: str = SECRET,
        transfer: str = "t_1",
        age: int = 0,
    ) -> int:
        """POST one decision signed by the public library. Returns the HTTP status."""
        body = {"decision_id": f"d_{transfer}_{sequence}", "sequence": sequence, "transfer_id": transfer,
                "case_id": "c_1", "decision": decision, "reason": "test"}  # fmt: skip
        text, name = json.dumps(body), message or f"m_{transfer}_{sequence}"
        moment = self.core.clock.now() - timedelta(seconds=age)
        headers = {"webhook-id": name, "webhook-timestamp": str(int(moment.timestamp())),
                   "webhook-signature": Webhook(secret).sign(name, moment, text)}  # fmt: skip
        async with self.http.post(f"{self.url}/decisions", data=text, headers=headers) as answer:
            return answer.status

    async def register(self, transfer: str = "t_1", seconds: float = 600) -> None:
        row = {"transfer_id": transfer, "amount": "52000.00", "currency": "SGD",
               "decide_by": (self.core.clock.now() + timedelta(seconds=seconds)).isoformat()}  # fmt: skip
        async with self.http.post(f"{self.url}/transfers", json=row) as answer:
            assert answer.status == 201


@asynccontextmanager
async def bench(**options: Any) -> AsyncIterator[Bench]:
    core = PaymentCore(LoopClock(EPOCH), [SECRET, OLD], **options)
    url = await core.listen()
    async with aiohttp.ClientSession() as http:
        try:
            yield Bench(core, http, url)
        finally:
            await core.close()


async def test_decisions_are_believed_repeated_and_ordered() -> None:
    async with bench() as b:
        await b.register()
        assert await b.deliver(1, "hold") == 200
        assert await b.deliver(1, "hold") == 200
        assert await b.deliver(3, "refuse", secret=OLD) == 200
        assert await b.deliver(2, "allow") == 200
        assert b.core.effective("t_1") == "refuse"
        summary = b.core.summary()
        assert summary["decisions"] == {"allow": 0, "hold": 0, "refuse": 1}
        assert (summary["delivered_decisions"], summary["doubled_deliveries"], summary["out_of_order"]) == (3, 1, 1)
        assert (summary["registered"], summary["undecided"], summary["late_decisions"]) == (1, 0, 0)


async def test_a_decision_that_comes_after_the_money_has_left_is_refused() -> None:
    async with bench() as b:
        assert await b.deliver(2, "allow") == 200
        b.core.pay_out("t_1")
        assert await b.deliver(3, "hold") == 410
        assert await b.deliver(2, "allow") == 200, "it knows that one"
        assert b.core.effective("t_1") == "allow"
        [late] = b.core.ledger.of("too_late")
        assert (late["sequence"], late["decision"]) == (3, "hold")


async def test_a_message_without_a_valid_signature_changes_nothing() -> None:
    async with bench() as b:
        stranger = "whsec_" + base64.b64encode(b"x" * 24).decode()
        assert await b.deliver(1, "allow", secret=stranger) == 401
        assert await b.deliver(1, "allow", age=301) == 401
        assert await b.deliver(1, "allow", age=-301) == 401
        for headers in ({}, {"webhook-id": "a", "webhook-timestamp": "x", "webhook-signature": "v1,a"}):
            async with b.http.post(f"{b.url}/decisions", data="{}", headers=headers) as answer:
                assert answer.status == 401
        assert b.core.effective("t_1") == ""
        assert b.core.summary()["bad_signature"] == 5


async def test_one_message_id_with_another_body_is_a_conflict() -> None:
    async with bench() as b:
        assert await b.deliver(1, "hold", message="m") == 200
        assert await b.deliver(2, "allow", message="m") == 409
        assert b.core.effective("t_1") == "hold"


async def test_only_the_first_decision_can_be_late_and_silence_is_counted() -> None:
    async with bench() as b:
        for transfer in ("t_1", "t_2", "t_3"):
            await b.register(transfer, seconds=60)
        await b.deliver(1, "hold", transfer="t_1")
        await asyncio.sleep(61)
        await b.deliver(2, "allow", transfer="t_1")
        await b.deliver(1, "hold", transfer="t_2")
        await b.deliver(1, "hold", transfer="t_9")
        summary = b.core.summary()
        assert (summary["late_decisions"], summary["undecided"], summary["unregistered"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [("500", ""), ("429", ""), ("drop", ""), ("500_after_accept", "hold"), ("drop_after_accept", "hold")],
)
async def test_a_delivery_fails_as_scripted(fault: str, accepted: str) -> None:
    async with bench() as b:
        async with b.http.post(f"{b.url}/_sim/faults", json={"next": [fault]}) as answer:
            assert answer.status == 204
        try:
            assert await b.deliver(1, "hold") == int(fault[:3])
        except aiohttp.ServerDisconnectedError:
            assert fault.startswith("drop")
        assert b.core.effective("t_1") == accepted
        assert await b.deliver(1, "hold") == 200
        assert b.core.summary()["doubled_deliveries"] == bool(accepted)


def test_a_restarted_core_knows_what_it_knew(tmp_path: Path) -> None:
    file = tmp_path / "core.jsonl"

    async def before() -> dict[str, Any]:
        async with bench(ledger_file=file) as b:
            await b.register()
            await b.deliver(1, "hold")
            await b.deliver(2, "allow")
            return b.core.summary()

    async def after(known: dict[str, Any]) -> None:
        async with bench(ledger_file=file) as b:
            assert b.core.summary() == known
            assert await b.deliver(1, "hold") == 200
            assert b.core.effective("t_1") == "allow"
            assert b.core.summary()["doubled_deliveries"] == 1

    run(after(run(before())))
