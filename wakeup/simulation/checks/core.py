"""Checks on what the payment core was told: there is one effective decision at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wakeup.simulator.core import PaymentCore


def core_faults(core: PaymentCore) -> Iterator[str]:
    """Each decision and message was taken once, each step of a transfer was decided once, and nothing was malformed."""
    wrong = {what: core.counts[what] for what in ("conflict", "malformed", "bad_signature") if core.counts[what]}
    if wrong:
        yield f"the payment core counts {wrong}"
    taken = core.ledger.of("accepted", "out_of_order")
    for what in ("decision_id", "message"):
        yield from (f"{what} {one} was taken {n} times" for one, n in Counter(r[what] for r in taken).items() if n > 1)
    steps = Counter((r["transfer"], r["sequence"]) for r in taken)
    yield from (f"{name}: decision {n} was taken {times} times" for (name, n), times in steps.items() if times > 1)
