"""Shared by commands: settings from the environment, one line per fault, JSON or text."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

from wakeup.domain.errors import ConfigError, WakeupError

if TYPE_CHECKING:
    from wakeup.runtime.settings.settings import Settings

BY = "command_line"
"""Name of the actor in the administration log, for acts from a shell."""
errors = Console(stderr=True, highlight=False)
console = Console(highlight=False)


def environment() -> Mapping[str, str]:
    """Return the process's environment. Commands take it only from here."""
    return os.environ  # noqa: TID251 - handed to load_settings, which is the only reader


def settings_in_force() -> Settings:
    """Return the settings, and set up logging. Raises ConfigError."""
    from wakeup.runtime.logs.setup import configure_logging
    from wakeup.runtime.settings.settings import load_settings

    settings = load_settings(environment())
    configure_logging(settings.log.format, settings.log.level, sys.stderr)
    return settings


def settings_or_exit() -> Settings:
    """Return the settings, or end the process with a line per fault. Also sets up logging."""
    try:
        return settings_in_force()
    except ConfigError as wrong:
        fail(*wrong.faults)


def fail(*lines: str, code: int = 2) -> NoReturn:
    """Print the reasons, one line each, and end the process."""
    for line in lines:
        note(line, style="red")
    raise SystemExit(code)


def note(line: str, style: str | None = None) -> None:
    """Print a line to standard error, as it is and without breaks."""
    errors.print(line, style=style, soft_wrap=True, markup=False)


def piped_line() -> str:
    """Return the first line of standard input without its end; end the process when it is not UTF-8."""
    try:
        line = sys.stdin.readline().rstrip("\r\n")
        line.encode()
    except UnicodeError:
        fail("what is piped in is not UTF-8")
    return line


def say_json(value: Any) -> None:
    """Print a value as JSON on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def say(facts: Any, words: str, *, as_json: bool) -> None:
    """Print what was done, as one JSON object or as words."""
    if as_json:
        say_json(facts)
    else:
        console.print(words)


def say_figures(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print figures, as one JSON object or one per line."""
    if as_json:
        say_json(figures)
    else:
        for name, value in figures.items():
            console.print(f"{name:>12}  {value}")


def asked_for(what: str) -> str:
    """Prompt on the terminal, or read the first line of piped input: arguments are visible in process lists."""
    text = typer.prompt(what, err=True) if sys.stdin.isatty() else piped_line()
    return str(text).strip()


def explain(error: WakeupError) -> str:
    """Return an error as a line that a person can act on."""
    return f"{type(error).__name__.removesuffix('Error')}: {error}"
