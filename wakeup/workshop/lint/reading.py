"""Read scripts and apply every rule to them. Changes nothing, prints nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from wakeup.ivr.script import Finding
from wakeup.ivr.subscripts import subscripts_of
from wakeup.runtime.scripts.files import SHARED, Sources, read_sources, script_folders
from wakeup.workshop.lint import (
    conference,
    key_prompts,
    languages,
    lengths,
    offered,
    openings,
    paths,
    tone,
    variables,
)
from wakeup.workshop.lint.forbidden_requests import asking
from wakeup.workshop.lint.similarity import alike, same_languages
from wakeup.workshop.lint.subject import Rule, Subject

RULES: tuple[Rule, ...] = (
    paths.live_person,
    paths.proof,
    paths.by_key_alone,
    paths.silence_is_no_answer,
    paths.round_and_round,
    paths.steps,
    paths.arms,
    variables.personal,
    variables.given,
    variables.unused,
    variables.missing,
    variables.spoken,
    variables.conditions,
    key_prompts.keys,
    key_prompts.choices,
    key_prompts.step_by_step,
    offered.offered,
    offered.negated,
    openings.opening,
    openings.says_too_much,
    openings.recorded,
    conference.consent,
    conference.right_one,
    conference.told_before,
    conference.unspoken,
    lengths.say_limit,
    lengths.turn_limit,
    lengths.breath,
    lengths.turn_time,
    lengths.call_length,
    lengths.lopsided,
    languages.language,
    languages.foreign,
    languages.sounds,
    languages.voice,
    asking,
    tone.tone,
    tone.badge,
    tone.persona,
    tone.leading,
    tone.number,
)
LIBRARY_RULES = (alike, same_languages)
_MEND = {
    "form": "write it as docs/scripts.md says",
    "yaml": "fix this line or the one before: texts are in double quotes, quotation marks inside them are “ ”, "
    "and each level is indented by two spaces",
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Found:
    """One finding, placed in its file."""

    file: str
    line: int
    rule: str
    why: str
    mend: str
    level: str
    """`error` or `warning`."""
    script: str


def script_ids(library: Path) -> list[str]:
    return [folder.name for folder in script_folders(library)]


def lint_library(library: Path, ids: Collection[str]) -> list[Found]:
    """Return all findings in these scripts, each once, in the order of the files.

    Scripts are compared with all others of the library. A fault of a shared part is reported for the first script only.
    """
    sources = {folder.name: read_sources(folder) for folder in script_folders(library)}
    subjects = {name: subject for name, one in sources.items() if (subject := subject_of(one)) is not None}
    found: dict[tuple[str, int, str, str], Found] = {}
    for name in sorted(set(ids) & set(sources)):
        for finding in _findings(name, sources[name], subjects):
            one = _placed(sources[name], name, finding)
            found.setdefault((one.file, one.line, one.rule, one.why), one)
    if set(ids) >= set(sources):
        found.update({(one.file, one.line, one.rule, one.why): one for one in _pinned_by_nobody(library, sources)})
    return sorted(found.values())


def _pinned_by_nobody(library: Path, sources: dict[str, Sources]) -> Iterator[Found]:
    """Yield shared parts that no script names: they are never spoken, and no story plays them."""
    pinned = {name for one in sources.values() for name in subscripts_of(one.data)}
    for folder in sorted(path.parent for path in (library / SHARED).glob("*/subscript.yaml")):
        if folder.name not in pinned:
            why = f"subscripts.{folder.name}: is not pinned by any script"
            mend = "name it under `subscripts` of a script, or remove the folder"
            file = f"{SHARED}/{folder.name}/subscript.yaml"
            yield Found(file=file, line=1, rule="subscript", why=why, mend=mend, level="warning", script=SHARED)


def subject_of(sources: Sources) -> Subject | None:
    """Return the script as rules see it; None if it is too broken to be read."""
    script = sources.script
    if script is None:
        return None
    here = f"{sources.folder.name}/"
    own = frozenset(
        (language, prompt)
        for language, texts in sources.words.items()
        for prompt in texts
        if sources.lines.get(f"prompts.{language}.{prompt}", ("", 0))[0].startswith(here)
    )
    unfit = frozenset(finding.path for finding in sources.findings if finding.rule in ("template", "variable"))
    return Subject(script=script, words=sources.words, own=own, unfit=unfit)


def _findings(name: str, sources: Sources, subjects: dict[str, Subject]) -> Iterator[Finding]:
    yield from sources.findings
    subject = subjects.get(name)
    if subject is None:
        return
    for rule in RULES:
        yield from rule(subject)
    others = [other for one, other in subjects.items() if one != name]
    for compare in LIBRARY_RULES:
        yield from compare(subject, others)


def _placed(sources: Sources, name: str, finding: Finding) -> Found:
    file, line = _place(sources, finding)
    mend = finding.mend or _MEND.get(finding.rule, _MEND["form"])
    return Found(
        file=file,
        line=line,
        rule=finding.rule,
        why=str(finding),
        mend=mend,
        level="error" if finding.error else "warning",
        script=name,
    )


def _place(sources: Sources, finding: Finding) -> tuple[str, int]:
    """Return file and line. What is missing from a file of prompts is placed at the top of that file."""
    kind, _, rest = finding.path.partition(".")
    if kind == "prompts" and finding.path not in sources.lines:
        language = rest.partition(".")[0]
        if (sources.folder / f"prompts.{language}.yaml").is_file():
            return f"{sources.folder.name}/prompts.{language}.yaml", 1
    return sources.place(finding)
