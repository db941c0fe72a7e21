"""What guardians add: in how many cases they are asked, how many of them answer, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianNumbers:
    """Figures with numerator and denominator; a share is None if there are no cases to count."""

    cases: int
    cases_asked: int
    """Cases in which a guardian was asked by SMS."""
    asked: int
    """Guardians whose prompt was sent."""
    answered: int
    median_minutes: float | None
    """Minutes from the prompt to the newest answer, over the guardians who answered."""

    @property
    def share(self) -> float | None:
        return self.cases_asked / self.cases if self.cases else None

    @property
    def reply_rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None


def read_guardian_numbers(unit: Unit, span: timedelta, now: datetime) -> GuardianNumbers:
    """Return the figures of the cases opened within `span` before now."""
    facts = unit.views.guardian_facts(now - span)
    return GuardianNumbers(
        cases=facts.cases,
        cases_asked=facts.cases_asked,
        asked=facts.asked,
        answered=len(facts.minutes),
        median_minutes=median(facts.minutes) if facts.minutes else None,
    )
