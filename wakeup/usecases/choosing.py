"""Choose by hash: the result looks random and is always the same for the same text.

Used for the wording, for the number we call from, and for jitter.
"""

from __future__ import annotations

from hashlib import sha256


def pick(text: str, count: int) -> int:
    """Return a number from 0 to count - 1, evenly spread over texts."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % count
