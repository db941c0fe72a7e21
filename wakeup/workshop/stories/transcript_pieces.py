"""Collect what is heard of one script in one language, as the pieces of a transcript."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wakeup.domain.decision import Verdict
from wakeup.domain.policy import Policy
from wakeup.ivr.nodes import Question
from wakeup.ivr.scoring import Findings
from wakeup.ivr.script import Script
from wakeup.ivr.turn import Turn
from wakeup.workshop.stories.play import Played, Taken
from wakeup.workshop.tryout.decide import NOW, verdicts

_SHORT = 8
_POLICY = Policy()
"""The default policy of the code, so that no bank's policy changes a transcript."""
_WAYS = "ways, which many stories begin with"
_STORIES = "stories, in which wordings, and what is decided"
_STOPS = "stops, how long we wait there, and what is said"
_WORDS = "words, each text by the first digits of its hash"
SECTIONS = (_WAYS, _STORIES, _STOPS, _WORDS)
Sections = dict[str, dict[str, str]]
"""Title to name to text. A name is the same in every script that shares the thing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of one script in one language."""

    script: str
    language: str
    head: str
    aloud: tuple[str, ...]
    sections: Sections


def heard(
    script: Script, language: str, words: Mapping[str, str], ways: Mapping[str, Sequence[str]], plays: Sequence[Played]
) -> Heard:
    """Return what is heard. `words` are the prompts of this language, `ways` the expanded openings of many stories."""
    voice = script.voices[language]
    pace = ", slowly ".join(rate for rate in (voice.rate, voice.slow_rate) if rate)
    begun = _ways(ways, plays)
    return Heard(
        script.id,
        language,
        f"{script.id} {script.version} in {language}, {voice.voice} {pace}".strip(),
        tuple(_aloud(played) for played in plays if played.wording in played.told.story.aloud),
        {
            _WAYS: {name: "\n".join([name, *_shortened(lines, begun)]) for name, lines in begun.items()},
            _STORIES: _stories(plays, begun),
            _STOPS: dict(_stops(script, plays)),
            _WORDS: dict(_words(script, words)),
        },
    )


def common(all_heard: Iterable[Heard]) -> Sections:
    """Return what is equal in two scripts at least, and in more than half of the scripts that have it.

    So a further script that differs, or that is still a copy of another, leaves the other transcripts unchanged.
    """
    times: dict[str, dict[str, Counter[str]]] = {title: {} for title in SECTIONS}
    for one in all_heard:
        for title, items in one.sections.items():
            for name, text in items.items():
                times[title].setdefault(name, Counter())[text] += 1
    return {
        title: {
            name: text for name, texts in items.items() for text, n in texts.most_common(1) if 1 < n > texts.total() / 2
        }
        for title, items in times.items()
    }


def shown_score(found: Findings) -> str:
    """Return the score without trailing zeros."""
    return f"{found.score.normalize():f}"


@lru_cache(maxsize=1024)
def decision(found: Findings) -> str:
    """Return the decision at each tier if this call were the only evidence, by the service's own table."""
    shown = {tier: _verdict(verdict) for tier, verdict in verdicts(found, _POLICY).items()}
    if len(set(shown.values())) == 1:
        return next(iter(shown.values()))
    return "; ".join(f"{tier}: {text}" for tier, text in shown.items())


def _verdict(verdict: Verdict) -> str:
    effects = ", ".join(sorted(verdict.effects))
    later = ""
    if verdict.allow_at is not None:
        later = f", allow after {int((verdict.allow_at - NOW).total_seconds())} s"
    return f"{verdict.ruling} {verdict.reason}{later}{f' ({effects})' if effects else ''}"


def _result(found: Findings) -> str:
    marks = (
        *((f"score {shown_score(found)}",) if found.score else ()),
        *(("no live person",) if not found.live_person else ()),
        *(("payment named",) if found.transfer_named else ()),
        *(("cannot talk",) if found.cannot_talk else ()),
        *((f"fault: {found.fault}",) if found.fault is not None else ()),
    )
    return f"  = {', '.join((found.contact, found.outcome, *marks))}: {decision(found)}"


def _aloud(played: Played) -> str:
    lines = [f"{played.told.name} {played.wording}: {played.found.contact}, {played.found.outcome}"]
    for taken in played.taken:
        lines.append(f"  {taken.shown}")
        lines += [f"    {utterance.text}" for utterance in taken.turn.utterances]
    return "\n".join(lines)


def _line(taken: Taken) -> str:
    trail = taken.trail
    to = ", ".join(trail.nodes) if trail.again is None else f"{taken.turn.node} {trail.again}"
    if not to:
        to = "ended" if taken.turn.ends else "no matter"
    return f"  {taken.text} > {to}"


def _ways(ways: Mapping[str, Sequence[str]], plays: Sequence[Played]) -> dict[str, list[str]]:
    """Return each way as the first story that begins with it went; the longest first."""
    found = {}
    for name, inputs in sorted(ways.items(), key=lambda way: (-len(way[1]), way[0])):
        first = next((one for one in plays if list(one.told.inputs[: len(inputs)]) == list(inputs)), None)
        if first is not None:
            found[name] = [_line(taken) for taken in first.taken[: len(inputs)]]
    return found


def _shortened(lines: list[str], begun: Mapping[str, list[str]]) -> list[str]:
    for name, way in begun.items():
        if len(way) < len(lines) and lines[: len(way)] == way:
            return [f"  {name} …", *lines[len(way) :]]
    return lines


def _stories(plays: Sequence[Played], begun: Mapping[str, list[str]]) -> dict[str, str]:
    """Return each story; wordings in which it went the same way share their lines."""
    told: dict[str, dict[str, list[str]]] = {}
    for played in plays:
        lines = [*_shortened([_line(taken) for taken in played.taken], begun), _result(played.found)]
        told.setdefault(played.told.name, {}).setdefault("\n".join(lines), []).append(played.wording)
    return {
        name: "\n".join(f"{name} {' '.join(letters)}\n{lines}" for lines, letters in wordings.items())
        for name, wordings in told.items()
    }


def _stops(script: Script, plays: Sequence[Played]) -> Iterator[tuple[str, str]]:
    said: dict[str, set[str]] = {}
    waits: dict[str, set[int]] = {}
    for played in plays:
        for taken in played.taken:
            turn = taken.turn
            if turn.utterances:
                said.setdefault(turn.node, set()).add(" ".join(taken.said))
                waits.setdefault(turn.node, set()).update(_waits(turn))
    for node in script.nodes:
        if node in said:
            wait = ", ".join(f"{one} s" for one in sorted(waits[node]))
            yield node, f"{node}{f' [{wait}]' if wait else ''}: {' | '.join(sorted(said[node]))}"


def _waits(turn: Turn) -> Iterator[int]:
    if turn.listen is not None:
        yield turn.listen.timeout_s
    if turn.tape is not None:
        yield turn.tape.max_s
    if turn.connect is not None:
        yield turn.connect.ring_s
    if turn.room is not None:
        yield turn.room.talk_s


def _words(script: Script, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    questions = (node for node in script.nodes.values() if isinstance(node, Question))
    risks = {wording.prompt: wording.risk for question in questions for wording in question.variants}
    for prompt, text in sorted(words.items()):
        digest = hashlib.sha256(text.encode()).hexdigest()[:_SHORT]
        yield prompt, f"{prompt} {digest}{f' {risks[prompt]} means risk' if prompt in risks else ''}"
