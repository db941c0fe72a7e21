"""Run one simulated day from the first flag to the verdict."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wakeup.runtime.clock import monotonic, pause
from wakeup.simulation import bank
from wakeup.simulation.checks.agents import say_all_is_well
from wakeup.simulation.faults import Group, Spell, spells
from wakeup.simulation.judge import judge
from wakeup.simulation.loop import run
from wakeup.simulation.stage import EPOCH, Stage

SECONDS_A_CASE, LEAST_S = 0.8, 120.0
SETTLES_S = 400.0
"""Time after the last deadline and the last fault within which everything has ended."""
MAX_LAST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationOptions:
    """What to simulate."""

    cases: int
    nodes: int
    seed: int
    groups: frozenset[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a simulated day."""

    seed: int
    cases: int
    nodes: int
    transfers: int
    accepted: int
    calls: int
    texts: int
    decisions: dict[str, int]
    late_explained: int
    crashes: int
    faults: dict[str, int]
    violations: list[str]
    trace_hash: str
    virtual_seconds: float
    wall_seconds: float
    last: list[str]
    """The last events before the end; reported only if something is wrong."""


def simulate(wish: SimulationOptions) -> Outcome:
    """Simulate one day. The same options give the same outcome to the last event; only `wall_seconds` differs."""
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="wakeup-simulation") as folder:
        return run(_day(wish, Path(folder), began))


async def _day(wish: SimulationOptions, folder: Path, began: float) -> Outcome:
    over = max(LEAST_S, wish.cases * SECONDS_A_CASE)
    events, news = bank.day(wish.cases, wish.seed, EPOCH, over)
    deadlines = [event["transfer"]["decide_by"] for event in events]
    told = [one.body["decide_by"] if "decide_by" in one.body else one.body["occurred_at"] for one in news]
    end = max(map(_seconds, [*deadlines, *told]))
    plan = spells(wish.seed, wish.groups, end)
    async with Stage(folder, wish.seed, wish.nodes, wish.groups) as stage:
        works = [
            *(stage.bank.flag(event) for event in events),
            *(stage.bank.report(one) for one in news),
            *(let_happen(stage, spell) for spell in plan),
        ]
        tasks = [asyncio.create_task(work) for work in works]
        await pause(end - stage.loop.time())
        stage.calm()
        await asyncio.gather(*tasks)
        for node in stage.nodes:
            await stage.until_up(node)
        await pause(SETTLES_S / 2)
        # By now all conversations are over. What agents record about them must release nothing.
        await stage.in_store(say_all_is_well)
        await pause(SETTLES_S / 2)
        return _outcome(wish, stage, plan, began)


def _outcome(wish: SimulationOptions, stage: Stage, plan: list[Spell], began: float) -> Outcome:
    verdict = judge(stage, plan)
    core = stage.core.summary()
    return Outcome(
        seed=wish.seed,
        cases=wish.cases,
        nodes=wish.nodes,
        transfers=core["registered"],
        accepted=len(stage.bank.promises),
        calls=len(stage.company.ledger.of("created")),
        texts=len(stage.company.ledger.of("message_created")),
        decisions=core["decisions"],
        late_explained=verdict.late_explained,
        crashes=sum(len(node.absences) for node in stage.nodes),
        faults=dict(sorted(_struck(stage).items())),
        violations=verdict.violations,
        trace_hash=_hash(stage),
        virtual_seconds=round(stage.loop.time(), 3),
        wall_seconds=round(monotonic() - began, 1),
        last=_last(stage),
    )


def _struck(stage: Stage) -> Counter[str]:
    """Count how often each fault really occurred."""
    counts = Counter(f"phone:{row['kind']}" for row in stage.company.ledger.of("create_fault"))
    counts += Counter(f"phone:message_{row['kind']}" for row in stage.company.ledger.of("message_fault"))
    counts += Counter(f"callbacks:{kind}" for kind in stage.company.faults.happened.elements())
    counts += Counter(f"core:{row['kind']}" for row in stage.core.ledger.of("fault"))
    counts += Counter({f"database:{kind}": n for kind, n in stage.database_faults.struck.items()})
    return counts


def _hash(stage: Stage) -> str:
    """Hash everything that happened: two runs of one seed must not differ in a byte."""
    digest = hashlib.sha256()
    for book in (stage.company.ledger.facts, stage.core.ledger.facts, stage.log):
        for row in book:
            digest.update(json.dumps(row, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:16]


def _last(stage: Stage) -> list[str]:
    """Return the ends of all ledgers and of the log, in one order."""
    rows: list[tuple[float, str]] = []
    for name, facts in (("phone", stage.company.ledger.facts), ("core", stage.core.ledger.facts)):
        rows += [(_seconds(row["at"]), f"{name} {_plain(row)}") for row in facts[-MAX_LAST:]]
    rows += [(line["at"], f"{line['node']} {_plain(line)}") for line in stage.log[-MAX_LAST:]]
    return [f"{at:12.6f} {text}" for at, text in sorted(rows)[-MAX_LAST:]]


def _plain(row: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in row.items() if key not in {"at", "node"})[:300]


def _seconds(moment: str) -> float:
    return (datetime.fromisoformat(moment) - EPOCH).total_seconds()


async def let_happen(stage: Stage, spell: Spell) -> None:
    """Apply one spell of faults: turn it on when it begins and off when it ends."""
    await pause(spell.begins - stage.loop.time())
    await _turn(stage, spell, spell.strength)
    await pause(spell.ends - stage.loop.time())
    await _turn(stage, spell, 0.0)


async def _turn(stage: Stage, spell: Spell, strength: float) -> None:
    match spell.group:
        case Group.PHONE | Group.CALLBACKS:
            _phone(stage, spell.kind, strength)
        case Group.CARRIER:
            await _carrier(stage, spell.kind, strength)
        case Group.CORE:
            stage.core.chances[spell.kind] = strength
        case Group.NETWORK if spell.kind == "slow":
            stage.slow_s = strength
        case Group.NETWORK:
            stage.balancer_is_stale = strength > 0
        case Group.DATABASE if spell.kind == "slow":
            stage.database_faults.slow_s = strength
        case _:
            stage.database_faults.chances[spell.kind] = strength


def _phone(stage: Stage, kind: str, strength: float) -> None:
    if kind in {"list_lag", "wrong_verdicts"}:
        setattr(stage.company.faults, kind, strength)
    else:
        stage.company.faults.set(**{kind: strength})


async def _carrier(stage: Stage, kind: str, strength: float) -> None:
    if kind == "suspended":
        stage.company.suspend_account(suspended=strength > 0)
    elif strength:
        await stage.company.close_port()
    else:
        await stage.company.open_port()
