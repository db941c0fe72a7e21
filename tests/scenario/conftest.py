"""Read and check scripts, policy and SMS templates once for all stories. Other stories cover publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.ivr.stage import LIBRARY
from tests.scenario import virtual
from wakeup.domain.policy import Policy
from wakeup.runtime import dependencies
from wakeup.runtime.policy.file import load_policy
from wakeup.runtime.words.sms_templates import FileSmsTemplates, load_sms_templates


@cache
def _policy(path: Path, _content: bytes) -> Policy:
    return load_policy(path)


@cache
def _letters(folder: Path, names: tuple[tuple[str, str], ...]) -> FileSmsTemplates:
    return load_sms_templates(folder, dict(names))


def policy(path: Path) -> Policy:
    """The policy file, which a story may overwrite."""
    return _policy(path, path.read_bytes())


def sms_templates(folder: Path, names: Mapping[str, str]) -> FileSmsTemplates:
    return _letters(folder, tuple(names.items()))


@pytest.fixture(autouse=True, scope="package")
def files_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(virtual, "scripts_in_force", lambda _folder, _database_url: LIBRARY)
        patch.setattr(dependencies, "load_policy", policy)
        patch.setattr(dependencies, "load_sms_templates", sms_templates)
        yield
