"""Rules of conferences: only a callee who wants it joins, only the right party, and never without being told."""

from __future__ import annotations

from collections.abc import Iterator

from wakeup.domain.language import zh_or_en
from wakeup.ivr.checks import before_verification
from wakeup.ivr.input_nodes import ROOM, Conference
from wakeup.ivr.nodes import Menu, exits
from wakeup.ivr.script import Finding, at_node
from wakeup.workshop.lint.key_prompts import told
from wakeup.workshop.lint.openings import NOTICE
from wakeup.workshop.lint.subject import Subject, at_line

_STAR = "*"
"""The key with which the phone company lets a caller leave a conference."""


def consent(subject: Subject) -> Iterator[Finding]:
    """A callee joins a conference only by pressing a key: never by a word, which may be misheard, or by silence."""
    script = subject.script
    for name, _ in _conferences(subject):
        mend = "lead to it only by a key of a menu that asks whether the callee wants it"
        for source, node in subject.nodes():
            keyed = isinstance(node, Menu) and name not in (*node.words.values(), node.silent, node.unclear)
            if name in exits(node) and not keyed:
                why = f"leads to {name}, which may be reached only by pressing a key for it"
                yield at_node(source, "consent", why, mend)
        if name in script.starts():
            yield at_node(name, "consent", "can be reached without a key of a menu that asks for it", mend)


def right_one(subject: Subject) -> Iterator[Finding]:
    """A guardian is called only for the verified customer."""
    early = before_verification(subject.script)
    for name, node in _conferences(subject):
        if node.who == "guardian" and name in early:
            why = "calls the guardian before the callee is known to be the right party"
            yield at_node(name, "company", why, "lead to it after a node that decides right_party")


def told_before(subject: Subject) -> Iterator[Finding]:
    """Before a conference callees hear that it is recorded and how to leave it; before the wait, how to end it."""
    for language in subject.languages():
        for name, node in _conferences(subject):
            joining = subject.line(language, node.joining)
            words = subject.said(language, node.joining)
            if not NOTICE[zh_or_en(language)].search(words):
                yield at_line(joining, "recorded", f"does not say that {name} is recorded", "say that it is recorded")
            if told(words, language) != [_STAR]:
                yield at_line(
                    joining,
                    "keys",
                    "does not mention the star key, with which the callee leaves",
                    "mention only that key",
                )
            before = [key for prompt in node.prompts for key in told(subject.said(language, prompt), language)]
            if node.leave not in before:
                line = subject.line(language, node.prompts[-1])
                yield at_line(
                    line, "keys", f"does not mention key {node.leave}, which ends the waiting", "mention that key"
                )


def unspoken(subject: Subject) -> Iterator[Finding]:
    """The name of a conference is for machines and is never spoken."""
    for line in subject.lines():
        if ROOM in subject.made(line).bare:
            yield at_line(
                line, "spoken", f"says {ROOM}, which is not meant to be spoken", f"test it with {{% if {ROOM} %}}"
            )


def _conferences(subject: Subject) -> Iterator[tuple[str, Conference]]:
    for name, node in subject.nodes():
        if isinstance(node, Conference):
            yield name, node
