"""`risk.signals`: codes of the bank's own. One of them has an effect, so a near miss of it must not go unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from wakeup.bank.faults import Fault
from wakeup.usecases.inputs import FAMILY_RISK

_ALIKE = 0.8
"""Similarity from which another code is taken for a misspelling."""


def misspelt(signals: Sequence[str]) -> list[Fault]:
    """Return a warning for each signal that was probably meant to be the one that has an effect."""
    return [
        Fault(f"risk.signals[{n}]", f"has no effect; if the family may be the danger, send {FAMILY_RISK}")
        for n, signal in enumerate(signals)
        if _looks_like_family_risk(signal)
    ]


@lru_cache(maxsize=4096)
def _looks_like_family_risk(code: str) -> bool:
    if code == FAMILY_RISK:
        return False
    # Also in another order, such as risk_family, or as another word of it, such as family or family_member_risk.
    return code.startswith("family") or code.endswith("family") or _similarity(code) >= _ALIKE


def _similarity(code: str) -> float:
    return SequenceMatcher(None, code, FAMILY_RISK).ratio()
