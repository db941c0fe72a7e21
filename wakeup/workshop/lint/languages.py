"""Rules of languages and voices: each prompt is in its own language, and each language has a voice that speaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wakeup.domain.language import zh_or_en
from wakeup.ivr.nodes import Say
from wakeup.ivr.script import Finding, Voice
from wakeup.telephony.language_switch import passages
from wakeup.telephony.voices import language_of
from wakeup.workshop.lint.subject import Subject, at_line

MAX_FOREIGN, LONGEST_FOREIGN = 3, 40
"""Limits of the other language: passages in one prompt, and characters of one passage."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3,}")
_RATE = re.compile(r"(?:6[5-9]|[789][0-9]|10[0-9]|110)%")
_NO_PACE = re.compile(r"Chirp|Generative", re.IGNORECASE)
"""Newer voices that support few pronunciation marks, and may say nothing at all if they get one."""
_STEMS = {"zh": ("cmn-", "zh-"), "en": ("en-",)}
"""Prefixes of the language codes of voices that speak it."""


def language(subject: Subject) -> Iterator[Finding]:
    """A prompt is written in the language of its file."""
    for line in subject.lines():
        han, latin = _HAN.search(line.plain), _LATIN.search(line.plain)
        chinese = zh_or_en(line.language) == "zh"
        if not (han or latin) or (han is not None) != chinese:
            why = "has no Chinese words" if chinese else "has no English words" if han is None else "has Chinese words"
            yield at_line(line, "language", why, f"write it in {line.language}")


def foreign(subject: Subject) -> Iterator[Finding]:
    """A name or two may be in the other language, where the voice switches; a sentence belongs in its own file."""
    for line in subject.lines():
        found = [words for words, other in passages(line.plain, line.language) if other]
        if len(found) > MAX_FOREIGN or any(len(words) > LONGEST_FOREIGN for words in found):
            why = f"has more text in another language than a voice can switch to well ({', '.join(found)})"
            yield at_line(line, "language", why, f"say it in {line.language}, except for names")


def sounds(subject: Subject) -> Iterator[Finding]:
    """Every prompt to be played is recorded in every language."""
    script = subject.script
    for _, node in subject.nodes():
        for prompt in node.prompts if isinstance(node, Say) and node.type == "play" else ():
            for spoken in script.languages.supported:
                if prompt not in script.recordings.get(spoken, {}):
                    line = subject.line(spoken, prompt)
                    mend = f"put the sound at audio.{spoken}/{prompt}.mp3, or write `say`"
                    yield at_line(line, "recording", "is to be played, but has no recording", mend)


def voice(subject: Subject) -> Iterator[Finding]:
    """Each voice speaks its language, at a pace that people can follow."""
    script = subject.script
    chosen = [(f"voices.{language}", language, one) for language, one in script.voices.items()]
    for persona, whose in script.personas.items():
        chosen += [(f"personas.{persona}.voices.{language}", language, one) for language, one in whose.voices.items()]
    for path, spoken, one in chosen:
        if spoken not in script.languages.supported:
            yield _at(path, f"{spoken} is not a language of this script", "remove it, or add the language")
        elif (known := language_of(one.voice)) is None:
            mend = "another voice would speak; use a known one, or add this one to wakeup/telephony/voices.py"
            yield _at(f"{path}.voice", f"{one.voice} is not a known voice", mend)
        elif not known.startswith(_STEMS[zh_or_en(spoken)]):
            yield _at(f"{path}.voice", f"{one.voice} does not speak {spoken}", "use a voice of this language")
        yield from _pace(path, one)


def _pace(path: str, one: Voice) -> Iterator[Finding]:
    for part, rate in (("rate", one.rate), ("slow_rate", one.slow_rate)):
        if rate is not None and not _RATE.fullmatch(rate):
            yield _at(f"{path}.{part}", f"{rate} is not a pace that callees can follow", "use 65% to 110%")
        if rate is not None and _NO_PACE.search(one.voice):
            yield _at(f"{path}.{part}", f"{one.voice} may not support a pace", "remove it, or use another voice")


def _at(path: str, why: str, mend: str) -> Finding:
    return Finding(rule="voice", path=path, why=why, mend=mend)
