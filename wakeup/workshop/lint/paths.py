"""Rules against paths that must not exist: to a release without a living person, through silence, or in a loop."""

from __future__ import annotations

from collections.abc import Iterator

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.input_nodes import LOOK_S, SILENT, UNCLEAR, Conference, InputNode, Patient
from wakeup.ivr.nodes import Decide, Hangup, Heard, Menu, Node, Question, Set, Split, exits
from wakeup.ivr.scoring import CLAIMS_GENUINE, TRANSFER_NAMED
from wakeup.ivr.script import Finding, Script, at_node
from wakeup.ivr.turn import AnsweredBy
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.subject import Subject

_BEGINNINGS = ("silent", "unclear", "error", "limit", "cancelled", "nothing_left", "hung_up")


def live_person(subject: Subject) -> Iterator[Finding]:
    """`consistent` is never found for a callee who pressed no key and said no word that only people say."""
    script = subject.script
    starts = [*(script.entry.of(by) for by in AnsweredBy), *(getattr(script.on, one) for one in _BEGINNINGS)]
    for name in sorted(_consistent(script) & graph.found(script, starts, graph.by_nobody)):
        why = "can be reached without any key or word, so a live person is not proven"
        yield at_node(name, "live-person", why, "put a menu that must be answered before it")


def proof(subject: Subject) -> Iterator[Finding]:
    """Before `consistent`, the callee is the right party, called the payment their own, and said that all is well."""
    script = subject.script
    needed = {
        "a node that decides right_party": {
            name for name, node in subject.nodes() if _finds(node, Contact.RIGHT_PARTY)
        },
        f"a node that sets {TRANSFER_NAMED}": {name for name, node in subject.nodes() if _sets(node, TRANSFER_NAMED)},
        f"a node that sets {CLAIMS_GENUINE}": {name for name, node in subject.nodes() if _sets(node, CLAIMS_GENUINE)},
    }
    for what, there in needed.items():
        past = graph.found(script, script.starts(), exits, without=there)
        for name in sorted(_consistent(script) & past):
            why = f"can be reached without {what}, so the call would count as broken off"
            yield at_node(name, "proof", why, "lead every path to it through such a node")


def by_key_alone(subject: Subject) -> Iterator[Finding]:
    """Only a key, never a word, says that all is well: it takes protection off, and words may be misheard."""
    for name, node in subject.nodes():
        for word, to in node.words.items() if isinstance(node, Menu) else ():
            if any(
                _sets(subject.script.nodes[met], CLAIMS_GENUINE)
                for met in graph.found(subject.script, (to,), graph.unheard)
            ):
                why = f"leads to a node that sets {CLAIMS_GENUINE}, but words may be misheard"
                yield at_node(
                    f"{name}.words.{word}", "spoken-claim", why, "lead the word to a menu, and confirm it with a key"
                )


def silence_is_no_answer(subject: Subject) -> Iterator[Finding]:
    """Silence and words that are not understood admit nothing."""
    for name, node in subject.nodes():
        for how, to in _unanswered(node):
            for met in sorted(graph.found(subject.script, (to,), graph.unheard)):
                if _admits(subject.script.nodes[met]):
                    why = f"leads, {how}, to {met}, as if an answer had been given"
                    yield at_node(f"{name}.{how}", "silence", why, "lead it to an exit that says so")


def round_and_round(subject: Subject) -> Iterator[Finding]:
    """Neither silence nor confusion leads into a loop, and answers lead out of every loop."""
    script, cap = subject.script, f"only the cap of {subject.script.limits.visits} visits ends it"
    for name, node in subject.nodes():
        if not isinstance(node, Heard):
            continue
        for how, ways in (("silence", graph.by_silence), ("confusion", graph.by_confusion)):
            if name in graph.after(script, name, ways):
                why = f"is repeated by {how} alone; {cap}"
                yield at_node(name, "loop", why, "let it lead to a hangup instead")
        answered = graph.after(script, name, graph.by_answering)
        if name in answered and not any(isinstance(script.nodes[one], Hangup) for one in answered):
            yield at_node(
                name, "loop", f"leads only in a circle, whatever is answered; {cap}", "let a key lead out of it"
            )


def steps(subject: Subject) -> Iterator[Finding]:
    """The longest path, with everything asked as often as possible, stays within the steps of a call."""
    script = subject.script
    weight = {name: 1 + _asked_again(node) for name, node in subject.nodes()}
    most = graph.longest(script, tuple(script.entry.of(by) for by in AnsweredBy), weight)
    if most > script.limits.steps:
        why = f"the longest path takes about {most} steps, but a call ends after {script.limits.steps}"
        yield Finding(rule="steps", path="nodes", why=why, mend="remove questions, or repeat them less often")


def arms(subject: Subject) -> Iterator[Finding]:
    """The arms of a split lead to different nodes."""
    for name, node in subject.nodes():
        if isinstance(node, Split) and len({way.to for way in node.ways}) < len(node.ways):
            why = "leads to the same node twice, so nothing is compared there"
            yield at_node(f"{name}.ways", "split", why, "give each way its own node", error=False)


def _consistent(script: Script) -> set[str]:
    return {name for name, node in script.nodes.items() if _finds(node, Outcome.CONSISTENT)}


def _finds(node: Node, what: Contact | Outcome) -> bool:
    return isinstance(node, Decide) and what in (node.contact, node.outcome)


def _sets(node: Node, flag: str) -> bool:
    return isinstance(node, Set) and node.flag == flag


def _unanswered(node: Node) -> list[tuple[str, str]]:
    """Return where silence and confusion lead."""
    if isinstance(node, InputNode):
        return [(how, to) for how, to in node.ways().items() if how in (SILENT, UNCLEAR)]
    return [(SILENT, node.silent), (UNCLEAR, node.unclear)] if isinstance(node, Patient) else []


def _admits(node: Node) -> bool:
    return (
        _finds(node, Contact.RIGHT_PARTY)
        or _finds(node, Outcome.CONSISTENT)
        or _sets(node, TRANSFER_NAMED)
        or _sets(node, CLAIMS_GENUINE)
    )


def _asked_again(node: Node) -> int:
    if isinstance(node, Patient):
        return max(len(node.again(unhurried=unhurried)) for unhurried in (True, False))
    if isinstance(node, Conference):
        return node.wait_s // LOOK_S + 1
    return 2 if isinstance(node, Question) else 0
