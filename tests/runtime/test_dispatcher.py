"""Between the committed intent and the POST: nothing goes out that waited too long."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

from wakeup.domain.ids import AttemptId
from wakeup.runtime.clock import monotonic
from wakeup.runtime.loops.dispatcher import Dialling, Dispatcher
from wakeup.runtime.loops.loop import Engine
from wakeup.usecases.claim_attempts import Account
from wakeup.usecases.ports import CallOrder, Placement, Proof, Telephony
from wakeup.usecases.write_intent import Intent

ORDER = CallOrder(
    attempt_id=AttemptId("att_1"), to="+6591234567", from_="+6531580001", ring_timeout_s=30, time_limit_s=600
)
DIALLING = Dialling(
    account=Account(name="AC", calls_per_second=1, max_concurrent=1), from_numbers=("+6531580001",), node="n"
)


class Phone:
    """Takes every order."""

    def __init__(self) -> None:
        self.posted: list[str] = []

    async def place(self, order: CallOrder) -> Placement:
        self.posted.append(order.attempt_id)
        return Placement(proof=Proof.ACCEPTED, call_sid="CA1234567")


def posted_after(seconds: float) -> tuple[Placement, list[str]]:
    """What becomes of an intent whose commit took so long."""
    phone = Phone()
    dispatcher = Dispatcher(cast("Engine", None), cast("Telephony", phone), DIALLING)
    intent = Intent(order=ORDER, valid_for=timedelta(seconds=5))
    return asyncio.run(dispatcher._place(intent, monotonic() - seconds)), phone.posted


def test_an_intent_that_took_too_long_is_not_posted() -> None:
    placement, posted = posted_after(5.1)
    assert (placement.proof, posted) == (Proof.NOT_SENT, []), "it may be tried again: certainly nothing was sent"


def test_a_fresh_intent_is_posted_once() -> None:
    placement, posted = posted_after(0)
    assert (placement.proof, posted) == (Proof.ACCEPTED, ["att_1"])
