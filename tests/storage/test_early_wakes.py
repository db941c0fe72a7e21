"""A reader that reads only through the Store may be woken before the commit, and then shares that commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.storage.sample_table import Repository, Unit, add_bonds, engines_with_bonds, fail_at_commit, names, put
from wakeup.domain.errors import StoreDownError
from wakeup.storage.sqlite_loop import LoopStore

Followed = tuple[list[list[str]], list[object]]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository("sqlite", f"sqlite:///{tmp_path / 'a.db'}")
    repository.build(add_bonds)
    return repository


def committed(repository: Repository) -> list[str]:
    """The names that another connection sees."""
    other = sqlite3.connect(repository.url.removeprefix("sqlite:///"))
    try:
        return [name for (name,) in other.execute("SELECT name FROM things ORDER BY name")]
    finally:
        other.close()


def story(repository: Repository, follow: Callable[[Unit], object]) -> Followed:
    """Add `first`, and run `follow` as soon as it is woken. Return the wake-ups, and the result of each use case."""
    told: list[list[str]] = []
    followers: list[asyncio.Task[object]] = []

    def publish(woken: frozenset[str]) -> None:
        told.append(sorted(woken))
        if "first" in woken and not followers:
            followers.append(asyncio.get_running_loop().create_task(store.run(follow)))

    store: LoopStore[Unit]

    async def tell() -> list[object]:
        nonlocal store
        store = LoopStore(engines_with_bonds(repository.url), Unit, publish, early=frozenset({"first"}))
        answers: list[object] = [await store.run(put, "first")]
        answers += await asyncio.gather(*followers, return_exceptions=True)
        await store.close()
        return answers

    return told, asyncio.run(tell())


def test_a_use_case_woken_early_sees_uncommitted_rows_and_shares_the_commit(repository: Repository) -> None:
    def follow(unit: Unit) -> str:
        assert (names(unit), committed(repository)) == (["first"], [])
        return put(unit, "second")

    told, answers = story(repository, follow)
    assert answers == ["first", "second"]
    assert told == [["first"], ["second"]], "each name once"
    assert committed(repository) == ["first", "second"]


def test_a_commit_that_fails_is_followed_by_another_wake_up(repository: Repository) -> None:
    told, (first, followed) = story(repository, fail_at_commit)
    assert (first, type(followed)) == ("first", StoreDownError)
    assert told == [["first"], ["first"]]
    assert committed(repository) == ["first"]
