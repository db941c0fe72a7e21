"""Checks of a well-formed script: dead ends, silent loops, and questions that would accuse an honest callee."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.input_nodes import PutThrough
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import (
    REPEAT,
    Band,
    Branch,
    Decide,
    Hangup,
    Heard,
    Language,
    Menu,
    Question,
    Say,
    Score,
    Set,
    exits,
    prompts_of,
)
from wakeup.ivr.script import Finding, Script, at_node
from wakeup.ivr.turn import AnsweredBy

ACCUSES = Decimal(2)
"""A callee who claims that all is well with at least this score counts as contradicted."""


def check_graph(script: Script) -> Iterator[Finding]:
    """Check that every exit leads to a node, every node is reachable, and every path ends."""
    dangling = list(_dangling(script))
    if dangling:
        yield from dangling
        return
    if REPEAT in script.nodes:
        yield at_node(REPEAT, "form", "is a reserved name", "use another name")
    for name in sorted(set(script.nodes) - reachable(script, script.starts())):
        yield at_node(name, "unreachable", "cannot be reached", "lead some exit to it, or remove it")
    for name in sorted(_never_ends(script)):
        yield at_node(name, "no-end", "no path leads from here to a hangup", "let one of its exits lead to a hangup")
    for name in sorted(_loops_unheard(script)):
        yield at_node(name, "silent-loop", "is in a loop that never listens", "put a menu or a question into the loop")
    for name, node in script.nodes.items():
        if isinstance(node, Language) and node.language not in script.languages.supported:
            why = f"{node.language!r} is not among the supported languages"
            yield at_node(
                f"{name}.language", "language", why, "add it to languages.supported, with a voice and prompts"
            )
    yield from _key_clashes(script)
    yield from _ends(script)
    yield from _frees_the_money(script)


def check_scoring(script: Script) -> Iterator[Finding]:
    """Check the scored questions.

    Three are asked whatever is answered, answering all with the same key trips one of them, and an honest no to all
    of them does not accuse.
    """
    if any(_dangling(script)):
        return
    for first in _first_questions(script):
        for index, letter in enumerate("abc"):
            asked = {constant: _asked(script, first, index, constant) for constant in (Meaning.NO, Meaning.YES)}
            if any([question.weight for question in way] != [1, 2, 1] for way in asked.values()):
                yield _scoring(
                    first,
                    "there must be three questions, with the weights 1, 2 and 1",
                    "ask three questions on every path; the second has weight 2",
                )
                return
            risks = {
                constant: sum((q.weight for q in way if q.variants[index].risk is constant), Decimal())
                for constant, way in asked.items()
            }
            if not all(risks.values()):
                constant = "no" if not risks[Meaning.NO] else "yes"
                yield _scoring(
                    first,
                    f"in variant {letter} a constant {constant} looks harmless; turn one question around",
                    f"ask the first or the third so that `{constant}` means risk",
                )
            elif risks[Meaning.NO] >= ACCUSES:
                yield _scoring(
                    first,
                    f"in variant {letter} an honest no to all three would count as a contradiction",
                    "let `no` mean risk in one question of weight 1 only",
                )


def _first_questions(script: Script) -> list[str]:
    """Return the questions that are not reached from another question."""
    questions = {name for name, node in script.nodes.items() if isinstance(node, Question)}
    later = {name for first in questions for name in _next_questions(script, first)}
    return sorted(questions - later)


def _next_questions(script: Script, question: str) -> set[str]:
    found: set[str] = set()
    todo, seen = list(exits(script.nodes[question])), set()
    while todo:
        name = todo.pop()
        node = script.nodes[name]
        if isinstance(node, Question):
            found.add(name)
        elif name not in seen and not isinstance(node, Heard | Hangup | Score):
            seen.add(name)
            todo += exits(node)
    return found


def _asked(script: Script, first: str, variant: int, constant: Meaning) -> list[Question]:
    """Return the questions a callee hears who gives the same answer to all of them."""
    asked: dict[str, Question] = {}
    name = first
    while name not in asked:
        node = script.nodes[name]
        match node:
            case Question():
                asked[name] = node
                name = node.to
            case Branch():
                safe = {one for one, question in asked.items() if question.variants[variant].risk is not constant}
                name = next((case.to for case in node.cases if case.when.safe in safe), node.otherwise)
            case Say() | Set() | Language():
                name = node.to
            case _:
                break
    return list(asked.values())


def check_prompts(script: Script, prompts: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Check that every language has every prompt the script says, and none it never says."""
    said = said_in(script)
    supported = script.languages.supported
    for language in supported:
        have = set(prompts.get(language, ()))
        for prompt in sorted(said - have):
            yield _prompt(f"{language}.{prompt}", "is missing", "write it, or remove it from all nodes")
        for prompt in sorted(have - said):
            yield _prompt(f"{language}.{prompt}", "is never said", "use it in a node, or remove it")
    for language in sorted(set(prompts) - set(supported)):
        yield _prompt(language, "is not a language of this script", "add it to languages.supported, or remove the file")


def said_in(script: Script) -> frozenset[str]:
    """Return every prompt of the script, including those of its personas."""
    instead = {prompt for persona in script.personas.values() for prompt in persona.prompts.values()}
    return frozenset({prompt for node in script.nodes.values() for prompt in prompts_of(node)} | instead)


