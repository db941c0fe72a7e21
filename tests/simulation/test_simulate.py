"""Small simulated days: fixed seeds with every kind of fault, and the command. `make simulate` takes fresh seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from random import SystemRandom

import pytest

from tests.house.tree import ROOT
from tests.storage.migrated import copied
from wakeup.cli.commands import simulate as command
from wakeup.cli.commands.simulate import groups_of
from wakeup.simulation import stage
from wakeup.simulation.faults import ALL, Group
from wakeup.simulation.run import Outcome, SimulationOptions, simulate

CASES, NODES = 6, 3
FIXED = (1,)


@pytest.fixture(autouse=True)
def migrated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The days in another process begin with a migration, those in this one with a copy."""
    monkeypatch.setattr(stage, "upgrade", copied)


def a_day(seed: int) -> Outcome:
    return simulate(SimulationOptions(cases=CASES, nodes=NODES, seed=seed, groups=ALL))


def told(outcome: Outcome) -> str:
    again = f"wakeup simulate --cases {CASES} --nodes {NODES} --faults all --seed {outcome.seed}"
    return "\n".join([again, *outcome.last, *outcome.violations])


@pytest.mark.parametrize("seed", [*FIXED, None], ids=[*map(str, FIXED), "fresh"])
def test_every_promise_holds_whatever_goes_wrong(seed: int | None) -> None:
    seed = SystemRandom().randrange(10**9) if seed is None else seed
    sys.stdout.write(f"seed {seed}\n")
    outcome = a_day(seed)
    assert not outcome.violations, told(outcome)
    assert outcome.crashes
    assert outcome.faults
    assert outcome.accepted


def test_the_same_seed_gives_the_same_trace_also_in_another_process_and_after_another_day() -> None:
    wish = ["--days", "2", "--cases", "2", "--nodes", "2", "--seed", "11", "--json"]
    command = [sys.executable, "-m", "wakeup", "simulate", *wish]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=100)
    there = [json.loads(line) for line in done.stdout.splitlines()]
    here = simulate(SimulationOptions(cases=2, nodes=2, seed=12, groups=ALL))
    assert [(one["seed"], one["violations"]) for one in there] == [(11, []), (12, [])]
    assert (there[1]["seed"], there[1]["trace_hash"]) == (here.seed, here.trace_hash)


def test_a_broken_promise_ends_with_one_the_seed_and_the_last_events(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bad_day(wish: SimulationOptions) -> Outcome:
        return Outcome(
            seed=wish.seed, cases=wish.cases, nodes=wish.nodes, transfers=1, accepted=1, calls=1, texts=0, decisions={},
            late_explained=0, crashes=0, faults={}, violations=["t_1: accepted and never decided"], trace_hash="h",
            virtual_seconds=1.0, wall_seconds=1.0, last=["  1.000000 phone fact=created"],
        )  # fmt: skip

    monkeypatch.setattr("wakeup.simulation.run.simulate", bad_day)
    with pytest.raises(SystemExit) as ended:
        command.simulate(cases=2, nodes=2, seed=77, as_json=True)
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["violations"] == ["t_1: accepted and never decided"]
    assert told.err.splitlines() == [
        "seed 77, the last events:", "  1.000000 phone fact=created", "t_1: accepted and never decided",
    ]  # fmt: skip


def test_unknown_faults_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        groups_of("crashes,gremlins")
    assert ended.value.code == 2
    assert "'gremlins' is unknown; must be one of all, none, phone" in capsys.readouterr().err
    assert groups_of("crashes, core") == {Group.CRASHES, Group.CORE}
    assert (groups_of("all"), groups_of("none")) == (ALL, frozenset())
