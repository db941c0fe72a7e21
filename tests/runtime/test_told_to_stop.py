"""A node that is told to stop ends, also while its start waits for a database that hangs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest

from wakeup.cli.commands import serving
from wakeup.domain.errors import ConfigError
from wakeup.runtime.roles import Role


class Node:
    """A service of which one step hangs, and then tells the process to stop."""

    def __init__(self, hangs: str, *, store_hangs: bool = False, wishes: Sequence[int] = (signal.SIGTERM,)) -> None:
        self.hangs, self.done, self.wishes = hangs, list[str](), wishes
        self.store = SimpleNamespace(left_hanging=store_hangs)
        self.addresses = {"api": "http://127.0.0.1:8081"}

    async def start(self) -> None:
        await self._step("start")

    async def behind(self) -> None:
        await self._step("behind")

    async def stop(self) -> None:
        self.done.append("stop")

    async def _step(self, name: str) -> None:
        if name == self.hangs:
            for wish in self.wishes:
                signal.raise_signal(wish)
            await asyncio.Event().wait()
        self.done.append(name)


class LeftError(Exception):
    """The process has ended with this exit code."""


def runs(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(code: int) -> None:
        raise LeftError(code)

    monkeypatch.setattr(serving, "Service", lambda *_: node)
    monkeypatch.setattr(serving, "real_infrastructure", lambda _: None)
    monkeypatch.setattr(serving, "leave_at_once", leave)
    asyncio.run(asyncio.wait_for(serving._serve(None, frozenset(Role)), 20))  # type: ignore[arg-type]


@pytest.mark.parametrize(("hangs", "done"), [("start", ["stop"]), ("behind", ["start", "stop"])])
@pytest.mark.parametrize("store_hangs", [False, True])
def test_a_node_whose_start_hangs_ends_when_told_to_stop(
    hangs: str, done: list[str], store_hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(hangs, store_hangs=store_hangs)
    with pytest.raises(LeftError, match=str(int(store_hangs))):
        runs(node, monkeypatch)
    assert node.done == done


@pytest.fixture
def hang_up() -> Iterator[None]:
    """Whatever a test sets, SIGHUP is afterwards what it was."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up")
def test_a_node_ends_in_order_when_its_terminal_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGHUP, lambda *_: None)
    node = Node("behind", wishes=(signal.SIGHUP,))
    with pytest.raises(LeftError, match="0"):
        runs(node, monkeypatch)
    assert node.done == ["start", "stop"]


@pytest.mark.usefixtures("hang_up")
def test_a_node_under_nohup_outlives_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    node = Node("nothing")

    async def told_later() -> None:
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        node.done.append("behind")
        signal.raise_signal(signal.SIGTERM)

    node.behind = told_later  # type: ignore[method-assign]
    runs(node, monkeypatch)
    assert node.done == ["start", "behind", "stop"]


def test_a_node_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    node = Node("nothing")

    async def fails() -> None:
        raise ConfigError(["the port is taken"])

    node.start = fails  # type: ignore[method-assign]
    with pytest.raises(ConfigError, match="the port is taken"):
        runs(node, monkeypatch)
    assert node.done == ["stop"]
