"""Recorded prompts: sound files beside the words, `audio.<language>/<prompt>.mp3`, served under a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from wakeup.ivr.script import Finding

FOLDER = "audio."
KINDS = frozenset({".mp3", ".wav"})
MAX_BYTES = 2 * 1024 * 1024
"""Largest file in bytes, a minute of speech in good quality: the phone company fetches it while the callee waits."""


def recordings_beside(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the sound files of a folder, language to prompt to file."""
    return {
        path.name.removeprefix(FOLDER): {file.stem: file for file in sorted(path.iterdir()) if file.suffix in KINDS}
        for path in sorted(folder.glob(f"{FOLDER}*"))
        if path.is_dir()
    }


def served_as(file: Path) -> str:
    """Return the name it is fetched under. It is a digest, so that one name always means the same sound."""
    return f"{hashlib.sha256(file.read_bytes()).hexdigest()[:32]}{file.suffix}"


def check_recordings(
    files: Mapping[str, Mapping[str, Path]], words: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """Yield a finding for each recording that cannot be played instead of its words."""
    for language, prompts in files.items():
        for prompt, file in prompts.items():
            path = f"prompts.{language}.{prompt}"
            text = words.get(language, {}).get(prompt)
            if text is None:
                yield Finding(rule="recording", path=path, why="is recorded, but never used", mend="remove the file")
            elif "{" in text:
                why = "is recorded, but its text differs between calls"
                yield Finding(rule="recording", path=path, why=why, mend="remove the file, or the variables")
            if file.stat().st_size > MAX_BYTES:
                why = f"its recording is larger than {MAX_BYTES // 1024} KiB"
                yield Finding(rule="recording", path=path, why=why, mend="compress it")


def all_recordings(library: Path) -> dict[str, Path]:
    """Return every sound file of a library by the name it is fetched under."""
    found = [path for pattern in (f"*/{FOLDER}*", f"*/*/{FOLDER}*") for path in library.glob(pattern)]
    files = [file for path in found if path.is_dir() for file in sorted(path.iterdir()) if file.suffix in KINDS]
    return {served_as(file): file for file in files}
