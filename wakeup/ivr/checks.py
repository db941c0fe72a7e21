"""What is wrong with a script that reads well: loose ends, silent loops, questions that accuse the honest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.script import REPEAT, Band, Branch, Decide, Hangup, Menu, Question, Score, Script, exits, prompts_of
from wakeup.ivr.speech import Meaning
from wakeup.ivr.turn import AnsweredBy

ACCUSES = Decimal(2)
"""From this score on a claim that all is well counts as contradicted."""


def check_graph(script: Script, faults: list[str]) -> None:
    """Every way leads to a node, every node is on a way, every way ends."""
    if _dangling(script, faults):
        return
    for name in sorted(set(script.nodes) - reachable(script, _starts(script))):
        faults.append(f"nodes.{name}: cannot be reached")
    for name in sorted(_never_ends(script)):
        faults.append(f"nodes.{name}: no way leads from here to a hangup")
    for name in sorted(_loops_unheard(script)):
        faults.append(f"nodes.{name}: is in a loop that never listens")
    _check_keys(script, faults)
    _check_ends(script, faults)
    for name, node in script.nodes.items():
        if isinstance(node, Decide) and node.outcome is Outcome.CONSISTENT:
            only = f"only the `consistent` exit of a score may lead to {name}"
            faults += [f"nodes.{source}: {only}" for source in _sources(script, name)]
            if name in _starts(script):
                faults.append(f"script: {only}, no key, word or entry")


def check_scoring(script: Script, faults: list[str]) -> None:
    """One constant key must trip a question in every variant, and a plain no to all must not accuse."""
    questions = [node for node in script.nodes.values() if isinstance(node, Question)]
    if not questions:
        return
    if sorted(question.weight for question in questions) != [1, 1, 2]:
        faults.append("nodes: there must be three questions, with the weights 1, 2 and 1")
        return
    for index, letter in enumerate("abc"):
        no_is_risk = sum((q.weight for q in questions if q.variants[index].risk is Meaning.NO), Decimal())
        if no_is_risk == 0:
            faults.append(f"nodes: in variant {letter} a constant no looks harmless; turn one question around")
        elif no_is_risk >= ACCUSES:
            faults.append(f"nodes: in variant {letter} an honest no to all three would count as a contradiction")


def check_prompts(script: Script, prompts: Mapping[str, Collection[str]], faults: list[str]) -> None:
    """Every language has every prompt the script says, and none it never says."""
    said = {prompt for node in script.nodes.values() for prompt in prompts_of(node)}
    for language in script.languages:
        have = set(prompts.get(language, ()))
        faults += [f"prompts.{language}.{prompt}: is missing" for prompt in sorted(said - have)]
        faults += [f"prompts.{language}.{prompt}: is never said" for prompt in sorted(have - said)]
    faults += [
        f"prompts.{language}: is no language of this script"
        for language in sorted(set(prompts) - set(script.languages))
    ]


def reachable(script: Script, starts: Iterable[str], *, verified: bool = True) -> set[str]:
    """Nodes that can be reached; with `verified=False` only by somebody not yet known to be the right party."""
    seen: set[str] = set()
    todo = [start for start in starts if start != REPEAT]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        node = script.nodes[name]
        if verified:
            todo += exits(node)
        elif isinstance(node, Branch):
            open_cases = (case.to for case in node.cases if case.when.contact is not Contact.RIGHT_PARTY)
            todo += [*open_cases, node.otherwise]
        elif not (isinstance(node, Decide) and node.contact is Contact.RIGHT_PARTY):
            todo += exits(node)
    return seen


def before_verification(script: Script) -> set[str]:
    """Nodes whose words somebody may hear who has not said to be the right party."""
    return reachable(script, _starts(script), verified=False)


def _starts(script: Script) -> list[str]:
    return [
        *script.entry.values(),
        *script.keys.values(),
        *script.words.values(),
        script.on_silent,
        script.on_unclear,
        script.on_error,
        script.on_limit,
        script.on_cancelled,
    ]


def _dangling(script: Script, faults: list[str]) -> bool:
    before = len(faults)
    named = [
        *((f"entry.{by}", to) for by, to in script.entry.items()),
        *((f"keys.{key}", to) for key, to in script.keys.items() if to != REPEAT),
        *((f"words.{word}", to) for word, to in script.words.items() if to != REPEAT),
        ("on.silent", script.on_silent),
        ("on.unclear", script.on_unclear),
        ("on.error", script.on_error),
        ("on.limit", script.on_limit),
        ("on.cancelled", script.on_cancelled),
        *((f"nodes.{name}", to) for name, node in script.nodes.items() for to in exits(node)),
    ]
    for where, to in dict.fromkeys(named):
        if to not in script.nodes:
            faults.append(f"{where}: leads to {to!r}, which is no node")
    return len(faults) > before


def _never_ends(script: Script) -> set[str]:
    ends = {name for name, node in script.nodes.items() if isinstance(node, Hangup)}
    while True:
        more = {name for name, node in script.nodes.items() if name not in ends and ends.intersection(exits(node))}
        if not more:
            return set(script.nodes) - ends
        ends |= more


def _loops_unheard(script: Script) -> set[str]:
    """Nodes from which one comes back without anybody having been listened to."""
    silent = {name: exits(node) for name, node in script.nodes.items() if not isinstance(node, Menu | Question)}
    looping = set()
    for start, ways in silent.items():
        seen: set[str] = set()
        todo = list(ways)
        while todo:
            name = todo.pop()
            if name in silent and name not in seen:
                seen.add(name)
                todo += silent[name]
        if start in seen:
            looping.add(start)
    return looping


def _check_keys(script: Script, faults: list[str]) -> None:
    for name, node in script.nodes.items():
        if isinstance(node, Menu) and node.global_exits:
            if not node.keys:
                faults.append(f"nodes.{name}.keys: is missing")
            for key in sorted(set(node.keys) & set(script.keys)):
                faults.append(f"nodes.{name}.keys.{key}: is taken by the key of the whole script")
    if any(isinstance(node, Question) for node in script.nodes.values()):
        for key in sorted({"1", "2", "3"} & set(script.keys)):
            faults.append(f"keys.{key}: is the answer to a question")


def _check_ends(script: Script, faults: list[str]) -> None:
    for where, name in (("on.error", script.on_error), ("on.limit", script.on_limit)):
        if not isinstance(script.nodes[name], Hangup):
            faults.append(f"{where}: must be a hangup, so that nothing more can go wrong")
    for by in (AnsweredBy.MACHINE, AnsweredBy.FAX):
        for name in sorted(reachable(script, [script.entry[by]])):
            if isinstance(script.nodes[name], Menu | Question):
                faults.append(f"entry.{by}: leads to {name}, which waits for an answer no machine can give")


def _sources(script: Script, target: str) -> list[str]:
    """Who leads to `target` other than by the consistent exit of a score."""
    sources = []
    for name, node in script.nodes.items():
        ways = (
            [to for band, to in node.to.items() if band is not Band.CONSISTENT]
            if isinstance(node, Score)
            else exits(node)
        )
        if target in ways:
            sources.append(name)
    return sources
