"""Flagged transfers for the stories, and the people who are rung about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.kill.house import House
from wakeup.simulator.callee import Population
from wakeup.simulator.line import Line, Person, Verdict
from wakeup.simulator.traffic import magic

NOT_ME = magic("not_me")
"""This callee says at the third key that the payment is not theirs: a decision at once."""
NO_ANSWER = magic("no_answer")


def event(house: House, n: int, *, suffix: str = NOT_ME, minutes: float = 15, tier: str = "critical") -> dict[str, Any]:
    now = house.clock.now()
    return {
        "event_id": f"evt_{n}",
        "occurred_at": iso(now),
        "customer": {
            "id": f"u_{n}", "phone": phone(n, suffix), "name": "陈美玲", "locale": "zh-CN",
            "timezone": "Asia/Singapore", "birth_year": 1957,
        },
        "transfer": {
            "id": f"t_{n}", "amount": "5200.00", "currency": "SGD",
            "payee": {"name": "王大强", "account": f"SG-88-{n}", "bank": "Harbour Bank"},
            "created_at": iso(now), "decide_by": iso(now + timedelta(minutes=minutes)),
            "hold_max": iso(now + timedelta(days=2)),
        },
        "risk": {"tier": tier, "score": 0.97, "typology": "generic", "signals": ["new_payee"], "model": "m1"},
    }  # fmt: skip


def phone(n: int, suffix: str = NOT_ME) -> str:
    return f"+659123{n:02d}{suffix}"


def iso(at: Any) -> str:
    return str(at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


class Patient:
    """Somebody who picks up only once the service is there again: an absence is not lost in a ringing."""

    def __init__(self, inner: Person, house: House) -> None:
        self._inner, self._house = inner, house

    def network(self) -> str:
        return self._inner.network()

    def detected(self, mode: str) -> Verdict:
        return self._inner.detected(mode)

    async def at_phone(self, line: Line) -> None:
        await self._house.up.wait()
        await self._inner.at_phone(line)


class Neighbours(Population):
    """The simulator's people; those in `patient` wait for the service, those in `engaged` are busy the first time."""

    house: House

    def __init__(self) -> None:
        super().__init__(7)
        self.patient: set[str] = set()

    def person(self, number: str, earlier_calls: int) -> Person:
        inner = super().person(number, earlier_calls)
        return Patient(inner, self.house) if number in self.patient else inner


def house_of(folder: Any, speed: float, **more: Any) -> House:
    people = Neighbours()
    people.house = House(folder, speed=speed, people=people, **more)
    return people.house
