"""The synthetic voices, and the language each speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wakeup.domain.language import zh_or_en

_POLLY: Mapping[str, str] = {
    "cmn-CN": "Zhiyu",
    "en-AU": "Nicole Olivia Russell",
    "en-GB": "Amy Arthur Brian Emma",
    "en-IE": "Niamh",
    "en-IN": "Kajal",
    "en-NZ": "Aria",
    "en-US": "Danielle Gregory Joanna Joey Kendra Kimberly Matthew Ruth Salli Stephen",
    "en-ZA": "Ayanda",
}
_LANGUAGES = {name: language for language, names in _POLLY.items() for name in names.split()}
_GOOGLE = re.compile(r"([a-z]{2,3}-[A-Z]{2})-.")


def language_of(voice: str) -> str | None:
    """Return the language as `<Say>` names it, such as en-US for Polly.Joanna-Neural; None for an unknown voice.

    Amazon's voices are listed here; Google's contain it in their names.
    """
    maker, _, name = voice.partition(".")
    if maker == "Polly":
        return _LANGUAGES.get(name.partition("-")[0])
    found = _GOOGLE.match(name) if maker == "Google" else None
    return found and found[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The voice and recogniser of one language."""

    language: str
    """As `<Say>` names it."""
    name: str
    recogniser: str
    """As `<Gather>` names it."""


MANDARIN = Voice(language="cmn-CN", name="Polly.Zhiyu-Neural", recogniser="cmn-Hans-CN")
BRITISH = Voice(language="en-GB", name="Polly.Amy-Neural", recogniser="en-GB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The voices of this installation. They are configuration, because they change at the provider without notice."""

    zh: Voice = MANDARIN
    en: Voice = BRITISH

    def of(self, language: str) -> Voice:
        return self.zh if zh_or_en(language) == "zh" else self.en

    def other_than(self, language: str) -> Voice:
        return self.en if zh_or_en(language) == "zh" else self.zh

    def pair(self, language: str, wanted: str | None) -> tuple[str, str]:
        """Return the voice for this language, and the `<Say>` language of that voice.

        For any other pair the phone company may say nothing. A voice of unknown language is replaced by the
        installation's.
        """
        spoken = None if wanted is None else language_of(wanted)
        own = self.of(language)
        return (own.name, own.language) if wanted is None or spoken is None else (wanted, spoken)


DEFAULT_VOICES = Voices()
