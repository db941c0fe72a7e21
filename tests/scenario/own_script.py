"""A small script that a story brings along, which the service uses instead of the generic one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario import virtual
from wakeup.runtime.scripts.library import load_library

HEAD = """
format: wakescript/1
id: generic
version: "1"
title: A story's own
languages: {default: en, supported: [en]}
voices: {en: {voice: Polly.Joanna-Neural}}
variables: {bank_name: {type: text, heard_by: anyone, sample: Star River Bank}}
entry: {human: start, unknown: start, machine: gone, fax: gone}
"on": {silent: gone, unclear: gone, error: gone, limit: gone, cancelled: gone}
keys: {"9": repeat}
"""


def speaks(patch: pytest.MonkeyPatch, folder: Path, nodes: str, words: str, more: str = "") -> None:
    """Hold every new conversation in this script from now on. `gone` is its goodbye."""
    own = folder / "own_scripts" / "generic"
    own.mkdir(parents=True)
    script = f"{HEAD}{more}nodes:\n{nodes}\n  gone: {{type: hangup, prompts: [gone]}}\n"
    (own / "script.yaml").write_text(script, "utf-8")
    (own / "prompts.en.yaml").write_text(f"{words}\ngone: Goodbye.\n", "utf-8")
    library = load_library(own.parent)
    patch.setattr(virtual, "scripts_in_force", lambda _folder, _database_url: library)
