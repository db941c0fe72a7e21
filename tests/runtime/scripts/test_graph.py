"""The picture of a script is complete, legible, self-contained, and safe whatever the script is called."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from wakeup.cli.commands.scripts_graph import graph
from wakeup.domain.outcome import Contact
from wakeup.ivr.input_nodes import Ask, Collect, Record
from wakeup.ivr.nodes import Decide, Language, Node, Say, Set
from wakeup.runtime.scripts.chosen import chosen
from wakeup.runtime.scripts.files import script_folders
from wakeup.runtime.scripts.graph.captions import caption, said
from wakeup.runtime.scripts.graph.layers import layered
from wakeup.runtime.scripts.graph.page import page_of
from wakeup.runtime.scripts.graph.script_graph import (
    KEY,
    SAYS,
    SILENCE,
    UNCLEAR,
    graph_of,
    merged,
    open_everywhere,
)
from wakeup.runtime.scripts.graph.translation import Part, Phrase, Translation
from wakeup.usecases.conversation.transcripts import PathCounts

SCRIPTS = ROOT / "scripts_ivr"
NAMES = [folder.name for folder in script_folders(SCRIPTS)]
SVG = "{http://www.w3.org/2000/svg}"


def page(name: str, language: str = "zh-CN", library: Path = SCRIPTS) -> str:
    return page_of(chosen(library, name), language)


def boxes_of(root: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Name -> left, top, right, bottom."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        if "data-node" in group.attrib:
            x, y = map(float, re.findall(r"[-\d.]+", group.attrib["transform"]))
            box = next(rect for rect in group.iter(f"{SVG}rect") if rect.attrib["class"] == "box")
            found[group.attrib["data-node"]] = x, y, x + float(box.attrib["width"]), y + float(box.attrib["height"])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_node_is_there_once_with_its_words_and_nothing_lies_on_anything(name: str) -> None:
    sources = chosen(SCRIPTS, name)
    script = sources.script
    assert script is not None
    text = page(name)
    root = ET.fromstring(text)
    nodes = [one.attrib["data-node"] for one in root.iter() if "data-node" in one.attrib]
    sheets = [one.attrib["data-sheet"] for one in root.iter() if "data-sheet" in one.attrib]
    assert sorted(nodes) == sorted(sheets) == sorted(script.nodes)
    boxes = boxes_of(root)
    for one, other in combinations(boxes, 2):
        left, top, right, bottom = boxes[one]
        x, y, x2, y2 = boxes[other]
        assert right <= x or x2 <= left or bottom <= y or y2 <= top, (one, other)
    svg = next(root.iter(f"{SVG}svg"))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert all(box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height for box in boxes.values())
    read = " ".join("".join(root.itertext()).split())
    for prompt in {"end.dissuaded", "opening"} & sources.words["zh-CN"].keys():
        assert " ".join(sources.words["zh-CN"][prompt].split()) in read


@pytest.mark.parametrize("name", ["generic", "police_imp"])
def test_every_exit_is_a_line_or_a_link_and_lines_lead_down(name: str) -> None:
    script = chosen(SCRIPTS, name).script
    assert script is not None
    root = ET.fromstring(page(name))
    boxes = boxes_of(root)
    lines = {
        (one.attrib["data-from"], one.attrib["data-to"])
        for one in root.iter(f"{SVG}g") if one.attrib.get("class") == "edge"
    }  # fmt: skip
    links = {
        (group.attrib["data-node"], link.attrib["data-to"])
        for group in root.iter(f"{SVG}g") if "data-node" in group.attrib
        for link in group.iter(f"{SVG}a")
    }  # fmt: skip
    assert lines | links == set(graph_of(script).edges)
    assert not lines & links
    assert ("identify", "identify") in links, "what leads back is not drawn as a line"
    assert all(boxes[source][3] < boxes[target][1] for source, target in lines)


def test_acts_that_are_open_at_every_node_are_listed_once_and_not_drawn() -> None:
    script = chosen(SCRIPTS, "generic").script
    assert script is not None
    ways = graph_of(script)
    assert not [pair for pair in ways.edges if pair[1] in {"agent", "opt_out", "no_input", "unclear"}]
    root = ET.fromstring(page("generic"))
    note = next(one for one in root.iter() if one.attrib.get("class") == "everywhere")
    read = " ".join("".join(note.itertext()).split())
    for why, target in open_everywhere(script):
        assert f"{Translation('en').part(why)} → {'says it again' if target == 'repeat' else target}" in read


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_needs_nothing_else(language: str) -> None:
    text = page("romance", language)
    assert set(re.findall(r"https?://[^\"'\s]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.findall(r"\bsrc=|@import|url\((?!#)|<link", text)
    assert "default-src 'none'" in text


def test_no_name_and_no_word_of_a_script_becomes_markup(tmp_path: Path) -> None:
    library = shutil.copytree(SCRIPTS, tmp_path / "scripts")
    evil = "</script><script>alert('1')</script>&\"x"
    file = library / "romance" / "script.yaml"
    text = file.read_text(encoding="utf-8")
    quoted = "'" + evil.replace("'", "''") + "'"
    text = re.sub(r"^title: .*$", lambda _: f"title: {quoted}", text, flags=re.MULTILINE)
    text = text.replace("  q2:\n", f"  {quoted}:\n").replace("otherwise: q2", f"otherwise: {quoted}")
    text = text.replace("to: q2\n", f"to: {quoted}\n")
    file.write_text(text, encoding="utf-8")
    words = library / "romance" / "prompts.en.yaml"
    escaped = evil.replace('"', '\\"')
    words.write_text(
        re.sub(r"^lead: .*$", lambda _: f'lead: "{escaped}"', words.read_text(encoding="utf-8"), flags=re.MULTILINE),
        encoding="utf-8",
    )
    shown = page("romance", "en", library)
    root = ET.fromstring(shown)
    assert shown.count("<script>") == 1
    assert evil in boxes_of(root)
    assert any((one.text or "") == evil for one in root.iter("h1"))
    assert any(evil in "".join(one.itertext()) for one in root.iter("p"))


def test_a_way_to_nowhere_is_drawn_as_a_hole_and_said(tmp_path: Path) -> None:
    library = shutil.copytree(SCRIPTS, tmp_path / "scripts")
    file = library / "romance" / "script.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("to: q3", "to: nowhere"), encoding="utf-8")
    root = ET.fromstring(page("romance", "en", library))
    assert "nowhere" in boxes_of(root)
    faults = [one.text or "" for one in root.iter("p") if one.attrib.get("class") == "fault"]
    assert any("nodes.q2: leads to 'nowhere'" in fault for fault in faults)


def test_circles_are_cut_where_they_close_and_layers_cross_little() -> None:
    nodes = list("abcdef")
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "e"), ("a", "e"), ("b", "f"), ("f", "f")]
    order = layered(nodes, edges, ["a"])
    assert order.back == [("c", "a"), ("f", "f")]
    depth = {name: n for n, layer in enumerate(order.layers) for name in layer}
    assert all(depth[source] < depth[target] for source, target in order.chains)
    assert len(order.chains["a", "e"]) == 3, "a long line bends in each layer it crosses"


def test_the_command_writes_the_page_and_refuses_what_there_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WAKEUP_DATABASE_URL", raising=False)
    html = tmp_path / "g.html"
    graph("generic", html=html, language="en-US")
    ET.fromstring(html.read_text(encoding="utf-8"))
    assert "without counts" in capsys.readouterr().out
    for script, language in (("nope", "en"), ("generic", "fr")):
        with pytest.raises(SystemExit) as ended:
            graph(script, html=html, language=language)
        assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        graph("generic", html=tmp_path / "no" / "g.html", language="en")
    assert ended.value.code == 1


CODES = re.compile(r"[\w.]+(, [\w.]+)*|[\d ]+ %")
"""Codes and names of the script itself: contacts, outcomes, bands, ways out, shares."""
UNUSED: list[Node] = [
    Say(type="play", prompts=("a",), to="x"),
    Set(flag="met", to="x"),
    Language(language="en", to="x"),
    Collect.model_validate({"prompts": ("a",), "reprompts": ("b",), "most": "6", "filled": "x"}),
    Ask(prompts=("a",), reprompts=("b",), heard="x"),
    Record(prompts=("a",), done="x", silent="y", failed="z"),
]
"""Nodes of the kinds that the library's own scripts have not."""


