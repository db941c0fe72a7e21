"""Tests that are coroutines are stories in virtual time. Scripts, policy, sentences and SMS templates are read and
checked once for all of them; other stories cover publishing."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.ivr.stage import LIBRARY
from tests.scenario import virtual
from tests.scenario.world import World, tell
from wakeup.domain.policy import Policy
from wakeup.runtime import dependencies
from wakeup.runtime.policy.file import load_policy
from wakeup.runtime.words.announcements import Announcements, load_announcements
from wakeup.runtime.words.sms_templates import FileSmsTemplates, load_sms_templates


@cache
def _policy(path: Path, _content: bytes) -> Policy:
    return load_policy(path)


@cache
def _letters(folder: Path, names: tuple[tuple[str, str], ...]) -> FileSmsTemplates:
    return load_sms_templates(folder, dict(names))


@cache
def _sentences(folder: Path) -> Announcements:
    return load_announcements(folder)


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
        patch.setattr(dependencies, "load_announcements", _sentences)
        yield


@pytest.fixture
def world(tmp_path: Path) -> None:
    """Name of the world that `pytest_pyfunc_call` hands to the story. It lives only while the story runs."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Tell a story. `@pytest.mark.settings(…)` overrides the service's settings."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = {
        name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters if name != "world"
    }
    marked, folder = pyfuncitem.get_closest_marker("settings"), pyfuncitem.funcargs["tmp_path"]
    assert isinstance(folder, Path)

    async def story(world: World) -> None:
        await pyfuncitem.obj(world=world, **given)

    tell(story, folder, **({} if marked is None else marked.kwargs))
    return True
