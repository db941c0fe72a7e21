"""What commands share: settings from the environment, one line per fault, JSON or text."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import typer
from rich.console import Console

from wakeup.domain.errors import ConfigError, WakeupError
from wakeup.runtime.logs.setup import configure_logging
from wakeup.runtime.settings.settings import Settings, load_settings

BY = "command_line"
"""Who did what is done from a shell, in the log of administration."""
errors = Console(stderr=True, highlight=False)
console = Console(highlight=False)


def environment() -> Mapping[str, str]:
    """The process's environment: the one place a command takes it from."""
    return os.environ  # noqa: TID251 - handed to load_settings, which is the only reader


def settings_or_exit() -> Settings:
    """The settings, or the end of the process with a line per fault."""
    try:
        settings = load_settings(environment())
    except ConfigError as wrong:
        fail(*wrong.faults)
    configure_logging(settings.log.format, settings.log.level, sys.stderr)
    return settings


def fail(*lines: str, code: int = 2) -> NoReturn:
    """Say why, one line each, and end."""
    for line in lines:
        errors.print(line, style="red", soft_wrap=True, markup=False)
    raise SystemExit(code)


def piped_line() -> str:
    """The first line of what is piped in, without its end; or the end of the process when that is no text."""
    try:
        line = sys.stdin.readline().rstrip("\r\n")
        line.encode()
    except UnicodeError:
        fail("what is piped in is not UTF-8")
    return line


def say_json(value: Any) -> None:
    """One object on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def say(facts: Any, words: str, *, as_json: bool) -> None:
    """What was done: one object on one line, or words for people."""
    if as_json:
        say_json(facts)
    else:
        console.print(words)


def say_figures(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """One object on one line, or a line a figure."""
    if as_json:
        say_json(figures)
    else:
        for name, value in figures.items():
            console.print(f"{name:>12}  {value}")


def asked_for(what: str) -> str:
    """From the terminal, or the first line of what is piped in: arguments stand in lists of processes."""
    text = typer.prompt(what, err=True) if sys.stdin.isatty() else piped_line()
    return str(text).strip()


def explain(error: WakeupError) -> str:
    """An error as a person can act on it."""
    return f"{type(error).__name__.removesuffix('Error')}: {error}"
