"""Split text into pieces the synthesiser accepts. Only what XML 1.0 cannot hold is dropped."""

from __future__ import annotations

import re
from urllib.parse import quote

MAX_QUOTED = 3600
"""Maximum length of one piece in percent-encoded characters: 400 Chinese ones. The phone company refuses 4,500."""
MAX_BYTES = 2800
"""Maximum length of one piece in UTF-8 bytes. The strictest voices refuse 3,000."""

_WIDEST_QUOTED = 12
"""Percent-encoded length of a four-byte character: `%F0%9F%98%80`."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE = re.compile(r"(?<=[。!?;…\n\uff01\uff1f\uff1b])|(?<=\.)(?=\s)")
_CLAUSE = re.compile(r"(?<=[,、:\s\uff0c\uff1a])")
_ANYWHERE = re.compile(r"(?<=.)", re.DOTALL)


def xml_text(text: str) -> str:
    """Return the text without control characters and lone surrogates."""
    return _NOT_XML.sub("", text)


def pieces(text: str) -> list[str]:
    """Split text into pieces short enough to be spoken: at sentence ends, then at commas, then anywhere.

    Joined, they are the text again. `text` must be XML text.
    """
    return _pack(text, (_SENTENCE, _CLAUSE, _ANYWHERE))


def _pack(text: str, breaks: tuple[re.Pattern[str], ...]) -> list[str]:
    if _fits(text):
        return [text] if text else []
    packed = [""]
    for part in breaks[0].split(text):
        if _fits(packed[-1] + part):
            packed[-1] += part
        else:
            packed += _pack(part, breaks[1:])
    return [piece for piece in packed if piece]


def _fits(text: str) -> bool:
    if len(text) * _WIDEST_QUOTED <= MAX_QUOTED:
        return True
    return len(text.encode()) <= MAX_BYTES and len(quote(text, safe="")) <= MAX_QUOTED
