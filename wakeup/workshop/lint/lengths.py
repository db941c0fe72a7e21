"""Rules of length: of speech, of what a listener can remember, and of what the phone company accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from html import escape

from wakeup.ivr.input_nodes import Ask, Conference, InputNode, Patient, PutThrough, Record
from wakeup.ivr.nodes import Hangup, Heard, Menu, Node, Question, Say, exits
from wakeup.ivr.script import Finding, at_node
from wakeup.telephony.twiml import MAX_DOCUMENT_BYTES
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.facts import longest, url_encoded
from wakeup.workshop.lint.subject import Subject, at_line

SAY_CHARACTERS = 3000
SAY_URL_ENCODED = 4500
"""Longest Say, URL-encoded: 500 Chinese characters."""
BREATH_MS = 26_000
"""Longest prompt in milliseconds: people cannot remember more."""
TURN_MS = 28_000
"""Longest speech in milliseconds before the keys of a menu or question, at the normal rate: the scammer is often on
another phone, and talks to a callee who has to wait for the keys."""
CALL_MS = 300_000
ANSWER_MS = 4_000
"""Milliseconds from the end of a question to the key."""
FRAME_BYTES = 4_000
"""Size of a document without its words: the URL, the hints for the speech recogniser."""
_TAGS_BYTES = 120
"""Size of the tags around one prompt."""
_TIMES_LONGER, _LONGER_MS = 1.6, 4_000


def say_limit(subject: Subject) -> Iterator[Finding]:
    """Every prompt fits into one Say, even with the longest variables."""
    for line in subject.lines():
        text = max(_longest_forms(subject, line.language, line.prompt), key=url_encoded)
        if len(text) > SAY_CHARACTERS or url_encoded(text) > SAY_URL_ENCODED:
            why = f"may have {len(text)} characters with its variables, more than fit in one Say"
            yield at_line(line, "say-limit", why, "split it into two prompts")


def turn_limit(subject: Subject) -> Iterator[Finding]:
    """Everything said before the callee may answer fits into one document."""
    script, most = subject.script, MAX_DOCUMENT_BYTES - FRAME_BYTES
    heard = (node for _, node in subject.nodes() if isinstance(node, Heard))
    starts = sorted({*script.starts(), *(to for node in heard for to in exits(node))} & set(script.nodes))
    for language in subject.languages():
        weight = {name: words_bytes(subject, language, name) for name in script.nodes}
        for start in starts:
            if graph.longest(script, (start,), weight, graph.unheard) > most:
                why = f"starts more words in {language} than fit in one document ({MAX_DOCUMENT_BYTES} bytes)"
                yield at_node(start, "turn-limit", why, "put a menu in between")


def breath(subject: Subject) -> Iterator[Finding]:
    """No prompt is longer than a listener can remember."""
    for line in subject.lines():
        ms = subject.line_ms(line.language, line.prompt)
        if ms > BREATH_MS:
            why = f"takes about {ms / 1000:.0f} s to say; callees do not remember more than {BREATH_MS // 1000} s"
            yield at_line(line, "breath", why, "remove what can wait")


def turn_time(subject: Subject) -> Iterator[Finding]:
    """The callee waits at most `TURN_MS` for the keys of a menu or question."""
    script = subject.script
    starts = {*script.starts(), *(to for _, node in subject.nodes() if isinstance(node, Heard) for to in exits(node))}
    for name, node in subject.nodes():
        if not isinstance(node, Menu | Question):
            continue
        before = {one for one in script.nodes if name in graph.found(script, (one,), graph.unheard)}
        for language in subject.languages():
            weight = {one: _words_ms(subject, language, script.nodes[one]) for one in before}
            ms = graph.longest(script, sorted(starts & before), weight, partial(_within, before))
            if ms > TURN_MS:
                why = f"callees hear {ms / 1000:.1f} s in {language} before its keys; {TURN_MS // 1000} s is the limit"
                yield at_node(name, "turn-time", why, "shorten the prompts before its keys")


def _within(nodes: Collection[str], node: Node) -> tuple[str, ...]:
    """Return the nodes among these that follow without the script listening in between."""
    return tuple(to for to in graph.unheard(node) if to in nodes)


def call_length(subject: Subject) -> Iterator[Finding]:
    """The longest call stays within five minutes; with everything asked twice, within the limit of the script.

    It ends where another person comes to the line: what follows is counted as a new conversation.
    """
    script = subject.script
    with_others = [node for _, node in subject.nodes() if isinstance(node, PutThrough | Conference)]
    starts = (script.entry.human, script.entry.unknown, *(to for node in with_others for to in exits(node)))
    for language in subject.languages():
        once = {name: _node_ms(subject, language, node) for name, node in subject.nodes()}
        twice = {name: once[name] + _again_ms(subject, language, node) for name, node in subject.nodes()}
        limit_s = script.limits.call_s
        for how, weight, most_s in (("", once, min(CALL_MS // 1000, limit_s)), (", asked twice,", twice, limit_s)):
            seconds = graph.longest(script, starts, weight, _alone) // 1000
            if seconds > most_s:
                why = f"the longest call in {language}{how} takes about {seconds} s; {most_s} s is the limit"
                yield Finding(
                    rule="call-length", path="nodes", why=why, mend="shorten the prompts, or ask fewer questions"
                )
                break


def _alone(node: Node) -> tuple[str, ...]:
    return () if isinstance(node, PutThrough | Conference) else exits(node)


def lopsided(subject: Subject) -> Iterator[Finding]:
    """A prompt takes about as long in one language as in the others."""
    for prompt in sorted({line.prompt for line in subject.lines()}):
        ms = {language: subject.line_ms(language, prompt) for language in subject.languages()}
        if len(ms) < 2:
            continue
        long, short = max(ms, key=lambda one: ms[one]), min(ms, key=lambda one: ms[one])
        if ms[long] > _TIMES_LONGER * ms[short] and ms[long] - ms[short] > _LONGER_MS:
            why = f"takes {ms[long] / 1000:.0f} s, and {ms[short] / 1000:.0f} s in {short}: is something left out?"
            yield at_line(subject.line(long, prompt), "lopsided", why, "say the same in both", error=False)


def _longest_forms(subject: Subject, language: str, prompt: str) -> tuple[str, str]:
    yes, no = (
        subject.filled(language, prompt, longest(subject.script.variables, language, flags=flags))
        for flags in (True, False)
    )
    return yes, no


def words_bytes(subject: Subject, language: str, name: str) -> int:
    """Return an upper bound of a node's size: all its prompts of all personas at once."""
    forms = (_longest_forms(subject, language, prompt) for prompt in subject.prompts_at(name))
    return sum(max(len(escape(text).encode()) for text in pair) + _TAGS_BYTES for pair in forms)


def _node_ms(subject: Subject, language: str, node: Node) -> int:
    """Return how long the words of a node and the answer take."""
    match node:
        case Ask() | Record():
            acts_ms = node.max_s * 1000
        case Menu() | Question() | InputNode():
            acts_ms = ANSWER_MS
        case _:
            acts_ms = 0
    return _words_ms(subject, language, node) + acts_ms


def _words_ms(subject: Subject, language: str, node: Node) -> int:
    match node:
        case Say() | Hangup() | Menu() | InputNode():
            return subject.ms(language, *node.prompts)
        case Question():
            asked = max(subject.ms(language, wording.prompt) for wording in node.variants)
            return subject.ms(language, *node.before, *node.after) + asked
        case _:
            return 0


def _again_ms(subject: Subject, language: str, node: Node) -> int:
    """Return the extra milliseconds if the callee says nothing the first time."""
    match node:
        case Patient() if node.reprompts:
            return node.timeout_s * 1000 + max(subject.ms(language, prompt) for prompt in node.reprompts)
        case Question():
            asked = max(subject.ms(language, wording.prompt) for wording in node.variants)
            return node.timeout_s * 1000 + subject.ms(language, node.on_silence, *node.after) + asked
        case _:
            return 0
