"""Print the tables of docs/deciding.md by asking `decide`; `python -m tests.house.deciding_page` rewrites the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.unit.builders import HOUR, MINUTE, T0, a_transfer, an_evidence
from wakeup.domain.decision import Effect, Ruling, Verdict, decide, effects_of
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.policy import COOLING_FLOOR, Policy
from wakeup.domain.transfer import Tier, TransferState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deciding.md"
POLICY = Policy()
TAPPED: dict[str, Any] = {"confirmed_in_app_at": T0 + 2 * MINUTE}
COOLED = T0 + 2 * MINUTE + max(POLICY.release.cooling, COOLING_FLOOR)


def _asked(
    tier: Tier,
    *evidence: Evidence,
    now: datetime = COOLED,
    over_limits: bool = False,
    in_talk: bool = False,
    **changes: Any,
) -> Verdict:
    held = a_transfer(tier=tier, **{"state": TransferState.HELD, **changes})
    return decide(held, evidence, POLICY, now, over_limits=over_limits, in_talk=in_talk)


YES = an_evidence()
RELEASES: dict[str, Callable[[Tier], Verdict]] = {
    "as said, never confirmed in the app": lambda tier: _asked(tier, YES),
    "confirmed in the app after the flag, still cooling": lambda tier: _asked(tier, YES, now=T0 + 3 * MINUTE, **TAPPED),
    "confirmed in the app, and the cooling is over": lambda tier: _asked(tier, YES, **TAPPED),
    "the same, while a talk with an agent is not recorded": lambda tier: _asked(tier, YES, in_talk=True, **TAPPED),
    "the same, confirmed before the flag": lambda tier: _asked(tier, YES, confirmed_in_app_at=T0 - MINUTE),
    "the same, above the limit for one transfer": lambda tier: _asked(
        tier, YES, amount=POLICY.release.max_amount + 1, **TAPPED
    ),
    "the same, in a currency without a rate": lambda tier: _asked(tier, YES, currency="XXX", **TAPPED),
    "the same, above the sum of a day or a week": lambda tier: _asked(tier, YES, over_limits=True, **TAPPED),
    "the same, but the transfer is guarded": lambda tier: _asked(tier, YES, guarded=True, **TAPPED),
    "the same, but a third party answered": lambda tier: _asked(
        tier, replace(YES, contact=Contact.THIRD_PARTY), **TAPPED
    ),
    "the same, but no live person is proved": lambda tier: _asked(tier, replace(YES, live_person=False), **TAPPED),
    "the same, but about another transfer": lambda tier: _asked(
        tier, replace(YES, named=(TransferId("t_2"),)), **TAPPED
    ),
    "the same, but said after the settlement": lambda tier: _asked(
        tier, replace(YES, at=T0 + 40 * MINUTE), now=T0 + 2 * HOUR, **TAPPED
    ),
    "the same, but an agent's word": lambda tier: _asked(tier, replace(YES, by="ann"), **TAPPED),
    "the same, and a guardian is worried": lambda tier: _asked(
        tier, YES, an_evidence(Outcome.GUARDIAN_WORRIED), **TAPPED
    ),
    "nobody was reached": _asked,
    "any, held until `hold_max`": lambda tier: _asked(tier, YES, now=T0 + 48 * HOUR, **TAPPED),
}
"""What is known of a transfer whose customer says that all is well, and the verdict at each tier."""


def outcomes() -> str:
    """Return the effects of each outcome, strongest outcome first."""
    rows = (
        (f"`{one}`", "yes" if one in PROTECTIVE else "", *(_words(effects_of(one, tier)) for tier in Tier))
        for one in Outcome
    )
    return _table(("outcome", "protective", *Tier), rows)


def releases() -> str:
    """Return the verdict about a customer who says that all is well, by what else is known."""
    rows = ((what, *(_ruled(ask(tier)) for tier in Tier)) for what, ask in RELEASES.items())
    return _table(("the customer says that all is well (`consistent`)", *Tier), rows)


TABLES = {"outcomes": outcomes, "releases": releases}


def _ruled(verdict: Verdict) -> str:
    word = f"**{verdict.ruling}**" if verdict.ruling is Ruling.ALLOW else str(verdict.ruling)
    return f"{word} `{verdict.reason}`"


def _words(effects: Iterable[Effect]) -> str:
    return ", ".join(f"`{one}`" for one in Effect if one in effects) or "–"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = [list(head), *map(list, rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|---" * len(cells[0]) + "|", *lines[1:], ""])


def renewed(page: str) -> str:
    """Return the page with each table as `decide` gives it now. Raises ValueError without the marks of a table."""
    for name, table in TABLES.items():
        begin, end = f"<!-- table: {name} -->\n", f"<!-- end: {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page needs the marks of {name} once")
        before, _, rest = page.partition(begin)
        page = before + begin + table() + end + rest.partition(end)[2]
    return page


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
