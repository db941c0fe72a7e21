"""The voices of a Say, and the languages each supports, as the phone company documents them. No audio is made."""

from __future__ import annotations

import re

_BASIC = frozenset({"", "man", "woman", "alice"})
"""These voices speak every language that is asked for."""
_POLLY = (
    ("cmn-CN zh-CN", "Zhiyu"),
    ("yue-HK zh-HK", "Hiujin"),
    ("en-AU", "Nicole Olivia Russell"),
    ("en-GB", "Amy Arthur Brian Emma"),
    ("en-IE", "Niamh"),
    ("en-IN hi-IN", "Kajal"),
    ("en-NZ", "Aria"),
    ("en-US", "Danielle Gregory Ivy Joanna Joey Justin Kendra Kevin Kimberly Matthew Ruth Salli Stephen"),
    ("en-ZA", "Ayanda"),
)
_LANGUAGES = {name: frozenset(languages.split()) for languages, names in _POLLY for name in names.split()}
_OTHER_NAMES = {"cmn-CN": "zh-CN", "cmn-TW": "zh-TW", "yue-HK": "zh-HK"}
_GOOGLE = re.compile(r"([a-z]{2,3}-[A-Z]{2})-\w")


def languages_of(voice: str) -> frozenset[str] | None:
    """Return the languages that a voice supports: empty if there is no such voice, None for any language."""
    maker, _, name = voice.partition(".")
    if voice in _BASIC:
        return None
    if maker == "Polly":
        return _LANGUAGES.get(name.partition("-")[0], frozenset())
    found = _GOOGLE.match(name) if maker == "Google" else None
    return frozenset({found[1], _OTHER_NAMES.get(found[1], found[1])} if found else ())
