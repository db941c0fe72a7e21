"""The `wakeup` command: what the runtime offers, and the simulation, which stands above it and is unknown to it."""

from __future__ import annotations

try:
    from typing import Annotated

    import typer

    from wakeup.cli.app import app, main
    from wakeup.cli.options import Json
except KeyboardInterrupt:
    # Ctrl-C before any command runs: the exit code a shell gives it, and no traceback.
    raise SystemExit(130) from None

__all__ = ["app", "main"]


@app.command("simulate")
def _simulate(
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
    # Imported here, so that no other command loads the simulators.
    from wakeup.cli.commands import simulate  # noqa: PLC0415

    simulate.simulate(cases, nodes, faults, seed, days, as_json=as_json)


if __name__ == "__main__":
    main()
