"""Examples for `/openapi.json` and the tests. All persons are invented."""

from __future__ import annotations

from typing import Any

RISK_EVENT_EXAMPLE: dict[str, Any] = {
    "event_id": "evt_20261122_0001",
    "occurred_at": "2026-11-22T09:30:00Z",
    "customer": {
        "id": "u_1042",
        "phone": "+6591234567",
        "alternate_phones": [],
        "name": "陈美玲",
        "locale": "zh-CN",
        "timezone": "Asia/Singapore",
        "birth_year": 1957,
    },
    "transfer": {
        "id": "t_90017",
        "amount": "52000.00",
        "currency": "SGD",
        "payee": {"name": "Sunrise Wealth", "account": "001-234567-8", "bank": "Example Bank", "phone": None},
        "created_at": "2026-11-22T09:29:58Z",
        "decide_by": "2026-11-22T10:00:00Z",
        "hold_max": "2026-11-24T09:30:00Z",
    },
    "risk": {
        "tier": "critical",
        "score": 0.97,
        "typology": "fake_invest",
        "signals": ["screen_share", "new_payee"],
        "model": "example-1",
    },
    "guardians": [
        {
            "id": "g_7",
            "name": "陈晓",
            "phone": "+6581234567",
            "locale": "en",
            "relation": "daughter",
            "consented_at": "2026-03-01T08:00:00Z",
        }
    ],
}
