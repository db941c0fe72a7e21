"""Read the roster file, the shifts of the agents. The skill `ALWAYS` must be covered at every hour of the week."""

from __future__ import annotations

import re
from collections import Counter
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, model_validator

from wakeup.domain.agent import Skill
from wakeup.domain.roster import DAYS, Gap, Shift, uncovered
from wakeup.runtime.policy.toml import read_toml
from wakeup.runtime.policy.values import Part, time_of_day
from wakeup.runtime.settings.faults import refuse

ALWAYS = Skill.CRITICAL
"""Cases of the highest tier come at any hour, so an agent who may take them must be there at any hour."""
_DAYS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?")
MAX_GAPS = 3


def _days(value: Any) -> frozenset[str]:
    days: set[str] = set()
    for piece in value.split(",") if isinstance(value, str) else ():
        found = _DAYS.fullmatch(piece.strip())
        first, last = (found[1], found[2] or found[1]) if found is not None else ("", "")
        if first not in DAYS or last not in DAYS or DAYS.index(first) > DAYS.index(last):
            days.clear()
            break
        days |= set(DAYS[DAYS.index(first) : DAYS.index(last) + 1])
    if not days:
        raise ValueError('must be weekdays such as "mon-fri" or "sat, sun"')
    return frozenset(days)


def _hours(value: Any) -> tuple[time, time]:
    begins, dash, ends = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise ValueError('must be hours such as "08:00-20:00"; "20:00-08:00" spans midnight')
    return time_of_day(begins.strip()), time_of_day(ends.strip())


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in available_timezones():
        raise ValueError("unknown time zone; must be a name such as Asia/Singapore")
    return value


def _names(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name for name in value):
        raise ValueError('must be a list of accounts such as ["ada", "ben"]')
    return frozenset(value)


def _skills(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(skill, str) and skill in set(Skill) for skill in value):
        raise ValueError(f"must be a list of skills out of {', '.join(Skill)}")
    return frozenset(value)


Days: TypeAlias = Annotated[frozenset[str], BeforeValidator(_days)]
ShiftHours: TypeAlias = Annotated[tuple[time, time], BeforeValidator(_hours)]


class ShiftPart(Part):
    """One line of the file."""

    name: str = Field(pattern=r"^[0-9A-Za-z ._-]{1,40}$")
    zone: Annotated[str, BeforeValidator(_zone)]
    days: Days
    hours: ShiftHours
    agents: Annotated[frozenset[str], BeforeValidator(_names)]
    skills: Annotated[frozenset[str], BeforeValidator(_skills)] = frozenset()

    def shift(self) -> Shift:
        return Shift(
            name=self.name, zone=self.zone, days=self.days, begins=self.hours[0], ends=self.hours[1],
            agents=self.agents, skills=self.skills,
        )  # fmt: skip


class RosterPart(Part):
    """The whole file."""

    shifts: Annotated[tuple[ShiftPart, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)] = ()

    @model_validator(mode="after")
    def _covers(self) -> Self:
        twice = [name for name, count in Counter(shift.name for shift in self.shifts).items() if count > 1]
        faults = {"shifts": f"{twice[0]} appears twice"} if twice else {}
        gaps = uncovered(self.roster(), ALWAYS) if self.shifts else []
        if gaps and not faults:
            faults["shifts"] = f"no agent covers {ALWAYS} {_told(gaps)}"
        refuse(faults)
        return self

    def roster(self) -> tuple[Shift, ...]:
        return tuple(part.shift() for part in self.shifts)


def load_roster(path: Path) -> tuple[Shift, ...]:
    """Return the shifts of a file. Raises ConfigError with a line per fault."""
    part, _ = read_toml(path, "WAKEUP_PEOPLE__ROSTER", RosterPart)
    return part.roster()


def _told(gaps: list[Gap]) -> str:
    spans = [f"{begins:%a %H:%M} to {ends:%a %H:%M}" for begins, ends in gaps[:MAX_GAPS]]
    more = f" and {len(gaps) - MAX_GAPS} more" if len(gaps) > MAX_GAPS else ""
    return f"from {', '.join(spans)}{more} (UTC)"
