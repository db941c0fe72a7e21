"""Rules of openings: tell a person within seconds who calls and why, and tell nothing private to a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wakeup.domain.language import zh_or_en
from wakeup.domain.outcome import Contact
from wakeup.ivr.input_nodes import Record
from wakeup.ivr.nodes import Decide, Hangup, Menu, Say, exits, prompts_of
from wakeup.ivr.script import Finding
from wakeup.ivr.turn import AnsweredBy
from wakeup.ivr.wording import speaking_ms
from wakeup.usecases.conversation.recording_consent import UNRECORDED
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.facts import example
from wakeup.workshop.lint.subject import Line, Subject, at_line

OPENING_MS = 8_000
"""Longest time in milliseconds until who and why are said: after that people hang up."""
UNATTENDED_MS = 13_000
"""Longest prompt in milliseconds for a voicemail or a call assistant."""
BANK = "bank_name"
_OF_THE_CALL = frozenset({BANK, UNRECORDED})
"""Variables that reveal nothing about any person."""

_SAYS = {
    "zh": {
        "that the call is automated": "自动",
        "that it is recorded": "录音",
        "what it is about": "资金|钱|转账|付款",
    },
    "en": {
        "that the call is automated": "automat",
        "that it is recorded": "record",
        "what it is about": r"\bmoney\b|\bpayment|\btransfer",
    },
}
_TOO_MUCH = {
    "zh": re.compile("转账|付款|汇款|款|钱|资金|账户|金额|收款|风险|冻结|暂停|可疑|安全"),
    "en": re.compile(
        r"payment|transfer|\bmoney\b|\bfunds?\b|account|amount|payee|\brisk|frozen|freez|\bhold\b|suspicious|safety",
        re.IGNORECASE,
    ),
}
NOTICE = {"zh": re.compile("录"), "en": re.compile(r"\brecord", re.IGNORECASE)}
_NOBODY = frozenset({Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER})


def opening(subject: Subject) -> Iterator[Finding]:
    """The opening says within eight seconds who calls, that it is automated, that it is recorded, and why."""
    starts = dict.fromkeys((subject.script.entry.human, subject.script.entry.unknown))
    firsts = dict.fromkeys(first for start in starts for first in _first_words(subject, start))
    for language in subject.languages():
        for first in firsts:
            yield from _opened(subject, language, first)


def recorded(subject: Subject) -> Iterator[Finding]:
    """A callee who records a message is told so in the same node."""
    for name, node in subject.nodes():
        if not isinstance(node, Record):
            continue
        for language in subject.languages():
            words = " ".join(subject.said(language, prompt) for prompt in node.prompts)
            if not NOTICE[zh_or_en(language)].search(words):
                line = subject.line(language, node.prompts[0])
                yield at_line(line, "recorded", f"does not say that {name} is recorded", "say that it is recorded")


def says_too_much(subject: Subject) -> Iterator[Finding]:
    """A machine, a fax or a call assistant hears who we are, and nothing of what the call is about."""
    script = subject.script
    asked = [node.to for _, node in subject.nodes() if isinstance(node, Decide) and node.contact in _NOBODY]
    asked += [script.entry.screener] if script.entry.screener else []
    starts = (*(script.entry.of(by) for by in (AnsweredBy.MACHINE, AnsweredBy.FAX)), *asked)
    heard = graph.found(script, starts[:2], exits) | graph.found(script, asked, graph.unheard)
    prompts = dict.fromkeys(prompt for name in sorted(heard) for prompt in subject.prompts_at(name))
    firsts = dict.fromkeys(first[0] for start in starts for first in _first_words(subject, start))
    for language in subject.languages():
        for prompt in prompts:
            yield from _to_machines(subject, subject.line(language, prompt))
        for first in firsts:
            line = subject.line(language, first)
            if BANK not in subject.made(line).used:
                mend = f"name the bank with {{{{ {BANK} }}}}"
                yield at_line(line, "unattended", "does not say who is calling", mend)


def _to_machines(subject: Subject, line: Line) -> Iterator[Finding]:
    rule, mend = "unattended", "say only who is calling"
    for variable in sorted(subject.made(line).used - _OF_THE_CALL):
        yield at_line(line, rule, f"tells {variable} to a machine or a call assistant", mend)
    found = _TOO_MUCH[zh_or_en(line.language)].search(line.plain)
    if found:
        yield at_line(line, rule, f"tells a machine or a call assistant what the call is about ({found[0]})", mend)
    ms = subject.line_ms(line.language, line.prompt)
    if ms > UNATTENDED_MS:
        yield at_line(line, rule, f"takes {ms / 1000:.0f} s; a recording needs {UNATTENDED_MS // 1000} s at most", mend)


def _first_words(subject: Subject, start: str) -> Iterator[tuple[str, ...]]:
    """Yield the prompts of the first node that speaks on each path from here, for each persona."""
    silent = graph.found(subject.script, (start,), lambda node: () if prompts_of(node) else graph.unheard(node))
    for name in sorted(silent):
        node = subject.script.nodes[name]
        prompts = node.prompts if isinstance(node, Say | Menu | Hangup) else prompts_of(node)
        for persona in (subject.script.personas or ("",)) if prompts else ():
            yield tuple(subject.script.spoken(prompt, persona) for prompt in prompts)


def _opened(subject: Subject, language: str, prompts: tuple[str, ...]) -> Iterator[Finding]:
    line = subject.line(language, prompts[0])
    words = " ".join(subject.said(language, prompt) for prompt in prompts)
    bank = str(example(subject.script.variables, language, full=True).get(BANK, ""))
    wanted = {"who is calling": re.escape(bank) or "(?!)", **_SAYS[zh_or_en(language)]}
    ends = []
    for what, pattern in wanted.items():
        found = re.search(pattern, words, re.IGNORECASE)
        if found is None:
            yield at_line(line, "opening", f"is said first, but does not say {what}", "say it first")
        else:
            ends.append(found.end())
    ms = speaking_ms(words[: max(ends, default=0)])
    if ms > OPENING_MS:
        why = f"takes about {ms / 1000:.1f} s until who is calling and why is said; the limit is {OPENING_MS // 1000} s"
        yield at_line(line, "opening", why, "start with them")
