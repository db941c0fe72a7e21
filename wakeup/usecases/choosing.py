"""A choice that looks random and is always the same for the same text: wording, our number, jitter."""

from __future__ import annotations

from hashlib import sha256


def pick(text: str, count: int) -> int:
    """A number from 0 to count - 1, evenly spread over texts."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % count
