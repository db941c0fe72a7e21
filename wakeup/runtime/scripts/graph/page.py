"""The page around the picture: what each node says and where it leads. The template escapes everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from wakeup.ivr.nodes import Node
from wakeup.ivr.script import Script
from wakeup.runtime.scripts.chosen import told
from wakeup.runtime.scripts.files import SHARED, Sources
from wakeup.runtime.scripts.graph.captions import caption, said
from wakeup.runtime.scripts.graph.counts import Counts, counted
from wakeup.runtime.scripts.graph.picture import drawn
from wakeup.runtime.scripts.graph.script_graph import MISSING, ScriptGraph, graph_of, merged, open_everywhere
from wakeup.runtime.scripts.graph.shapes import Box, Text, shortened
from wakeup.runtime.scripts.graph.translation import Phrase, Translation
from wakeup.usecases.conversation.transcripts import PathCounts

KINDS = {
    "say": "speaks, continues", "play": "plays recordings, continues",
    "menu": "asks, continues by key or word", "question": "one scored question",
    "collect": "takes several digits", "speech": "asks an open question", "record": "records a message",
    "transfer": "brings an agent to the line", "conference": "joins a conference",
    "notify": "requests that the guardian be told", "callback": "requests another call",
    "score": "continues by the answers", "branch": "continues by what is known", "split": "divides the customers",
    "set": "sets a flag", "language": "changes the language", "decide": "records who answered, or the outcome",
    "hangup": "last words, the end", MISSING: "does not exist",
}  # fmt: skip
_HERE = Path(__file__).parent
_TEMPLATE_PARTS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One prompt of a node: when it is said, its id, and its text in pieces; every other piece is template code."""

    when: str
    prompt: str
    pieces: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All the text about one node."""

    name: str
    kind: str
    caption: str
    place: str
    comes: str
    spoken: tuple[Spoken, ...]
    leads: tuple[tuple[str, str, str], ...]
    """Reason, target, and how many took that way."""
    numbers: str


def page_of(sources: Sources, language: str, trips: PathCounts | None = None, reader: str = "en") -> str:
    """Return the whole page, for a reader of this language. The script must be readable; its other faults are listed on
    the page. Without `trips`, or when nobody called, it has no counts."""
    script = sources.script
    assert script is not None
    graph, translation = graph_of(script), Translation(reader)
    counts = counted(script, graph, trips) if trips is not None and (trips.calls or trips.others) else None
    groups = _groups(sources, graph)
    titles = list(dict.fromkeys(groups.values()))
    boxes = {name: _box(script, graph, name, titles.index(groups[name]), counts, translation) for name in graph.nodes}
    labels = {pair: _label(translation.listed(merged(why)), pair, counts) for pair, why in graph.edges.items()}
    kinds = {box.kind for box in boxes.values()}
    return _template().render(
        script=script,
        language=language,
        translation=translation,
        picture=drawn(graph, boxes, titles, labels, translation.say("open from everywhere")),
        sheets=[_sheet(sources, graph, name, language, counts, translation) for name in graph.nodes],
        kinds={kind: translation.say(what) for kind, what in KINDS.items() if kind in kinds},
        groups=titles,
        everywhere=[(translation.part(why), to) for why, to in open_everywhere(script)],
        counts=counts,
        faults=[told(sources, finding) for finding in sources.findings if finding.error],
        css=(_HERE / "page.css").read_text(encoding="utf-8"),
        js=(_HERE / "page.js").read_text(encoding="utf-8"),
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((_HERE / "page.html").read_text(encoding="utf-8"))


def _groups(sources: Sources, graph: ScriptGraph) -> dict[str, str]:
    """Return the part of the script that each node comes from."""
    groups = {}
    for name in graph.nodes:
        file, _ = sources.lines.get(f"nodes.{name}", (sources.folder.name, 0))
        folders = file.split("/")
        groups[name] = folders[1] if folders[0] == SHARED and len(folders) > 1 else folders[0]
    return groups


def _box(
    script: Script, graph: ScriptGraph, name: str, group: int, counts: Counts | None, translation: Translation
) -> Box:
    node = script.nodes.get(name)
    kind = MISSING if node is None else node.type
    texts = [Text(words=shortened(translation.part(caption(node))), role="kind")]
    comes = _comes(graph, name, translation)
    if comes:
        texts.append(Text(words=shortened(f"⇢ {comes}"), role="in"))
    if counts is not None and (numbers := _numbers(counts, name, translation)):
        texts.append(Text(words=shortened(numbers), role="count"))
    if counts is not None and counts.hung_up.get(name):
        texts.append(Text(words=translation.say("{n} hung up", n=counts.hung_up[name]), role="lost"))
    return Box(name=name, kind=kind, group=group, texts=tuple(texts))


def _comes(graph: ScriptGraph, name: str, translation: Translation) -> str:
    """Return what leads here from outside the graph."""
    begins = [Phrase("answered: {by}", {"by": ", ".join(graph.begins[name])})] if name in graph.begins else []
    return translation.listed([*begins, *merged(graph.everywhere.get(name, ()))])


def _numbers(counts: Counts, name: str, translation: Translation) -> str:
    facts = []
    if name in counts.came:
        facts.append(translation.say("{n} came", n=counts.came[name]))
    elif name in counts.entered:
        facts.append(translation.say("{n} from anywhere", n=counts.entered[name]))
    if name in counts.seconds:
        facts.append(translation.say("{n} s", n=f"{counts.seconds[name]:.0f}"))
    return " · ".join(facts)


def _all_numbers(counts: Counts, name: str, translation: Translation) -> str:
    lost, again = counts.hung_up.get(name), counts.again.get(name)
    facts = (
        _numbers(counts, name, translation),
        translation.say("{n} hung up", n=lost) if lost else "",
        translation.say("asked again {n} times", n=again) if again else "",
    )
    return " · ".join(filter(None, facts))


def _label(why: str, pair: tuple[str, str], counts: Counts | None) -> str:
    count = "" if counts is None else counts.on_edge(pair)
    return " · ".join(filter(None, (shortened(why), "" if count == "0" else count)))


def _sheet(
    sources: Sources, graph: ScriptGraph, name: str, language: str, counts: Counts | None, translation: Translation
) -> Sheet:
    script = sources.script
    assert script is not None
    node = script.nodes.get(name)
    words = sources.words.get(language, {})
    place = sources.lines.get(f"nodes.{name}")
    numbers = "" if counts is None else _all_numbers(counts, name, translation)
    return Sheet(
        name=name,
        kind=MISSING if node is None else node.type,
        caption=translation.part(caption(node)),
        place="" if place is None else f"{place[0]}:{place[1]}",
        comes=_comes(graph, name, translation),
        spoken=tuple(_spoken(script, node, words, translation)),
        leads=tuple(
            (
                translation.listed(merged(why)) or translation.say("then"),
                target,
                "" if counts is None else counts.on_edge((source, target)),
            )
            for (source, target), why in graph.edges.items()
            if source == name
        ),
        numbers=numbers,
    )


def _spoken(script: Script, node: Node | None, words: Mapping[str, str], translation: Translation) -> Iterator[Spoken]:
    """Yield every prompt of a node, and what each persona says instead."""
    for when, prompt in said(node):
        occasion = translation.part(when)
        yield Spoken(when=occasion, prompt=prompt, pieces=_pieces(words.get(prompt)))
        for persona in script.personas:
            own = script.spoken(prompt, persona)
            if own != prompt:
                own_occasion = translation.say("{when}, if {persona} speaks", when=occasion, persona=persona)
                yield Spoken(when=own_occasion, prompt=own, pieces=_pieces(words.get(own)))


def _pieces(words: str | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(_TEMPLATE_PARTS.split(words))
