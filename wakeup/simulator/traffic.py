"""Generate a day of a bank's flagged transfers: complete risk events, the same for the same seed.

All persons are invented. The numbers are valid but invented, and their last two digits say who answers.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from wakeup.simulator.profiles import GUARDIANS, MAGIC, MIX

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
"""Code → share, median amount and sigma of its log-normal (fraud_domain §6)."""

PREFIXES = {
    "SG": ("+6581", "+6582", "+6583", "+6587", "+6591", "+6594", "+6596", "+6597", "+6598"),
    "GB": ("+447301", "+447340", "+447400", "+447401", "+447402", "+447403", "+447500", "+447501"),
}
"""Mobile ranges that are fully assigned, so that every number in them is valid."""

FAMILY_EVERY, FAMILY_FIRST = 12, 4
FAMILY_WINDOW = timedelta(minutes=20)
PERSON_EVERY, PERSON_FIRST, PERSON_TOGETHER = 24, 1, 3
PERSON_WINDOW = timedelta(minutes=19)
ASKS_FOR_A_PERSON = "58"
LATE_AND_SURE, WORRIED_AT_ONCE = "82", "95"
"""Suffixes: a customer who is reached late and says that all is well; a guardian who is worried and says so soon."""

SIGNALS = ("new_payee", "screen_share", "remote_control", "on_call", "drains_balance", "new_device", "many_attempts")
TIERS = {"critical": 0.25, "high": 0.4, "medium": 0.35}
ZH_NAMES = ("陈美玲", "林志明", "黄淑芬", "张伟强", "李秀英", "王建国", "吴佳慧", "刘国华", "郑雅文", "何俊杰")
EN_NAMES = ("Margaret Hill", "Peter Shaw", "Alice Brown", "George Wood", "Helen Clarke", "David Price", "Ruth Cole")
PAYEES = ("Golden Harbour Trading", "鑫源科技", "H. K. Lim", "CloudPay Services", "李先生", "Northgate Holdings")


@dataclass(slots=True)
class _World:
    dice: random.Random
    used: set[str]

    def phone(self, country: str, suffix: str) -> str:
        """Return a new valid mobile number ending in these two digits."""
        while True:
            digits = "".join(self.dice.choices("0123456789", k=4))
            number = self.dice.choice(PREFIXES[country]) + digits + suffix
            if number not in self.used:
                self.used.add(number)
                return number

    def suffix(self) -> str:
        return self.dice.choices(list(MIX), weights=list(MIX.values()))[0]


def generate(  # noqa: PLR0913
    cases: int,
    seed: int,
    start: datetime,
    over_seconds: float,
    *,
    suffixes: tuple[str, ...] = (),
    repeats: float = 0.03,
    families: bool = False,
    people: bool = False,
    guarded: tuple[float, float] = (0.3, 0.0),
) -> Iterator[Event]:
    """Yield the risk events of `cases` customers in time order. Some customers have two or three transfers, and
    some events come twice.

    `suffixes` limits who answers (two digits each, in turn); `repeats` is the share of events sent again
    unchanged. With `families` some cases become one story (`_Family`), with `people` others become another
    (`_asking`); the rest stay as they were. `guarded` is the share of customers who have a guardian, and of those
    who have two.
    """
    dice = random.Random(f"traffic-{seed}")  # noqa: S311
    world = _World(dice, set())
    moments = sorted(dice.uniform(0, over_seconds) for _ in range(cases))
    waiting: list[tuple[float, int, Event]] = []
    count = 0
    for index, moment in enumerate(moments):
        suffix = suffixes[index % len(suffixes)] if suffixes else world.suffix()
        family = _Family.drawn(world, seed, index) if families and index % FAMILY_EVERY == FAMILY_FIRST else None
        asking = _asking_number(world, seed, index) if people else ""
        for plain in _case(world, index, seed, suffix, start + timedelta(seconds=moment), guarded):
            event = plain if family is None else family.of(plain)
            event = _asking(event, asking, start + timedelta(seconds=moment)) if asking else event
            count += 1
            at = (datetime.fromisoformat(event["occurred_at"]) - start).total_seconds()
            heapq.heappush(waiting, (at, count, event))
            if dice.random() < repeats:
                heapq.heappush(waiting, (at + dice.uniform(1, 20), count + cases * 8, event))
        horizon = moments[index + 1] if index + 1 < len(moments) else float("inf")
        while waiting and waiting[0][0] <= horizon:
            yield heapq.heappop(waiting)[2]


def _case(
    world: _World, index: int, seed: int, suffix: str, at: datetime, guarded: tuple[float, float]
) -> Iterator[Event]:
    dice = world.dice
    english = dice.random() < 0.35
    customer = _customer(world, f"u_{seed}_{index:06d}", suffix, english=english)
    typology = dice.choices(list(TYPOLOGIES), weights=[share for share, _, _ in TYPOLOGIES.values()])[0]
    tier = dice.choices(list(TIERS), weights=list(TIERS.values()))[0]
    some, second = guarded
    guardians = [_guardian(world, f"g_{seed}_{index:06d}", at, english=english)] if dice.random() < some else []
    aside = _World(random.Random(f"second-{seed}-{index}"), world.used)  # noqa: S311
    if guardians and aside.dice.random() < second:
        guardians.append(_guardian(aside, f"h_{seed}_{index:06d}", at, english=english))
    transfers = 1 + (dice.random() < 0.15) + (dice.random() < 0.03)
    for number in range(transfers):
        begun = at + timedelta(seconds=number * dice.uniform(5, 60))
        yield {
            "event_id": f"evt_{seed}_{index:06d}_{number}",
            "occurred_at": _iso(begun),
            "customer": customer,
            "transfer": _transfer(world, f"t_{seed}_{index:06d}_{number}", typology, begun, english=english),
            "risk": {
                "tier": tier,
                "score": round(dice.uniform(*{"critical": (0.92, 0.99), "high": (0.8, 0.92)}.get(tier, (0.6, 0.8))), 2),
                "typology": typology,
                "signals": dice.sample(SIGNALS, dice.randint(1, 3)),
                "model": "sim-1",
            },
            "guardians": guardians,
        }


def _customer(world: _World, name: str, suffix: str, *, english: bool) -> Event:
    dice = world.dice
    country = "GB" if english and dice.random() < 0.7 else "SG"
    alternates = [world.phone(country, world.suffix())] if dice.random() < 0.1 else []
    return {
        "id": name,
        "phone": world.phone(country, suffix),
        "alternate_phones": alternates,
        "name": dice.choice(EN_NAMES if english else ZH_NAMES),
        "locale": "en" if english else "zh-CN",
        "timezone": "Europe/London" if country == "GB" else "Asia/Singapore",
        "birth_year": dice.randint(1938, 2004),
    }


def _guardian(world: _World, name: str, at: datetime, *, english: bool) -> Event:
    dice = world.dice
    suffix = random.Random(f"guardian-{name}").choices(list(GUARDIANS), weights=list(GUARDIANS.values()))[0]  # noqa: S311
    guardian = {
        "id": name,
        "name": dice.choice(EN_NAMES if english else ZH_NAMES),
        "phone": world.phone("SG", suffix),
        "locale": "en" if english else "zh-CN",
        "relation": dice.choice(("daughter", "son", "spouse", "sibling")),
    }
    agreed = at - timedelta(days=dice.randint(30, 900))
    # The bank asked the guardian itself, a day after the customer named them, so no invitation is needed.
    confirmed = agreed + timedelta(days=1)
    return guardian | {
        "consented_at": _iso(agreed), "consent_channel": "app",
        "confirmed_at": _iso(confirmed), "confirmed_channel": "app",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Family:
    """A story: two calls are missed, the daughter is asked meanwhile and is worried, and the customer, reached at
    last, says that all is well. Without her the payment would go out. It uses random numbers of its own, so the
    other cases stay the same."""

    phone: str
    guardians: str
    amount: int

    @classmethod
    def drawn(cls, world: _World, seed: int, index: int) -> Self:
        dice = random.Random(f"family-{seed}-{index}")  # noqa: S311
        aside = _World(dice, world.used)
        return cls(aside.phone("SG", LATE_AND_SURE), aside.phone("SG", WORRIED_AT_ONCE), dice.randint(300, 900))

    def of(self, event: Event) -> Event:
        at, customer = datetime.fromisoformat(event["occurred_at"]), event["customer"]
        agreed, locale = _iso(at - timedelta(days=60)), customer["locale"]
        guardian = {
            "id": f"g_{customer['id'].removeprefix('u_')}", "name": "Emily Grant" if locale == "en" else "林晓雯",
            "phone": self.guardians, "locale": locale, "relation": "daughter", "consented_at": agreed,
            "consent_channel": "app", "confirmed_at": agreed, "confirmed_channel": "app",
        }  # fmt: skip
        small = {"amount": f"{self.amount}.00", "decide_by": _iso(at + FAMILY_WINDOW)}
        return event | {
            "customer": customer | {"phone": self.phone, "alternate_phones": [], "birth_year": 1971},
            "transfer": event["transfer"] | small,
            "risk": event["risk"] | {"tier": "medium", "score": 0.7, "typology": "fake_invest"},
            "guardians": [guardian],
        }


def _asking_number(world: _World, seed: int, index: int) -> str:
    """Return the number of a customer who asks for a human; empty for all others."""
    if not 0 <= index % PERSON_EVERY - PERSON_FIRST < PERSON_TOGETHER:
        return ""
    return _World(random.Random(f"person-{seed}-{index}"), world.used).phone("SG", ASKS_FOR_A_PERSON)  # noqa: S311


def _asking(event: Event, number: str, at: datetime) -> Event:
    """A story: three customers ask for a human at nearly the same time, and there are two agents. The third is
    called again at the time that was announced. Their windows are long enough for that."""
    customer = event["customer"] | {"phone": number, "alternate_phones": [], "timezone": "Asia/Singapore"}
    late = {"decide_by": _iso(at + PERSON_WINDOW), "hold_max": _iso(at + timedelta(days=2))}
    risk = event["risk"] | {"tier": "high", "score": 0.85, "typology": "bank_safe"}
    return event | {"customer": customer, "transfer": event["transfer"] | late, "risk": risk, "guardians": []}


def _transfer(world: _World, name: str, typology: str, at: datetime, *, english: bool) -> Event:
    dice = world.dice
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
        "created_at": _iso(at - timedelta(seconds=dice.uniform(0.2, 5))),
        "decide_by": _iso(at + timedelta(minutes=dice.uniform(3, 40))),
        "hold_max": _iso(at + timedelta(days=dice.uniform(2, 4))),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def magic(name: str) -> str:
    """Return the suffix of a profile by its name, for tests that want a certain callee."""
    return next(suffix for suffix, profile in MAGIC.items() if profile.name == name)
