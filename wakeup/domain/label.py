"""Labels: what a transfer later turned out to be."""

from __future__ import annotations

from enum import StrEnum


class Truth(StrEnum):
    """Reported by the bank or by a supervisor, never concluded from a conversation."""

    SCAM = "scam"
    GENUINE = "genuine"
