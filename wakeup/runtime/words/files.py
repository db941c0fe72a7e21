"""What files of words have in common, a language each: how they are read, and that each sentence fills its blanks."""

from __future__ import annotations

import tomllib
from collections.abc import Set as AbstractSet
from pathlib import Path
from string import Formatter
from typing import Any

from wakeup.domain.errors import ConfigError


def content_of(path: Path) -> dict[str, Any]:
    """Raises ConfigError, as the file is called in its folder."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([f"{path.parent.name}/{path.name}: cannot be read: {type(error).__name__}"]) from None


def blanks_fault(text: str, blanks: AbstractSet[str]) -> str | None:
    """What is wrong with a sentence that is to have just these blanks."""
    try:
        used = {blank for _, blank, _, _ in Formatter().parse(text) if blank is not None}
    except ValueError:
        return "has a brace that opens or closes nothing"
    return None if used == blanks else f"must use exactly {', '.join(sorted(blanks)) or 'no variable'}"
