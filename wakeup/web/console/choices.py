"""What the keys of a conversation meant, by the script version that it was held with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from wakeup.domain.ids import AttemptId
from wakeup.usecases.console.case_view import CaseView
from wakeup.usecases.conversation.store_scripts import content_of
from wakeup.web.console.context import CONTEXT
from wakeup.web.console.i18n import Look

Choices = Mapping[str, Mapping[str, str]]
"""By node and key: a plain answer to a question, otherwise the node to which the key leads."""
PLAIN = {"1": "yes", "2": "no", "3": "unsure"}
"""The keys of every scored question."""


async def choices_of(request: web.Request, view: CaseView) -> dict[AttemptId, Choices]:
    """Return the choices of each conversation that has turns. A script version never changes, so each is read once."""
    context = request.app[CONTEXT]
    hashes = {one.talk.attempt_id: one.talk.conversation.content_hash for one in view.talks if one.turns}
    for content_hash in set(hashes.values()) - set(context.choices):
        content = await context.parts.store.read(content_of, content_hash)
        context.choices[content_hash] = {} if content is None else choices_in(json.loads(content))
    return {attempt_id: context.choices[content_hash] for attempt_id, content_hash in hashes.items()}


def choices_in(content: Mapping[str, Any]) -> Choices:
    script = content.get("script", {})
    everywhere = script.get("keys", {})
    return {name: _keys(node, everywhere) for name, node in script.get("nodes", {}).items()}


def _keys(node: Mapping[str, Any], everywhere: Mapping[str, str]) -> Mapping[str, str]:
    if node.get("type") == "question":
        return {**everywhere, **PLAIN}
    return {**(everywhere if node.get("global_exits", True) else {}), **node.get("keys", {})}


def meaning(choices: Choices, node: str, key: str, look: Look) -> str:
    """Return what this key means at this node, in the viewer's language; empty if no words are known for it."""
    target = choices.get(node, {}).get(key, "")
    named = (look.known("choice", f"{node}.{target}"), look.known("choice", target))
    return next(filter(None, named), "")
