"""What can be wrong with a TOML file before anything in it is looked at, in words for whoever wrote it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wakeup.domain.errors import ConfigError


@contextmanager
def reading(path: Path, setting: str) -> Iterator[None]:
    """Whatever keeps the file from being read inside `with` is raised as a ConfigError that names it. Where it cannot
    be opened, that is its whole path and the setting that says which."""
    try:
        yield
    except OSError as error:
        raise ConfigError([f"{setting}: {path.absolute()}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path.name}: is not UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path.name}: is no TOML: {error}"]) from None
