"""The `wakeup` command: what the runtime offers, and the simulation, which stands above it and is unknown to it."""

from __future__ import annotations

try:
    from typing import Annotated

    import typer

    from wakeup.runtime.cli.app import app, main
    from wakeup.runtime.cli.options import Json
except KeyboardInterrupt:
    # Ctrl-C before any command runs: the exit code a shell gives it, and no traceback.
    raise SystemExit(130) from None


@app.command("simulate")
def _simulate(
    *,
    cases: Annotated[int, typer.Option(min=1, max=100_000, help="How many customers are about to be cheated.")] = 200,
    nodes: Annotated[int, typer.Option(min=1, max=9, help="How many nodes serve them.")] = 3,
    faults: Annotated[str, typer.Option(help="all, none, or some of them with commas between.")] = "all",
    seed: Annotated[int | None, typer.Option(help="The same seed, the same day; a fresh one if not given.")] = None,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="How many days, seed by seed, on all processors.")] = 1,
    as_json: Json = False,
) -> None:
    """A day of several nodes in virtual time, with everything going wrong that can. Exit 1 when a promise broke."""
    # Only whoever simulates carries the strangers.
    from wakeup.simulation import command  # noqa: PLC0415

    command.simulate(cases, nodes, faults, seed, days, as_json=as_json)


if __name__ == "__main__":
    main()
