"""`wakeup simulate`: its options and its report."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, fail, say_json
from wakeup.cli.options import Json
from wakeup.simulation.faults import ALL, Group

if TYPE_CHECKING:
    from wakeup.simulation.run import Outcome, SimulationOptions

FRESH_SEEDS = 10**9


def simulate(
    *,
    cases: Annotated[int, typer.Option(min=1, max=100_000, help="Number of customers.")] = 200,
    nodes: Annotated[int, typer.Option(min=1, max=9, help="Number of nodes.")] = 3,
    faults: Annotated[str, typer.Option(help="all, none, or a comma-separated list of fault groups.")] = "all",
    seed: Annotated[int | None, typer.Option(help="The same seed makes the same events; by default random.")] = None,
    days: Annotated[
        int, typer.Option(min=1, max=10_000, help="Number of days, each with its own seed, on all processors.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Simulate a day of several nodes in virtual time, with injected faults. Exit 1 if a promise was broken."""
    from wakeup.runtime.memory import settle_memory
    from wakeup.simulation.run import SimulationOptions

    first = SystemRandom().randrange(FRESH_SEEDS) if seed is None else seed
    groups = groups_of(faults)
    wishes = [SimulationOptions(cases=cases, nodes=nodes, seed=first + day, groups=groups) for day in range(days)]
    if seed is None:
        sys.stderr.write(f"seed {first}\n")
    settle_memory()
    outcomes = [_tell(outcome, as_json=as_json) for outcome in _outcomes(wishes)]
    if any(outcome.violations for outcome in outcomes):
        raise SystemExit(1)


def _outcomes(wishes: Sequence[SimulationOptions]) -> Iterator[Outcome]:
    """Yield the outcomes in order, each as soon as it is known. A day runs in one thread, so several days use one
    process per processor."""
    from wakeup.simulation.run import simulate as run_day
    from wakeup.workshop.worker_pool import worker_pool

    if len(wishes) == 1:
        yield run_day(wishes[0])
        return
    with worker_pool(start="fork") as processes:
        yield from processes.map(run_day, wishes)


def _tell(outcome: Outcome, *, as_json: bool) -> Outcome:
    facts = asdict(outcome)
    last = facts.pop("last")
    if as_json:
        say_json(facts)
    else:
        console.print(_told(outcome), soft_wrap=True)
    if outcome.violations:
        sys.stderr.write("\n".join([f"seed {outcome.seed}, the last events:", *last, *outcome.violations, ""]))
    return outcome


def groups_of(text: str) -> frozenset[Group]:
    """Parse `all`, `none`, or comma-separated names."""
    if text in {"all", "none"}:
        return ALL if text == "all" else frozenset()
    names = [name.strip() for name in text.split(",")]
    unknown = sorted(set(names) - set(Group))
    if unknown:
        fail(f"--faults: {unknown[0]!r} is unknown; must be one of all, none, {', '.join(Group)}", code=2)
    return frozenset(Group(name) for name in names)


def _told(outcome: Outcome) -> str:
    held = f"{len(outcome.violations)} VIOLATIONS" if outcome.violations else "All promises kept"
    return (
        f"{held}: seed {outcome.seed}, {outcome.cases} cases on {outcome.nodes} nodes, {outcome.crashes} crashes and "
        f"{sum(outcome.faults.values())} other faults; {outcome.accepted} of {outcome.transfers} transfers accepted, "
        f"{outcome.calls} calls, {outcome.late_explained} decisions late due to a fault. Trace {outcome.trace_hash}, "
        f"{outcome.virtual_seconds:.0f} virtual seconds in {outcome.wall_seconds} s."
    )
