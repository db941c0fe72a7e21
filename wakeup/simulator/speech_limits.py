"""How much may be said or listened for in one verb, as the phone company documents it. Independent of XML and
calls."""

from __future__ import annotations

from urllib.parse import quote

MAX_QUOTED = 4500
"""Maximum length of the words of a Say, percent-encoded: a Chinese character takes nine."""
_BYTES = {"Polly": 3000, "Google": 5000}
_BASIC_BYTES = 4096
SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
"""Tags allowed within a Say."""
MAX_HINTS, MAX_HINT_CHARS = 500, 100
MAX_SPEECH_SECONDS = 60
_CHINESE = frozenset({"cmn-Hans-CN", "cmn-Hant-TW", "yue-Hant-HK", "zh"})
"""Chinese as the speech recogniser names it; the voices use other names."""


def too_long(text: str, voice: str) -> bool:
    """True if this voice refuses a text of this length (13521)."""
    most, size = _BYTES.get(voice.partition(".")[0], _BASIC_BYTES), len(text.encode())
    # No byte takes more than three characters, so most texts need not be quoted.
    return size > most or (3 * size > MAX_QUOTED and len(quote(text, safe="")) > MAX_QUOTED)


def takes_ssml(voice: str) -> bool:
    """True if the voice supports SSML. The basic voices read pronunciation tags out, or fail at them."""
    return voice.partition(".")[0] in _BYTES


def understood(language: str) -> bool:
    """True if the recogniser supports this language. Only Chinese is checked here."""
    return language in _CHINESE or language.partition("-")[0] not in {"cmn", "yue", "zh"}


def good_hints(hints: str) -> bool:
    """True if the comma-separated hints are within the limits."""
    each = hints.split(",") if hints else []
    return len(each) <= MAX_HINTS and all(0 < len(hint.strip()) <= MAX_HINT_CHARS for hint in each)
