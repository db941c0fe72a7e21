"""Play every story of every script, and compare what is heard with the written transcripts."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from wakeup.domain.errors import ConfigError
from wakeup.runtime.scripts.files import SHARED, script_folders
from wakeup.workshop.stories.play_script import PlayedScript, play_script
from wakeup.workshop.stories.reading import strays
from wakeup.workshop.stories.report import Different, Report
from wakeup.workshop.stories.transcript import file_name, items_of, shared_transcript, transcript
from wakeup.workshop.stories.transcript_pieces import common
from wakeup.workshop.worker_pool import worker_pool


def run(library: Path, ids: Sequence[str] = (), *, update: bool = False, workers: int = 1) -> Report:
    """Play the scripts of this folder, all of them if none is named. Raises ConfigError for an unknown id.

    `update` rewrites the transcripts; the shared ones only when all scripts are played. `workers` is the number of
    processes, each with one script at a time.
    """
    folders = {folder.name: folder for folder in script_folders(library)}
    if not folders:
        raise ConfigError([f"{library.name} contains no script"])
    known = ", ".join(folders)
    unknown = [
        f"unknown script {name!r} in {library.name}; must be one of: {known}" for name in ids if name not in folders
    ]
    if unknown:
        raise ConfigError(unknown)
    wholes = _played([folder for name, folder in folders.items() if name in ids or not ids], workers)
    report = _report(wholes)
    for path, text in _texts(library, wholes, whole_library=not ids).items():
        _compare(report, library, path, text, update=update)
    if not ids and all(whole.usable for whole in wholes):
        report.faults += strays(library, {whole.id: whole.subscripts for whole in wholes})
    report.faults = list(dict.fromkeys(report.faults))
    return report


def _played(folders: Sequence[Path], workers: int) -> list[PlayedScript]:
    workers = min(workers, len(folders))
    if workers < 2:
        return [play_script(folder) for folder in folders]
    # Spawned rather than forked, because the workers must not inherit what this process holds open.
    with worker_pool(workers, start="spawn") as pool:
        return list(pool.map(play_script, folders))


def _report(wholes: Sequence[PlayedScript]) -> Report:
    report = Report(scripts=len(wholes))
    for whole in wholes:
        report.stories |= whole.stories
        report.played += whole.played
        report.exits += whole.exits
        report.untaken += whole.untaken
        report.faults += whole.faults
    return report


def _texts(library: Path, wholes: Sequence[PlayedScript], *, whole_library: bool) -> dict[Path, str]:
    """Return the expected text of every transcript; empty for one that should not exist."""
    all_heard = [heard for whole in wholes for heard in whole.heard]
    languages = dict.fromkeys(heard.language for heard in all_heard)
    texts: dict[Path, str] = {}
    for language in languages:
        path = library / SHARED / file_name(language)
        mine = [heard for heard in all_heard if heard.language == language]
        text = shared_transcript(language, common(mine)) if whole_library else _written(path)
        if whole_library:
            texts[path] = text
        texts |= {library / heard.script / file_name(language): transcript(heard, items_of(text)) for heard in mine}
    folders = [library / whole.id for whole in wholes if whole.usable]
    folders += [library / SHARED] if whole_library else []
    left_over = [path for folder in folders for path in folder.glob(file_name("*")) if path not in texts]
    return texts | dict.fromkeys(left_over, "")


def _compare(report: Report, library: Path, path: Path, text: str, *, update: bool) -> None:
    before = _written(path)
    if before == text:
        return
    if not update:
        diff = difflib.unified_diff(before.splitlines(), text.splitlines(), "written", "heard now", lineterm="", n=2)
        report.different.append(Different(path.relative_to(library).as_posix(), tuple(diff)))
    elif text:
        path.write_text(text, "utf-8", newline="\n")
    else:
        path.unlink()


def _written(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
