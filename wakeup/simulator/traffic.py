"""Generate a day of a bank's flagged transfers: complete risk events, the same for the same seed.

All persons are invented. The numbers are valid but invented, and their last two digits say who answers.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from wakeup.simulator.new_numbers import Numbers, iso
from wakeup.simulator.profiles import GUARDIANS, MAGIC, MIX
from wakeup.simulator.stories import story_of

Event = dict[str, Any]

TYPOLOGIES: dict[str, tuple[float, float, float]] = {
    "task_rebate": (0.22, 3000, 1.0),
    "fake_invest": (0.14, 22000, 1.1),
    "pig_butcher": (0.06, 26000, 1.1),
    "romance": (0.05, 7000, 1.0),
    "police_imp": (0.08, 30000, 1.0),
    "cs_refund": (0.10, 5000, 0.9),
    "bank_safe": (0.07, 12000, 1.0),
    "loan_fee": (0.05, 2500, 0.9),
    "credit_repair": (0.04, 9000, 0.9),
    "boss_acq": (0.04, 15000, 1.0),
    "game_trade": (0.03, 1500, 0.8),
    "debt_proxy": (0.02, 6000, 0.8),
    "purchase": (0.04, 900, 0.9),
    "ticket": (0.01, 1200, 0.7),
    "invoice": (0.02, 18000, 0.9),
    "teacher": (0.005, 800, 0.6),
    "recovery": (0.01, 3000, 0.8),
    "extortion": (0.01, 4000, 0.8),
    "generic": (0.005, 4000, 1.0),
}
"""Code → share, median amount and sigma of its log-normal: rough estimates for a demo, not statistics."""

SIGNALS = ("new_payee", "screen_share", "remote_control", "on_call", "drains_balance", "new_device", "many_attempts")
TIERS = {"critical": 0.25, "high": 0.4, "medium": 0.35}
ZH_NAMES = ("陈美玲", "林志明", "黄淑芬", "张伟强", "李秀英", "王建国", "吴佳慧", "刘国华", "郑雅文", "何俊杰")
EN_NAMES = ("Margaret Hill", "Peter Shaw", "Alice Brown", "George Wood", "Helen Clarke", "David Price", "Ruth Cole")
PAYEES = ("Golden Harbour Trading", "鑫源科技", "H. K. Lim", "CloudPay Services", "李先生", "Northgate Holdings")


def generate(
    cases: int,
    seed: int,
    start: datetime,
    over_seconds: float,
    *,
    suffixes: tuple[str, ...] = (),
    repeats: float = 0.03,
    stories: bool = False,
    guarded: tuple[float, float] = (0.3, 0.0),
) -> Iterator[Event]:
    """Yield the risk events of `cases` customers in time order. Some customers have two or three transfers, and
    some events come twice.

    `suffixes` limits who answers (two digits each, in turn); `repeats` is the share of events sent again unchanged.
    With `stories` some cases become one of the stories, and all others stay as they were. `guarded` is the share of
    customers who have a guardian, and of those who have two.
    """
    dice = random.Random(f"traffic-{seed}")  # noqa: S311
    numbers = Numbers(dice, set())
    moments = sorted(dice.uniform(0, over_seconds) for _ in range(cases))
    waiting: list[tuple[float, int, Event]] = []
    count = 0
    for index, moment in enumerate(moments):
        suffix = suffixes[index % len(suffixes)] if suffixes else _suffix(dice)
        story = story_of(numbers, seed, index) if stories else None
        for plain in _case(numbers, index, seed, suffix, start + timedelta(seconds=moment), guarded):
            event = plain if story is None else story.of(plain, start + timedelta(seconds=moment))
            count += 1
            at = (datetime.fromisoformat(event["occurred_at"]) - start).total_seconds()
            heapq.heappush(waiting, (at, count, event))
            if dice.random() < repeats:
                heapq.heappush(waiting, (at + dice.uniform(1, 20), count + cases * 8, event))
        horizon = moments[index + 1] if index + 1 < len(moments) else float("inf")
        while waiting and waiting[0][0] <= horizon:
            yield heapq.heappop(waiting)[2]


def _suffix(dice: random.Random) -> str:
    return dice.choices(list(MIX), weights=list(MIX.values()))[0]


def _case(
    numbers: Numbers, index: int, seed: int, suffix: str, at: datetime, guarded: tuple[float, float]
) -> Iterator[Event]:
    dice = numbers.dice
    english = dice.random() < 0.35
    customer = _customer(numbers, f"u_{seed}_{index:06d}", suffix, english=english)
    typology = dice.choices(list(TYPOLOGIES), weights=[share for share, _, _ in TYPOLOGIES.values()])[0]
    tier = dice.choices(list(TIERS), weights=list(TIERS.values()))[0]
    some, second = guarded
    guardians = [_guardian(numbers, f"g_{seed}_{index:06d}", at, english=english)] if dice.random() < some else []
    aside = Numbers(random.Random(f"second-{seed}-{index}"), numbers.used)  # noqa: S311
    if guardians and aside.dice.random() < second:
        guardians.append(_guardian(aside, f"h_{seed}_{index:06d}", at, english=english))
    transfers = 1 + (dice.random() < 0.15) + (dice.random() < 0.03)
    for number in range(transfers):
        begun = at + timedelta(seconds=number * dice.uniform(5, 60))
        yield {
            "event_id": f"evt_{seed}_{index:06d}_{number}",
            "occurred_at": iso(begun),
            "customer": customer,
            "transfer": _transfer(numbers, f"t_{seed}_{index:06d}_{number}", typology, begun, english=english),
            "risk": {
                "tier": tier,
                "score": round(dice.uniform(*{"critical": (0.92, 0.99), "high": (0.8, 0.92)}.get(tier, (0.6, 0.8))), 2),
                "typology": typology,
                "signals": dice.sample(SIGNALS, dice.randint(1, 3)),
                "model": "sim-1",
            },
            "guardians": guardians,
        }


def _customer(numbers: Numbers, name: str, suffix: str, *, english: bool) -> Event:
    dice = numbers.dice
    country = "GB" if english and dice.random() < 0.7 else "SG"
    alternates = [numbers.phone(country, _suffix(dice))] if dice.random() < 0.1 else []
    return {
        "id": name,
        "phone": numbers.phone(country, suffix),
        "alternate_phones": alternates,
        "name": dice.choice(EN_NAMES if english else ZH_NAMES),
        "locale": "en" if english else "zh-CN",
        "timezone": "Europe/London" if country == "GB" else "Asia/Singapore",
        "birth_year": dice.randint(1938, 2004),
    }


def _guardian(numbers: Numbers, name: str, at: datetime, *, english: bool) -> Event:
    dice = numbers.dice
    suffix = random.Random(f"guardian-{name}").choices(list(GUARDIANS), weights=list(GUARDIANS.values()))[0]  # noqa: S311
    guardian = {
        "id": name,
        "name": dice.choice(EN_NAMES if english else ZH_NAMES),
        "phone": numbers.phone("SG", suffix),
        "locale": "en" if english else "zh-CN",
        "relation": dice.choice(("daughter", "son", "spouse", "sibling")),
    }
    agreed = at - timedelta(days=dice.randint(30, 900))
    # The bank asked the guardian itself, a day after the customer named them, so no invitation is needed.
    confirmed = agreed + timedelta(days=1)
    return guardian | {
        "consented_at": iso(agreed), "consent_channel": "app",
        "confirmed_at": iso(confirmed), "confirmed_channel": "app",
    }  # fmt: skip


def _transfer(numbers: Numbers, name: str, typology: str, at: datetime, *, english: bool) -> Event:
    dice = numbers.dice
    _, median, sigma = TYPOLOGIES[typology]
    amount = Decimal(min(median * dice.lognormvariate(0, sigma), 2_000_000)).quantize(Decimal("0.01"))
    return {
        "id": name,
        "amount": str(max(amount, Decimal("20.00"))),
        "currency": "GBP" if english else "SGD",
        "payee": {
            "name": dice.choice(PAYEES),
            "account": "".join(dice.choices("0123456789", k=10)),
            "bank": dice.choice(("OCBC", "UOB", "DBS", "HSBC", "Monzo")),
            "phone": None,
        },
        "created_at": iso(at - timedelta(seconds=dice.uniform(0.2, 5))),
        "decide_by": iso(at + timedelta(minutes=dice.uniform(3, 40))),
        "hold_max": iso(at + timedelta(days=dice.uniform(2, 4))),
    }


def magic(name: str) -> str:
    """Return the suffix of a profile by its name, for tests that want a certain callee."""
    return next(suffix for suffix, profile in MAGIC.items() if profile.name == name)
