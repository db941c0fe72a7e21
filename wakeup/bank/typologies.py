"""The typology codes of the question bank. `risk.typology` may also be the id of a script added since."""

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
