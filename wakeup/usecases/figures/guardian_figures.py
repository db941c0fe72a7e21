"""What guardians add, in three figures: how many cases they are asked in, how many answer, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianNumbers:
    """Each share with its numerator and denominator; a figure without cases to rest on is no figure."""

    cases: int
    cases_asked: int
    """In which a guardian was asked by text."""
    asked: int
    """Guardians whose prompt went out."""
    answered: int
    median_minutes: float | None
    """From asking to the newest answer, over those who answered."""

    @property
    def share(self) -> float | None:
        return self.cases_asked / self.cases if self.cases else None

    @property
    def reply_rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None


def read_guardian_numbers(unit: Unit, span: timedelta, now: datetime) -> GuardianNumbers:
    """Over the cases opened within `span` of now."""
    facts = unit.views.guardian_facts(now - span)
    return GuardianNumbers(
        cases=facts.cases,
        cases_asked=facts.cases_asked,
        asked=facts.asked,
        answered=len(facts.minutes),
        median_minutes=median(facts.minutes) if facts.minutes else None,
    )
