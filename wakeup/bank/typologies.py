"""The typologies of the question bank, by code: what `risk.typology` may say, besides the ids of scripts added since.
It knows no question."""

from __future__ import annotations

from collections.abc import Collection

GENERIC = "generic"
TYPOLOGIES = frozenset(
    {
        "task_rebate",
        "fake_invest",
        "pig_butcher",
        "romance",
        "police_imp",
        "cs_refund",
        "bank_safe",
        "loan_fee",
        "credit_repair",
        "boss_acq",
        "game_trade",
        "debt_proxy",
        "purchase",
        "ticket",
        "invoice",
        "teacher",
        "recovery",
        "extortion",
        GENERIC,
    }
)


def known_or_generic(code: str, known: Collection[str]) -> str:
    return code if code in known else GENERIC
