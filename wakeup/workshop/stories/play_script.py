"""Play all stories of one script in all its languages: what is heard, what is wrong, and which exits are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wakeup.ivr.library import Published
from wakeup.ivr.script import Finding, Script
from wakeup.runtime.scripts.files import Sources, read_sources
from wakeup.runtime.scripts.library import read_back
from wakeup.workshop.stories.play import Played, StoryFaultError, StoryPlayer
from wakeup.workshop.stories.reading import Pool, read_stories
from wakeup.workshop.stories.report import Untaken
from wakeup.workshop.stories.script_exits import conditions, exits_of
from wakeup.workshop.stories.story import Fault
from wakeup.workshop.stories.transcript_pieces import Heard, heard, shown_score


@dataclass(slots=True)
class PlayedScript:
    """The result of one script."""

    id: str
    subscripts: tuple[str, ...] = ()
    usable: bool = True
    heard: list[Heard] = field(default_factory=list)
    stories: set[tuple[str, str]] = field(default_factory=set)
    played: int = 0
    exits: int = 0
    untaken: list[Untaken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def play_script(folder: Path) -> PlayedScript:
    """Play all stories of a script. One that cannot be used is a fault and is not played."""
    sources = read_sources(folder)
    script = sources.script
    errors = [finding for finding in sources.findings if finding.error]
    if script is None or errors:
        faults = [Fault(*sources.place(finding), str(finding)) for finding in errors]
        return PlayedScript(id=folder.name, usable=False, faults=faults)
    published = read_back(sources.content)
    pool = read_stories(folder.parent, script)
    told = {(told.file, told.name) for told in pool.told}
    whole = PlayedScript(id=script.id, subscripts=tuple(script.subscripts), stories=told, faults=[*pool.faults])
    for language in script.languages.supported:
        plays = _plays(whole, published, pool, language)
        whole.played += len(plays)
        whole.heard.append(heard(script, language, sources.words[language], pool.written_out(), plays))
        _count(whole, sources, script, language, plays)
    return whole


def _plays(whole: PlayedScript, published: Published, pool: Pool, language: str) -> list[Played]:
    plays: list[Played] = []
    stage = StoryPlayer(published, language, pool.sayings)
    for told in pool.told:
        if told.story.languages and language not in told.story.languages:
            continue
        for wording in told.story.wordings:
            try:
                played = stage.play(told, wording)
            except StoryFaultError as wrong:
                whole.faults.append(wrong.fault)
                continue
            plays.append(played)
            where = f"{published.script.id} {language} {wording}"
            whole.faults += [Fault(told.file, told.line, f"{told.name}: {why}", where) for why in _unexpected(played)]
    return plays


def _unexpected(played: Played) -> list[str]:
    story, found = played.told.story, played.found
    pairs = (
        ("contact", story.contact, found.contact),
        ("outcome", story.outcome, found.outcome),
        ("score", story.score, shown_score(found) if story.score else ""),
    )
    why = [f"the {what} is {came}, not {wanted}" for what, wanted, came in pairs if wanted != came]
    return why if found.finished else [*why, "the call does not end"]


def _count(whole: PlayedScript, sources: Sources, script: Script, language: str, plays: Sequence[Played]) -> None:
    """Count the exits of nodes, and the conditional parts of prompts, and note those not taken."""
    asked = {prompt: conditions(prompt, text) for prompt, text in sources.words[language].items()}
    wanted = [*exits_of(script), *(path for paths in asked.values() for path in paths)]
    taken: set[str] = set()
    for one in {id(one): one for played in plays for one in played.taken}.values():
        taken.update(one.trail.exits)
        for prompt in one.said:
            taken.update(path for path, (name, given) in asked[prompt].items() if (name in one.given) == given)
    whole.exits += len(wanted)
    for exit_name in wanted:
        if exit_name not in taken:
            path = exit_name.partition(" ")[0].replace("prompts.", f"prompts.{language}.", 1)
            file, line = sources.place(Finding(rule="untaken", path=path, why=""))
            whole.untaken.append(Untaken(script.id, language, exit_name, file, line))
