"""Stores the words of every script that may be used, so that a conversation ends in the words it began with.

What is stored is text, which the speaker parses again.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import NotFoundError
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.library import Published, hash_of
from wakeup.usecases.repositories.scripts import KeptScript
from wakeup.usecases.unit import Unit


def store_scripts(unit: Unit, now: datetime) -> int:
    """Store, at the start of the service, every script a new conversation may begin in. Returns how many were new."""
    return sum(keep_script(unit, published, now) for published in unit.speaker.carried())


def keep_script(unit: Unit, published: Published, now: datetime) -> bool:
    """Store one script version. Returns False if it is already stored. Raises ValueError when its text does not
    match its hash."""
    script = published.script
    if unit.scripts.holds(script.content_hash):
        return False
    content = published.content
    if hash_of(content) != script.content_hash:
        raise ValueError(f"script {script.id} version {script.version} does not go with its content")
    return unit.scripts.keep(
        KeptScript(
            content_hash=script.content_hash,
            script_id=script.id,
            version=script.version,
            content=content,
            kept_at=now,
        )
    )


def script_of(unit: Unit, conversation: Conversation) -> Published:
    """Return the version this conversation began with, from the loaded scripts or from storage. Raises
    NotFoundError."""
    try:
        return unit.speaker.pinned(conversation)
    except NotFoundError:
        content = unit.scripts.content(conversation.content_hash)
        if content is None:
            raise
    if hash_of(content) != conversation.content_hash:
        raise NotFoundError(f"script {conversation.script_id} version {conversation.version} was altered in storage")
    return unit.speaker.read_back(content)


def content_of(unit: Unit, content_hash: str) -> str | None:
    """Return the content of one version as it is stored, or None."""
    return unit.scripts.content(content_hash)
