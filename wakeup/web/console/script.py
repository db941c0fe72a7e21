"""One script: its versions and their differences, its prompts as text, and what happened in its conversations by
node."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from wakeup.ivr.nodes import Node, prompts_of
from wakeup.usecases.console.script_view import read_script
from wakeup.usecases.conversation.transcripts import PathCounts, PathTally, count_page
from wakeup.web.console.context import CONTEXT, VISITOR, page
from wakeup.web.parts import ConsoleParts, Parts

Words = tuple[str, str, tuple[str, ...]]
"""A node, its kind, and what it may say."""
_NODE: TypeAdapter[Node] = TypeAdapter(Node)


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What happened at one node, for example how many of the callees who came there hung up."""

    node: str
    came: int
    again: int
    hung_up: int
    seconds: float | None

    @property
    def drop_off(self) -> float | None:
        return self.hung_up / self.came if self.came else None


async def count(parts: Parts, console: ConsoleParts, version: tuple[str, str]) -> PathCounts:
    """Count the conversations of a script and content hash page by page. Between two pages events and callers have the
    interpreter for themselves."""
    tally = PathTally(*version)
    while (counts := await parts.store.read(count_page, tally)) is None:
        await console.breathe()
    return counts


async def show(request: web.Request) -> web.Response:
    """Show a script in the version of the URL, compared with another one."""
    context, script_id, query = request.app[CONTEXT], request.match_info["script"], request.query
    view = await context.parts.store.read(read_script, script_id, query.get("version", ""), query.get("against", ""))
    shown, other, contents = view.shown, view.other, view.contents
    content = json.loads(contents[shown.content_hash])
    trips = await context.trips.read((script_id, shown.content_hash))
    changed = None
    if other is not None:
        changed = context.console.difference(
            (f"{script_id}@{other.version}", contents[other.content_hash]),
            (f"{script_id}@{shown.version}", contents[shown.content_hash]),
        )
    viewers = request[VISITOR].look.html_language
    languages = sorted(content["prompts"], key=lambda language: language != viewers)
    return page(
        request, "script.html", script=script_id, title=content["script"].get("title", ""),
        versions=view.versions, shown=shown, other=other,
        changed=changed, words={language: words_of(content, language) for language in languages},
        nodes=nodes_of(content, trips), calls=trips.calls,
    )  # fmt: skip


def words_of(content: dict[str, Any], language: str) -> list[Words]:
    """Return the prompts of one language in the order of the script's nodes. Those that no node says come last."""
    texts: dict[str, str] = dict(content["prompts"][language])
    found: list[Words] = []
    said: set[str] = set()
    for name, node in content["script"].get("nodes", {}).items():
        asked = [one for one in _said_at(node) if one in texts]
        said.update(asked)
        if asked:
            found.append((name, str(node.get("type", "")), tuple(texts[one] for one in dict.fromkeys(asked))))
    rest = tuple(text for name, text in texts.items() if name not in said)
    return [*found, ("", "", rest)] if rest else found


def _said_at(node: Any) -> tuple[str, ...]:
    """Return the prompts that a node says, without its exits, which may have the name of a prompt. Empty if the node
    is of a form that scripts had before."""
    try:
        return prompts_of(_NODE.validate_python(node))
    except ValidationError:
        return ()


def nodes_of(content: dict[str, Any], trips: PathCounts) -> list[NodeFacts]:
    """Return the figures in the order of the script. Nodes that take no input are left out."""
    came: Counter[str] = Counter()
    for (_, node, _), times in trips.moves.items():
        came[node] += times
    order = {name: n for n, name in enumerate(content["script"].get("nodes", {}))}
    names = sorted({*came, *trips.again, *trips.hung_up}, key=lambda name: (order.get(name, len(order)), name))
    return [
        NodeFacts(name, came[name], trips.again.get(name, 0), trips.hung_up.get(name, 0), trips.seconds.get(name))
        for name in names
        if name
    ]
