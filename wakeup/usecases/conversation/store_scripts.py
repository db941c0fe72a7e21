"""The words of every script that may be spoken are kept, so that a conversation ends in those it began with.

It knows no folder and no template language: what is kept is text, and the speaker reads it back.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import NotFoundError
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.library import Published, hash_of
from wakeup.usecases.speaker import KeptScript
from wakeup.usecases.unit import Unit


def store_scripts(unit: Unit, now: datetime) -> int:
    """At the start: everything a new conversation may begin in. Answers how many were new."""
    return sum(keep_script(unit, published, now) for published in unit.speaker.carried())


def keep_script(unit: Unit, published: Published, now: datetime) -> bool:
    """False if it is kept already. Raises ValueError for a text that is not what its hash was taken of."""
    script = published.script
    if unit.scripts.holds(script.content_hash):
        return False
    if hash_of(published.content) != script.content_hash:
        raise ValueError(f"script {script.id} version {script.version} does not go with its content")
    return unit.scripts.keep(
        KeptScript(
            content_hash=script.content_hash,
            script_id=script.id,
            version=script.version,
            content=published.content,
            kept_at=now,
        )
    )


def script_of(unit: Unit, conversation: Conversation) -> Published:
    """The very version this conversation began with: carried, or as it was kept. Raises NotFoundError."""
    try:
        return unit.speaker.pinned(conversation)
    except NotFoundError:
        content = unit.scripts.content(conversation.content_hash)
        if content is None:
            raise
    if hash_of(content) != conversation.content_hash:
        raise NotFoundError(
            f"script {conversation.script_id} version {conversation.version} was altered where it is kept"
        )
    return unit.speaker.read_back(content)
