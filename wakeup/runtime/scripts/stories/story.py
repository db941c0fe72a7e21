"""What a story is made of, as its file says it. Knows no script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.fields import Flag, Name, Names, Part, Text, refuse

Wording = Literal["a", "b", "c"]
WORDINGS: tuple[Wording, ...] = ("a", "b", "c")


def _each_language(value: object) -> object:
    if isinstance(value, Mapping) and value:
        return value
    raise refuse("must give the words of each language, such as {en: …}")


class Story(Part):
    """What one callee does, and what we shall make of it."""

    inputs: Names
    contact: Contact
    outcome: Outcome
    score: Text = ""
    """Left out: any."""
    wordings: tuple[Wording, ...] = ("a",)
    aloud: tuple[Wording, ...] = ()
    """In these wordings the transcript has every word."""
    languages: Names = ()
    """Left out: every language of the script."""
    variables: dict[Name, Text | dict[Name, Text]] = Field(default_factory=dict)
    """Other than the samples; a text, or one a language."""
    without: Names = ()
    """Variables that are not given."""
    broken: Names = ()
    """Prompts whose words cannot be made: our own mistake."""
    unhurried: Flag = False
    persona: Text = ""
    """Who speaks; left out: whoever speaks to anybody."""
    sent: dict[Name, Text] = Field(default_factory=dict)
    """Which way, from 1, the customer is sent at a split."""


class StoryFile(Part):
    """A `stories.yaml`."""

    ways: dict[Name, Names] = Field(default_factory=dict)
    """Inputs many stories begin with, under one name."""
    sayings: dict[Name, Annotated[dict[Name, Text], BeforeValidator(_each_language)]] = Field(default_factory=dict)
    stories: dict[Name, Story] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something cannot be played, or did not come out as its story says."""

    file: str
    line: int
    why: str
    where: str = ""
    """In which play."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}{f' ({self.where})' if self.where else ''}"
