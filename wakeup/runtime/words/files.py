"""Read files of sentences, one per language, and check the blanks of each sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Set as AbstractSet
from pathlib import Path
from string import Formatter
from typing import Any

from wakeup.domain.errors import ConfigError


def content_of(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises ConfigError, which names the file by its folder and name."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([f"{path.parent.name}/{path.name}: cannot be read: {type(error).__name__}"]) from None


def blanks_fault(text: str, blanks: AbstractSet[str]) -> str | None:
    """Return the fault of a sentence that must have exactly these blanks; None if it has."""
    try:
        used = {blank for _, blank, _, _ in Formatter().parse(text) if blank is not None}
    except ValueError:
        return "has an unmatched brace"
    return None if used == blanks else f"must use exactly {', '.join(sorted(blanks)) or 'no variable'}"
