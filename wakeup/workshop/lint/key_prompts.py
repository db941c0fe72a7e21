"""Rules of keys: a listening node announces every key it takes, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wakeup.domain.language import zh_or_en
from wakeup.domain.outcome import Contact
from wakeup.ivr.input_nodes import Conference, InputNode, PutThrough
from wakeup.ivr.nodes import Decide, Hangup, Menu, Node, Question, Say, prompts_of
from wakeup.ivr.script import Finding
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.subject import Line, Subject, at_line

_TOLD = {
    "zh": re.compile(r"按 ?(?:([0-9*])|(星号))"),
    "en": re.compile(r"\bpress ?(?:([0-9*])|(star)\b)", re.IGNORECASE),
}
_ANSWERS = frozenset("123")
_MAX_ANSWERS, _MAX_KEYS = 3, 4
_MAX_SLOWLY = 2


def told(words: str, language: str) -> list[str]:
    """Return the keys these words announce, in order."""
    return [key or "*" for key, _ in _TOLD[zh_or_en(language)].findall(words)]


def keys(subject: Subject) -> Iterator[Finding]:
    """Every key a node takes is announced, and no other."""
    screened = heard_by_screeners(subject)
    for language in subject.languages():
        for name, node in subject.nodes():
            ways = _ways_to_ask(node)
            for prompts in ways[1:] if name in screened else ways:
                yield from _compared(subject, language, name, prompts)
            yield from _told_to_nobody(subject, language, node)
            if isinstance(node, PutThrough) and told(subject.said(language, node.whisper), language) != [node.key]:
                line = subject.line(language, node.whisper)
                yield _odd(
                    line,
                    f"is whispered at {name}, but does not mention key {node.key} and no other",
                    "mention that key",
                )


def choices(subject: Subject) -> Iterator[Finding]:
    """A prompt offers no more keys than a listener can remember."""
    for line in subject.lines():
        offered = told(line.plain, line.language)
        if len([key for key in offered if key in "12345678"]) > _MAX_ANSWERS or len(offered) > _MAX_KEYS:
            why = f"offers {len(offered)} keys; callees do not remember more than {_MAX_ANSWERS} answers"
            yield at_line(line, "choices", why, "move the rarest to a second menu")


def step_by_step(subject: Subject) -> Iterator[Finding]:
    """A callee who needs time hears at most two answers at a time."""
    for language in subject.languages():
        for _, node in subject.nodes():
            for prompt in _heard_slowly(node):
                offered = [key for key in told(subject.said(language, prompt), language) if key in "12345678"]
                if len(offered) > _MAX_SLOWLY:
                    why = f"offers {len(offered)} answers at once, even to callees who need time"
                    yield at_line(subject.line(language, prompt), "steps-for-all", why, "write `steps` for its menu")


def _heard_slowly(node: Node) -> tuple[str, ...]:
    match node:
        case Menu():
            return (*node.first(unhurried=True), *node.again(unhurried=True))
        case Question():
            return (*(wording.prompt for wording in node.variants), *node.after)
        case _:
            return ()


def heard_by_screeners(subject: Subject) -> set[str]:
    """Return nodes that speak first after a call assistant asked who is calling: it presses no key."""
    starts = [
        node.to for _, node in subject.nodes() if isinstance(node, Decide) and node.contact is Contact.CALL_SCREENER
    ]
    starts += [subject.script.entry.screener] if subject.script.entry.screener else []
    met = graph.found(subject.script, starts, graph.unheard)
    return {name for name in met if isinstance(subject.script.nodes[name], Menu)}


def _ways_to_ask(node: Node) -> list[tuple[str, ...]]:
    """Return the prompts before the node listens, for each time it can ask."""
    match node:
        case Menu():
            steps = [node.steps] if node.steps else []
            return [node.prompts, *((prompt,) for prompt in node.reprompts), *steps]
        case Question():
            return [(wording.prompt, *node.after) for wording in node.variants]
        case _:
            return []


def _compared(subject: Subject, language: str, name: str, prompts: tuple[str, ...]) -> Iterator[Finding]:
    node = subject.script.nodes[name]
    everywhere = set(subject.script.keys) if not isinstance(node, Menu) or node.global_exits else set()
    taken = set(node.keys) if isinstance(node, Menu) else set(_ANSWERS)
    for persona in subject.script.personas or ("",):
        said = [subject.script.spoken(prompt, persona) for prompt in prompts]
        words = {prompt: told(subject.said(language, prompt), language) for prompt in said}
        heard = {key for one in words.values() for key in one} - everywhere
        for key in sorted(heard - taken):
            line = subject.line(language, next(one for one in said if key in words[one]))
            yield _odd(line, f"mentions key {key}, which {name} does not take", "mention a key that the node takes")
        # A missing key is reported at the question itself, or at the last prompt of a menu that announces keys at all.
        telling = said[:1] if isinstance(node, Question) else [one for one in said if words[one]]
        for key in sorted(taken - heard):
            line = subject.line(language, (telling or said)[-1])
            yield _odd(line, f"does not mention key {key}, which {name} takes", "say what it is for")


def _told_to_nobody(subject: Subject, language: str, node: Node) -> Iterator[Finding]:
    """Yield keys in prompts after which nothing, or another node, listens."""
    open_keys: set[str] = set()
    match node:
        case Hangup() | PutThrough():
            prompts = node.prompts
        case Conference():
            prompts, open_keys = (*node.prompts, node.waiting), {*subject.script.keys, node.leave}
        case InputNode():
            prompts, open_keys = prompts_of(node), set(subject.script.keys)
        case Say():
            prompts, open_keys = node.prompts, set(subject.script.keys)
        case Question():
            prompts = (*node.before, node.on_silence, node.on_unclear)
            open_keys = {*subject.script.keys, *_ANSWERS}
        case _:
            return
    for prompt in (form for one in prompts for form in subject.forms(one)):
        for key in sorted(set(told(subject.said(language, prompt), language)) - open_keys):
            yield _odd(subject.line(language, prompt), f"mentions key {key}, which is not taken here", "remove it")


def _odd(line: Line, why: str, mend: str) -> Finding:
    return at_line(line, "keys", why, mend)
