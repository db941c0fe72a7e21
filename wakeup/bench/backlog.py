"""Measure what a claim costs with a thousand due attempts and with a million: the work inside its transaction.

In addition to the due attempts, a tenth as many are not due yet; they would go first if they were.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from wakeup.bench.harness import EPOCH, OURS, dependencies_for, open_stand
from wakeup.domain.attempt import Attempt
from wakeup.domain.case import Case
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, PartyId
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import Tier
from wakeup.runtime.clock import monotonic
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.plan_lines import make_plan, publish_plan
from wakeup.usecases.dispatch.start_calls import start_due
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.store import Store
from wakeup.usecases.unit import Unit

ACCOUNT = AccountLimits(name="AC", calls_per_second=10_000.0, max_concurrent=20_000)
"""So fast that several calls may start at one moment: claims are measured here, not pacing."""
DIALLING = Dialling(account=ACCOUNT, from_numbers=OURS, node="bench")
A_CHUNK = 5_000
A_CLAIM = 4
NOT_DUE = 10
"""One more attempt for every `NOT_DUE` due ones is not due yet."""
WARM_UP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Medians in milliseconds, without the commit. `plan_ms_1m` is one plan over all waiting attempts."""

    claim_ms_1k: float
    claim_ms_1m: float
    ratio: float
    plan_ms_1m: float
    attempts: int


async def bench_backlog(folder: Path, policy: Policy, attempts: int, rounds: int) -> Backlog:
    """Measure both queues in turn, so that a disturbance of the machine affects both."""
    policy = replace(policy, overload=replace(policy.overload, plan_stale=timedelta(days=1)))
    stores = {size: await filled(folder / str(size), policy, size) for size in (1_000, attempts)}
    took: dict[int, list[float]] = {size: [] for size in stores}
    try:
        planning = [await plan_once(store) for store in stores.values()][-1]
        for n in range(WARM_UP + rounds):
            for size, store in stores.items():
                took[size].append(await store.run(_claim, EPOCH + timedelta(seconds=n + 1)))
    finally:
        for store in stores.values():
            await store.close()
    small, large = (statistics.median(times[WARM_UP:]) * 1000 for times in took.values())
    return Backlog(
        claim_ms_1k=round(small, 3),
        claim_ms_1m=round(large, 3),
        ratio=round(large / small, 2),
        plan_ms_1m=round(planning * 1000, 1),
        attempts=attempts,
    )


async def filled(folder: Path, policy: Policy, size: int) -> Store[SqlUnit]:
    store = open_stand(folder, dependencies_for(policy, size))
    dice = Random(size)  # noqa: S311 - a bench keeps no secret
    everybody = size + size // NOT_DUE
    for first in range(0, everybody, A_CHUNK):
        await store.run(_fill, dice, range(first, min(everybody, first + A_CHUNK)), size)
    return store


def _fill(unit: Unit, dice: Random, numbers: range, size: int) -> None:
    """Add cases with one attempt each, and nothing else that a claim reads. Those numbered from `size` on are not
    due."""
    for number in numbers:
        due = number < size
        due_in = timedelta(seconds=-600 * dice.random() if due else 300)
        starts_in = timedelta(seconds=(600 + 7200 * dice.random()) if due else 301)
        # Ids as in production, ordered by time, a case before what belongs to it.
        case_id = CaseId(f"case_{number:011x}")
        unit.cases.add(
            Case(id=case_id, customer_id=CustomerId(f"u_{number}"), tier=Tier.MEDIUM, locale="zh-CN",
                 timezone="Asia/Singapore", opened_at=EPOCH)
        )  # fmt: skip
        unit.attempts.add(
            Attempt(
                id=AttemptId(f"att_{number:011x}"), case_id=case_id, party_id=PartyId(f"pty_{number}"),
                number_index=f"n_{number:032x}", n=1, due_at=EPOCH + due_in, latest_start=EPOCH + starts_in,
                value=int(math.exp(dice.gauss(8.0, 1.3)) * 100), fair_class=dice.randrange(6),
            ),
            EPOCH,
        )  # fmt: skip


async def plan_once(store: Store[SqlUnit]) -> float:
    began = monotonic()
    plan = await store.read(make_plan, ACCOUNT, "bench", EPOCH)
    took = monotonic() - began
    if plan is not None:
        await store.run(publish_plan, plan, EPOCH)
    return took


def _claim(unit: Unit, now: datetime) -> float:
    began = monotonic()
    claims = start_due(unit, DIALLING, A_CLAIM, now).claims
    took = monotonic() - began
    if len(claims) != A_CLAIM:
        raise ValueError("a due attempt was not claimed")
    return took
