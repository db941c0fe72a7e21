"""The benches measure what they say: small runs, and a bound that is held against brute force."""

from __future__ import annotations

import asyncio
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.runtime.bench import window
from wakeup.runtime.bench.backlog import bench_backlog
from wakeup.runtime.bench.optimum import Chance, clairvoyant, starts
from wakeup.runtime.bench.window import bench_window
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy_file import load_policy

POLICY = load_policy(data_folder("config") / "policy.toml")

chances = st.builds(
    lambda arrives, patience, value: Chance(arrives=arrives, latest=arrives + patience, value=value),
    st.integers(0, 6),
    st.integers(0, 4),
    st.integers(1, 9),
)


def best_of_all(some: list[Chance], slots: list[float]) -> int:
    """Try every order."""
    best = 0
    for order in permutations(some):
        free, saved = list(slots), 0
        for one in order:
            slot = next((at for at in free if one.arrives <= at <= one.latest), None)
            if slot is not None:
                free.remove(slot)
                saved += one.value
        best = max(best, saved)
    return best


@given(some=st.lists(chances, max_size=5), slots=st.lists(st.integers(0, 9).map(float), max_size=4))
def test_nobody_saves_more_than_the_clairvoyant_and_he_does(some: list[Chance], slots: list[float]) -> None:
    slots.sort()
    assert clairvoyant(some, slots) == best_of_all(some, slots)


def test_lines_are_never_idle() -> None:
    assert starts([3, 5, 1, 1, 9], 2, 5) == [0, 0, 3, 4, 5]


def test_under_overload_order_decides_and_nobody_beats_the_clairvoyant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times what four lines carry. A few minutes are too short for fine differences, not for these."""
    monkeypatch.setattr(window, "LINES", 4)
    monkeypatch.setattr(window, "WINDOWS_MIN", (3, 8))
    shares = asyncio.run(bench_window(tmp_path, POLICY, 4.0, 4, 2))
    assert shares.attempts > 50
    assert min(shares.deadline, shares.fifo) > 0 and max(shares.plan, shares.guard, shares.value) <= 1
    assert min(shares.plan, shares.guard) > max(shares.deadline, shares.fifo)


def test_a_claim_looks_at_heads_only(tmp_path: Path) -> None:
    """With six times as many waiting it may take a little longer, not six times."""
    assert asyncio.run(bench_backlog(tmp_path, POLICY, 6_000, 15)).ratio < 3
