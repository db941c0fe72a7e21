"""Cases with a fixed story in the generated traffic, so that each demo shows them.

A story uses random numbers of its own, so that all other cases stay the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from wakeup.simulator.new_numbers import Numbers, iso

Event = dict[str, Any]

FAMILY_EVERY, FAMILY_FIRST = 12, 4
FAMILY_WINDOW = timedelta(minutes=20)
HONEST_EVERY, HONEST_FIRST = 12, 9
HONEST_WINDOW = timedelta(minutes=25)
PERSON_EVERY, PERSON_FIRST, PERSON_TOGETHER = 24, 1, 3
PERSON_WINDOW = timedelta(minutes=19)
ASKS_FOR_A_PERSON = "58"
HONEST = "51"
LATE_AND_SURE, WORRIED_AT_ONCE = "82", "95"
"""Suffixes: a customer who is reached late and says that all is well; a guardian who is worried and says so soon."""


class Story(Protocol):
    def of(self, event: Event, at: datetime) -> Event:
        """Return the event, changed to fit the story. `at`: when the case begins."""


def story_of(numbers: Numbers, seed: int, index: int) -> Story | None:
    """Return the story of the case with this number, or None for an ordinary case."""
    if index % FAMILY_EVERY == FAMILY_FIRST:
        aside = Numbers(random.Random(f"family-{seed}-{index}"), numbers.used)  # noqa: S311
        return _Family(
            aside.phone("SG", LATE_AND_SURE), aside.phone("SG", WORRIED_AT_ONCE), aside.dice.randint(300, 900)
        )
    if 0 <= index % PERSON_EVERY - PERSON_FIRST < PERSON_TOGETHER:
        aside = Numbers(random.Random(f"person-{seed}-{index}"), numbers.used)  # noqa: S311
        return _AskingForPerson(aside.phone("SG", ASKS_FOR_A_PERSON))
    if index % HONEST_EVERY == HONEST_FIRST:
        aside = Numbers(random.Random(f"honest-{seed}-{index}"), numbers.used)  # noqa: S311
        return _Honest(aside.phone("SG", HONEST), aside.dice.randint(60, 400))
    return None


@dataclass(frozen=True, slots=True)
class _Family:
    """Two calls are missed, the daughter is asked meanwhile and is worried, and the customer, reached at last, says
    that all is well. Without her the payment would go out."""

    phone: str
    guardians: str
    amount: int

    def of(self, event: Event, _at: datetime) -> Event:
        at, customer = datetime.fromisoformat(event["occurred_at"]), event["customer"]
        agreed, locale = iso(at - timedelta(days=60)), customer["locale"]
        guardian = {
            "id": f"g_{customer['id'].removeprefix('u_')}", "name": "Emily Grant" if locale == "en" else "林晓雯",
            "phone": self.guardians, "locale": locale, "relation": "daughter", "consented_at": agreed,
            "consent_channel": "app", "confirmed_at": agreed, "confirmed_channel": "app",
        }  # fmt: skip
        small = {"amount": f"{self.amount}.00", "decide_by": iso(at + FAMILY_WINDOW)}
        return event | {
            "customer": customer | {"phone": self.phone, "alternate_phones": [], "birth_year": 1971},
            "transfer": event["transfer"] | small,
            "risk": event["risk"] | {"tier": "medium", "score": 0.7, "typology": "fake_invest"},
            "guardians": [guardian],
        }


@dataclass(frozen=True, slots=True)
class _AskingForPerson:
    """Three customers ask for a human at nearly the same time, and there are two agents. The third is called again at
    the time that was announced. Their windows are long enough for that."""

    phone: str

    def of(self, event: Event, at: datetime) -> Event:
        customer = event["customer"] | {"phone": self.phone, "alternate_phones": [], "timezone": "Asia/Singapore"}
        late = {"decide_by": iso(at + PERSON_WINDOW), "hold_max": iso(at + timedelta(days=2))}
        risk = event["risk"] | {"tier": "high", "score": 0.85, "typology": "bank_safe"}
        return event | {"customer": customer, "transfer": event["transfer"] | late, "risk": risk, "guardians": []}


@dataclass(frozen=True, slots=True)
class _Honest:
    """An ordinary purchase was flagged. The customer picks up at once and says that it is their own, and the payment
    is released within its window, a quarter of an hour later."""

    phone: str
    amount: int

    def of(self, event: Event, at: datetime) -> Event:
        customer = event["customer"] | {"phone": self.phone, "alternate_phones": [], "timezone": "Asia/Singapore"}
        modest = {"amount": f"{self.amount}.00", "decide_by": iso(at + HONEST_WINDOW)}
        risk = event["risk"] | {"tier": "medium", "score": 0.62, "typology": "purchase", "signals": ["new_payee"]}
        return event | {
            "customer": customer | {"birth_year": 1984},
            "transfer": event["transfer"] | modest,
            "risk": risk,
            "guardians": [],
        }
