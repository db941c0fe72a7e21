"""Transcripts, short enough to read and exact enough to show every change.

There is one for each script and language, and one of what scripts share, so that a change of a shared prompt is
one line to read.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from wakeup.runtime.scripts.files import SHARED
from wakeup.workshop.stories.transcript_pieces import SECTIONS, Heard, Sections

_BY = "Written by `wakeup scripts test --update`. Read what changed; mend the script or the story, not this file."
_BLANK = "\n\n"


def file_name(language: str) -> str:
    return f"transcript.{language}.txt"


def transcript(heard: Heard, shared: AbstractSet[str]) -> str:
    """Return the transcript: every word of the calls to be read aloud, then all that is not in the `shared`
    transcript."""
    own: Sections = {title: {} for title in SECTIONS}
    elsewhere = []
    for title in SECTIONS:
        items = heard.sections[title]
        own[title] = {name: text for name, text in items.items() if text not in shared}
        if len(own[title]) < len(items):
            elsewhere.append(f"{len(items) - len(own[title])} {title.partition(',')[0]}")
    parts = [f"{heard.head}\n{_BY}"]
    if elsewhere:
        parts[0] += f"\nAs in {SHARED}/{file_name(heard.language)}: {', '.join(elsewhere)}."
    if heard.aloud:
        parts += ["# aloud", *heard.aloud]
    return _BLANK.join([*parts, *_parts(own)]) + "\n"


def shared_transcript(language: str, common: Sections) -> str:
    """Return the transcript of what scripts share; empty if they share nothing."""
    if not any(common.values()):
        return ""
    return _BLANK.join([f"What scripts have in common in {language}\n{_BY}", *_parts(common)]) + "\n"


def items_of(text: str) -> set[str]:
    """Return the pieces of a written transcript, so that they can be found again."""
    return {*text.rstrip("\n").split(_BLANK), *text.splitlines()}


def _parts(sections: Sections) -> list[str]:
    parts = []
    for title, items in sections.items():
        if items:
            # Pieces of one line each need no blank lines between them.
            airy = any("\n" in text for text in items.values())
            parts.append((_BLANK if airy else "\n").join([f"# {title}", *items.values()]))
    return parts
