"""Small simulated days: some seeds for good, with every kind of fault; and the command. `make simulate` takes fresh ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT
from wakeup.simulation.command import groups_of
from wakeup.simulation.faults import ALL, Group
from wakeup.simulation.run import Outcome, Wish, simulate

CASES, NODES = 6, 3
FIXED = (1,)


def a_day(seed: int) -> Outcome:
    return simulate(Wish(cases=CASES, nodes=NODES, seed=seed, groups=ALL))


def told(outcome: Outcome) -> str:
    again = f"wakeup simulate --cases {CASES} --nodes {NODES} --faults all --seed {outcome.seed}"
    return "\n".join([again, *outcome.last, *outcome.violations])


@pytest.mark.parametrize("seed", FIXED)
def test_every_promise_holds_whatever_goes_wrong(seed: int) -> None:
    outcome = a_day(seed)
    assert not outcome.violations, told(outcome)
    assert outcome.crashes
    assert outcome.faults
    assert outcome.accepted


def test_the_same_seed_gives_the_same_trace_also_in_another_process() -> None:
    command = [sys.executable, "-m", "wakeup", "simulate", "--cases", "2", "--nodes", "2", "--seed", "11", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=100)
    first = json.loads(done.stdout)
    second = simulate(Wish(cases=2, nodes=2, seed=11, groups=ALL))
    assert first["violations"] == []
    assert first["trace_hash"] == second.trace_hash


def test_unknown_faults_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        groups_of("crashes,gremlins")
    assert ended.value.code == 2
    assert "'gremlins' is none of all, none, phone" in capsys.readouterr().err
    assert groups_of("crashes, core") == {Group.CRASHES, Group.CORE}
    assert (groups_of("all"), groups_of("none")) == (ALL, frozenset())
