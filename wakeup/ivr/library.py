"""The scripts we have, by id and version. Knows no folder and no template language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import compress, decompress

from wakeup.domain.errors import NotFoundError
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.render import Prompts
from wakeup.ivr.script import Script


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One version of a script with its words."""

    script: Script
    prompts: Prompts
    packed: bytes = field(default=b"", repr=False)
    """`content` as `pack` made it: all scripts together are long, and are asked for once."""

    @property
    def content(self) -> str:
        """The very text that the content hash is taken of: script and words. Whoever keeps it can read them back."""
        return unpack(self.packed)


class Library:
    """Published versions never change: the content hash says which words a conversation was held in."""

    def __init__(self, entries: Iterable[Published]) -> None:
        self._entries: dict[tuple[str, str], Published] = {}
        for entry in entries:
            key = (entry.script.id, entry.script.version)
            if key in self._entries:
                raise ValueError(f"script {key[0]} version {key[1]} is there twice")
            self._entries[key] = entry

    def __iter__(self) -> Iterator[Published]:
        return iter(self._entries.values())

    def get(self, script_id: str, version: str) -> Published:
        try:
            return self._entries[script_id, version]
        except KeyError:
            raise NotFoundError(f"no script {script_id} version {version}") from None

    def latest(self, script_id: str) -> Published:
        """The newest version of this script."""
        versions = [version for known, version in self._entries if known == script_id]
        if not versions:
            raise NotFoundError(f"no script {script_id}")
        return self.get(script_id, max(versions, key=lambda version: (len(version), version)))

    def of(self, conversation: Conversation) -> Published:
        """The very version this conversation is held in."""
        found = self.get(conversation.script_id, conversation.version)
        if found.script.content_hash != conversation.content_hash:
            raise NotFoundError(f"script {conversation.script_id} version {conversation.version} has changed")
        return found


def content_of(script: Mapping[str, Any], prompts: Mapping[str, Mapping[str, str]]) -> str:
    """Script and prompts as one JSON text: layout and comments of the files do not matter.

    The order in which the script names things is kept: it says, for one, which customers hear which persona.
    """
    words = {language: dict(sorted(texts.items())) for language, texts in sorted(prompts.items())}
    return json.dumps({"script": script, "prompts": words}, ensure_ascii=False, separators=(",", ":"))


def pack(content: str) -> bytes:
    """A tenth of it; the same text makes the same bytes."""
    return compress(content.encode())


def unpack(packed: bytes) -> str:
    """What was packed; nothing of nothing."""
    return decompress(packed).decode() if packed else ""


def hash_of(content: str) -> str:
    """SHA-256 of what `content_of` made."""
    return hashlib.sha256(content.encode()).hexdigest()