def _scoring(first: str, why: str, mend: str) -> Finding:
    return at_node(first, "polarity", why, mend)


def _prompt(where: str, why: str, mend: str) -> Finding:
    return Finding(rule="words", path=f"prompts.{where}", why=why, mend=mend)


def reachable(script: Script, starts: Iterable[str], *, verified: bool = True) -> set[str]:
    """Return the nodes that can be reached. `verified=False`: by a callee not yet known to be the right party."""
    seen: set[str] = set()
    todo = [start for start in starts if start != REPEAT]
    while todo:
        name = todo.pop()
        if name in seen or name not in script.nodes:
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
    """Return the nodes a callee may hear before they are known to be the right party.

    This includes the nodes after they turned out to be a different person.
    """
    somebody_else = (
        node.to
        for node in script.nodes.values()
        if isinstance(node, Decide) and node.contact not in (None, Contact.RIGHT_PARTY)
    )
    return reachable(script, (*script.starts(), *somebody_else), verified=False)


def heard_early(script: Script) -> set[str]:
    """Return the prompts that may be heard before verification, whichever persona speaks."""
    early = {prompt for name in before_verification(script) for prompt in prompts_of(script.nodes[name])}
    early |= {node.whisper for node in script.nodes.values() if isinstance(node, PutThrough)}
    return early | {script.spoken(prompt, persona) for prompt in early for persona in script.personas}


def _dangling(script: Script) -> Iterator[Finding]:
    named = [
        *((path, to) for path, to in script.leads() if path.startswith(("entry.", "on.")) or to != REPEAT),
        *((f"nodes.{name}", to) for name, node in script.nodes.items() for to in exits(node)),
    ]
    for where, to in dict.fromkeys(named):
        if to not in script.nodes:
            yield Finding(
                rule="dangling", path=where, why=f"leads to {to!r}, which is not a node", mend="use a node that exists"
            )


def _never_ends(script: Script) -> set[str]:
    ends = {name for name, node in script.nodes.items() if isinstance(node, Hangup)}
    while True:
        more = {name for name, node in script.nodes.items() if name not in ends and ends.intersection(exits(node))}
        if not more:
            return set(script.nodes) - ends
        ends |= more


def _loops_unheard(script: Script) -> set[str]:
    """Return the nodes from which a path leads back to the same node without listening to the callee."""
    silent = {name: exits(node) for name, node in script.nodes.items() if not isinstance(node, Heard)}
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


def _key_clashes(script: Script) -> Iterator[Finding]:
    for name, node in script.nodes.items():
        if isinstance(node, Menu) and node.global_exits:
            if not node.keys:
                yield at_node(f"{name}.keys", "key-clash", "is missing", "offer at least one key")
            for key in sorted(set(node.keys) & set(script.keys)):
                yield at_node(f"{name}.keys.{key}", "key-clash", "is a global key of the script already", "use another")
    if any(isinstance(node, Question) for node in script.nodes.values()):
        for key in sorted({"1", "2", "3"} & set(script.keys)):
            yield Finding(rule="key-clash", path=f"keys.{key}", why="is an answer to a question", mend="use another")


def _ends(script: Script) -> Iterator[Finding]:
    for where, name in (("on.error", script.on.error), ("on.limit", script.on.limit)):
        if not isinstance(script.nodes[name], Hangup):
            why = "must lead to a hangup, so that nothing more can go wrong"
            yield Finding(rule="safe-end", path=where, why=why, mend="lead it to a hangup with a neutral goodbye")
    for name in sorted(reachable(script, filter(None, [script.on.hung_up]))):
        if prompts_of(script.nodes[name]) or isinstance(script.nodes[name], Heard):
            why = f"leads to {name}, which speaks to a callee who has hung up"
            yield Finding(rule="hung-up", path="on.hung_up", why=why, mend="lead it to silent nodes and a hangup")
    for by in (AnsweredBy.MACHINE, AnsweredBy.FAX):
        for name in sorted(reachable(script, [script.entry.of(by)])):
            if isinstance(script.nodes[name], Heard):
                why = f"leads to {name}, which waits for an answer that a machine cannot give"
                yield Finding(rule="machine", path=f"entry.{by}", why=why, mend="say one line and hang up")


def _frees_the_money(script: Script) -> Iterator[Finding]:
    for name, node in script.nodes.items():
        if not isinstance(node, Decide) or node.outcome is not Outcome.CONSISTENT:
            continue
        only = f"only the `consistent` exit of a score may lead to {name}"
        for source in _sources(script, name):
            yield at_node(source, "live-proof", only, "lead to it through a score node")
        if name in script.starts():
            yield Finding(
                rule="live-proof",
                path="script",
                why=f"{only}, no key, word or entry",
                mend="lead to it through a score node",
            )


def _sources(script: Script, target: str) -> list[str]:
    """Return the nodes that lead to `target` other than by the consistent exit of a score."""
    sources = []
    for name, node in script.nodes.items():
        ways = (
            [node.way(band) for band in Band if band is not Band.CONSISTENT] if isinstance(node, Score) else exits(node)
        )
        if target in ways:
            sources.append(name)
    return sources
