"""A small library of scripts in a folder of its own, in which stories write, publish and roll back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from wakeup.ivr.library import Library
from wakeup.ivr.script import Finding
from wakeup.runtime.dependencies import announcements
from wakeup.runtime.scripts.ledger import LEDGER, Entry, read_ledger
from wakeup.runtime.scripts.library import Kept, load_library
from wakeup.runtime.words.speaker import BankWords, LibrarySpeaker
from wakeup.workshop.publishing import Publication, Signed, publish, rollback

SCRIPTS = Path(__file__).parents[2] / "scripts_ivr"
DAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SIGNED = Signed(by="Mei", approved_by="Lin", why="first words", at=DAY)
BANK = BankWords(
    names={"zh": "星河银行", "en": "Star River Bank"},
    crisis={},
    police={"zh": "报警电话", "en": "the police"},
    credit_bureau={"zh": "征信机构", "en": "the credit bureau"},
)


def clean(_folder: Path, _ids: Sequence[str]) -> Iterator[Finding]:
    """A lint gate that lets everything through."""
    yield from ()


class ScriptWorkspace:
    """A folder (`files`) with two scripts, which can be published."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "scripts"
        for name in ("generic", "police_imp", "shared"):
            shutil.copytree(SCRIPTS / name, self.files / name)
        for name in ("generic", "police_imp"):
            # They are not published yet.
            self.head(name, "version", '"1"')

    @property
    def ledger(self) -> str:
        return (self.files / LEDGER).read_text("utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.files / name
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")

    def line_of(self, name: str, text: str) -> int:
        """The number of the line that begins with this text."""
        lines = (self.files / name).read_text("utf-8").splitlines()
        return next(n for n, line in enumerate(lines, start=1) if line.startswith(text))

    def says(self, words: str, version: str, script: str = "generic") -> None:
        """Replace the script's first own words, in a version with this number."""
        path = self.files / script / "prompts.zh-CN.yaml"
        lines = path.read_text("utf-8").splitlines()
        place = next(n for n, line in enumerate(lines) if line.startswith("lead:"))
        lines[place] = f'lead: "{words}"'
        path.write_text("\n".join(lines) + "\n", "utf-8")
        self.head(script, "version", f'"{version}"')

    def head(self, script: str, name: str, value: str) -> None:
        path = self.files / script / "script.yaml"
        lines = path.read_text("utf-8").splitlines()
        place = self.line_of(f"{script}/script.yaml", f"{name}:") - 1
        lines[place] = f"{name}: {value}"
        path.write_text("\n".join(lines) + "\n", "utf-8")

    def publish(self, *ids: str, signed: Signed = SIGNED) -> Publication:
        return publish(self.files, ids or None, signed, clean)

    def rollback(self, script: str, version: str, signed: Signed = SIGNED) -> Entry:
        return rollback(self.files, script, version, signed)

    def library(self, kept: Kept | None = lambda _hashes: {}) -> Library:
        return load_library(self.files, read_ledger(self.files), kept)

    def speaker(self, kept: Kept | None = lambda _hashes: {}) -> LibrarySpeaker:
        return LibrarySpeaker(self.library(kept), BANK, announcements())
