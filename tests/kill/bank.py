"""Flagged transfers for the kill tests, and the customers who are called about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.kill.service_process import ServiceProcess
from wakeup.simulator.traffic import magic

NOT_ME = magic("not_me")
"""This callee says with the third key that the payment is not theirs, which is decided at once."""
NOT_ME_KEYS = ("1", "1", "2")
"""Keys: it is me; the code is right; this payment is not mine."""
NO_ANSWER = magic("no_answer")


def event(
    service: ServiceProcess, n: int, *, suffix: str = NOT_ME, minutes: float = 15, tier: str = "critical"
) -> dict[str, Any]:
    now = service.clock.now()
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
