"""The form of stories in their files."""

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
    """What one callee does, and the expected result."""

    inputs: Names
    contact: Contact
    outcome: Outcome
    score: Text = ""
    """If not given, any score is accepted."""
    wordings: tuple[Wording, ...] = ("a",)
    aloud: tuple[Wording, ...] = ()
    """Wordings in which the transcript has every word."""
    languages: Names = ()
    """If not given, every language of the script."""
    variables: dict[Name, Text | dict[Name, Text]] = Field(default_factory=dict)
    """Values that differ from the samples; a text, or one per language."""
    without: Names = ()
    """Variables that are not given."""
    broken: Names = ()
    """Prompts that fail to render, as by a mistake of ours."""
    unhurried: Flag = False
    persona: Text = ""
    """The persona that speaks; if not given, any."""
    sent: dict[Name, Text] = Field(default_factory=dict)
    """The way, from 1, that the customer is sent at each split."""


class StoryFile(Part):
    """The content of a `stories.yaml`."""

    ways: dict[Name, Names] = Field(default_factory=dict)
    """Inputs that many stories begin with, under one name."""
    sayings: dict[Name, Annotated[dict[Name, Text], BeforeValidator(_each_language)]] = Field(default_factory=dict)
    stories: dict[Name, Story] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a story cannot be played, or did not end as it says."""

    file: str
    line: int
    why: str
    where: str = ""
    """The script, language and wording that was played."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}{f' ({self.where})' if self.where else ''}"
