"""The typologies of the question bank, by code: what `risk.typology` may say. It knows no question."""

from __future__ import annotations

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


def known_or_generic(code: str) -> str:
    return code if code in TYPOLOGIES else GENERIC
