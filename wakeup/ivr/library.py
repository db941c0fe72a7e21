"""The published scripts, by id and version. Independent of folders and template languages."""

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
    """`content` compressed by `pack`: all scripts together are long, and are read only once."""

    @property
    def content(self) -> str:
        """The exact text that the content hash covers: script and words. A stored copy can be read back."""
        return unpack(self.packed)


class Library:
    """Published versions never change: the content hash tells in which words a conversation was held."""

    def __init__(self, entries: Iterable[Published]) -> None:
        self._entries: dict[tuple[str, str], Published] = {}
        for entry in entries:
            key = (entry.script.id, entry.script.version)
            if key in self._entries:
                raise ValueError(f"script {key[0]} version {key[1]} is loaded twice")
            self._entries[key] = entry

    def __iter__(self) -> Iterator[Published]:
        return iter(self._entries.values())

    def get(self, script_id: str, version: str) -> Published:
        try:
            return self._entries[script_id, version]
        except KeyError:
            raise NotFoundError(f"no script {script_id} version {version}") from None

    def latest(self, script_id: str) -> Published:
        """Return the newest version of this script."""
        versions = [version for known, version in self._entries if known == script_id]
        if not versions:
            raise NotFoundError(f"no script {script_id}")
        return self.get(script_id, max(versions, key=lambda version: (len(version), version)))

    def of(self, conversation: Conversation) -> Published:
        """Return the exact version this conversation is held in. Raises NotFoundError if it is missing or changed."""
        found = self.get(conversation.script_id, conversation.version)
        if found.script.content_hash != conversation.content_hash:
            raise NotFoundError(f"script {conversation.script_id} version {conversation.version} has changed")
        return found


def content_of(script: Mapping[str, Any], prompts: Mapping[str, Mapping[str, str]]) -> str:
    """Return script and prompts as one JSON text, so that layout and comments of the files do not matter.

    The order in which the script names things is preserved, because it decides, for example, which customers hear
    which persona.
    """
    words = {language: dict(sorted(texts.items())) for language, texts in sorted(prompts.items())}
    return json.dumps({"script": script, "prompts": words}, ensure_ascii=False, separators=(",", ":"))


def pack(content: str) -> bytes:
    """Compress to about a tenth. The same text always gives the same bytes."""
    return compress(content.encode())


def unpack(packed: bytes) -> str:
    """Undo `pack`; empty for no bytes."""
    return decompress(packed).decode() if packed else ""


def hash_of(content: str) -> str:
    """Return the SHA-256 of a text made by `content_of`."""
    return hashlib.sha256(content.encode()).hexdigest()
