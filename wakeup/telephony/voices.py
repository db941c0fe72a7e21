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


def voice_of(language: str) -> Voice:
    """Return our own voice for this language. A script may name another one in each utterance."""
    return MANDARIN if zh_or_en(language) == "zh" else BRITISH


def other_voice(language: str) -> Voice:
    """Return the voice of our other language."""
    return BRITISH if zh_or_en(language) == "zh" else MANDARIN


def name_and_language(language: str, wanted: str | None) -> tuple[str, str]:
    """Return the voice that speaks this language, and the `<Say>` language of that voice.

    For any other pair the phone company may say nothing. Our own voice replaces one of unknown language.
    """
    spoken = None if wanted is None else language_of(wanted)
    own = voice_of(language)
    return (own.name, own.language) if wanted is None or spoken is None else (wanted, spoken)
