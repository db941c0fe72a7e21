"""`wakeup simulate`: what it is asked for and how it tells what came of it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from random import SystemRandom

from wakeup.runtime.collector import settle_memory
from wakeup.runtime.commands.shared import console, fail, say_json
from wakeup.simulation.faults import ALL, Group
from wakeup.simulation.run import Outcome, Wish
from wakeup.simulation.run import simulate as run_day

FRESH_SEEDS = 10**9


def simulate(cases: int, nodes: int, faults: str, seed: int | None, *, as_json: bool) -> None:
    """Run one day and tell of it. Exit 1 with the seed and the last events if anything is wrong."""
    chosen = SystemRandom().randrange(FRESH_SEEDS) if seed is None else seed
    wish = Wish(cases=cases, nodes=nodes, seed=chosen, groups=groups_of(faults))
    if seed is None:
        sys.stderr.write(f"seed {chosen}\n")
    settle_memory()
    outcome = run_day(wish)
    facts = asdict(outcome)
    last = facts.pop("last")
    if as_json:
        say_json(facts)
    else:
        console.print(_told(outcome), soft_wrap=True)
    if outcome.violations:
        sys.stderr.write("\n".join([f"seed {chosen}, the last events:", *last, *outcome.violations, ""]))
        raise SystemExit(1)


def groups_of(text: str) -> frozenset[Group]:
    """`all`, `none`, or names with commas between."""
    if text in {"all", "none"}:
        return ALL if text == "all" else frozenset()
    names = [name.strip() for name in text.split(",")]
    unknown = sorted(set(names) - set(Group))
    if unknown:
        fail(f"--faults: {unknown[0]!r} is none of all, none, {', '.join(Group)}", code=2)
    return frozenset(Group(name) for name in names)


def _told(outcome: Outcome) -> str:
    held = f"{len(outcome.violations)} VIOLATIONS" if outcome.violations else "Every promise held"
    return (
        f"{held}: seed {outcome.seed}, {outcome.cases} cases on {outcome.nodes} nodes, {outcome.crashes} crashes and "
        f"{sum(outcome.faults.values())} other faults; {outcome.accepted} of {outcome.transfers} transfers accepted, "
        f"{outcome.calls} calls, {outcome.late_explained} decisions late by a fault. Trace {outcome.trace_hash}, "
        f"{outcome.virtual_seconds:.0f} virtual seconds in {outcome.wall_seconds} s."
    )
