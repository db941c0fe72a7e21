"""The result of playing stories: numbers, differences, exits not taken, faults."""

from __future__ import annotations

from dataclasses import dataclass, field

from wakeup.workshop.stories.story import Fault


@dataclass(frozen=True, slots=True)
class Different:
    """A transcript that differs from what is heard now."""

    file: str
    """Relative to the library."""
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untaken:
    """An exit no story takes."""

    script: str
    language: str
    exit: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.script}/{self.language}: {self.exit}"


@dataclass(slots=True)
class Report:
    """The report of one run."""

    scripts: int = 0
    stories: set[tuple[str, str]] = field(default_factory=set)
    """File and name."""
    played: int = 0
    exits: int = 0
    different: list[Different] = field(default_factory=list)
    untaken: list[Untaken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """Stories that cannot be played, or did not end as they say."""

    @property
    def clean(self) -> bool:
        return not (self.different or self.untaken or self.faults)