def in_english(parts: Iterable[Part]) -> list[str]:
    """Return what the Chinese page would say in English. A sentence without translation raises KeyError."""
    chinese = Translation("zh-CN")
    codes = [part for part in parts if isinstance(part, str) and part and not CODES.fullmatch(part)]
    return codes + [said for part in parts if isinstance(part, Phrase) and (said := chinese.part(part)).isascii()]


def test_a_script_is_described_in_the_readers_language() -> None:
    assert {name: said for name in NAMES if (said := untranslated(name))} == {}


def untranslated(name: str) -> list[str]:
    script = chosen(SCRIPTS, name).script
    assert script is not None
    parts = [part for why in graph_of(script).edges.values() for part in why]
    parts += [why for why, _ in open_everywhere(script)]
    parts += [part for node in script.nodes.values() for part in (caption(node), *(when for when, _ in said(node)))]
    title = Translation("zh-CN").look.title(script.title)
    return in_english(parts) + ([title] if title.isascii() else [])


@pytest.mark.parametrize("name", ["generic", "guardian_call"])
def test_the_page_around_a_script_is_in_the_readers_language(name: str) -> None:
    sources = chosen(SCRIPTS, name)
    assert sources.script is not None
    drawn = page_of(sources, "zh-CN", None, "zh-CN")
    assert '<html lang="zh-CN">' in drawn and "点击节点可查看用语" in drawn and "Click a node" not in drawn
    assert f"<h1>{Translation('zh-CN').look.title(sources.script.title)}</h1>" in drawn
    assert not re.search("[\u3400-\u9fff](?:</b>)?, ", re.sub("(?s)<style>.*</style>", "", drawn)), "a Chinese stop"


@pytest.mark.parametrize("node", UNUSED)
def test_a_node_is_described_in_the_readers_language(node: Node) -> None:
    assert not in_english([caption(node), *(when for when, _ in said(node))])


def test_keys_and_words_that_lead_to_one_place_are_told_together() -> None:
    why: list[Part] = [Phrase(KEY, {"keys": "1"}), "filled", Phrase(SAYS, {"words": "yes"}), Phrase(KEY, {"keys": "2"})]
    why.append(Phrase(SAYS, {"words": "sure"}))
    told = [Translation(reader).listed(merged(why)) for reader in ("en", "zh-CN")]
    assert told == ["key 1 2, says yes/sure, filled", "按 1 2，说 yes/sure，filled"]


def test_counts_are_shown_when_somebody_called() -> None:
    sources = chosen(SCRIPTS, "generic")
    moves = {("opening", "code", "keys"): 7}
    calls = [
        page_of(sources, "en", PathCounts(calls=n, others=0, moves=moves, again={}, hung_up={}, seconds={}))
        for n in (9, 0)
    ]
    assert ["conversations of this version are counted" in text for text in calls] == [True, False]
    assert ["7 came" in text for text in calls] == [True, False]


def test_stops_between_chinese_words_are_chinese_and_between_codes_are_not() -> None:
    told = [Translation(reader).listed([Phrase(SILENCE), Phrase(UNCLEAR)]) for reader in ("en", "zh-CN")]
    assert told == ["silence, unclear", "无声，听不懂"]
    assert Translation("zh-CN").listed(["right_party", "dissuaded"]) == "right_party, dissuaded"


def test_a_code_is_not_taken_for_a_word() -> None:
    """A contact may be called like a word of the page."""
    assert Translation("zh-CN").part(caption(Decide(contact=Contact.GUARDIAN, to="x"))) == "guardian"
