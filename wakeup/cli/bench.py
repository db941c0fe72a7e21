"""`wakeup bench …`: the benchmarks and their options. What they do is in `commands`, imported when used."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Benchmarks, each with a baseline measured in the same run.", no_args_is_help=True)

Unsigned = Annotated[float, typer.Option(min=0, max=100_000, help="Unsigned POSTs per second, sent at the same time.")]


@app.command("ingest")
def _ingest(
    *,
    events: Annotated[int, typer.Option(min=100, max=200_000)] = 4000,
    rounds: Annotated[int, typer.Option(min=1, max=20)] = 3,
    as_json: Json = False,
) -> None:
    """Measure durable, signed ingest against a bare aiohttp handler that only reads the body."""
    from wakeup.cli.commands import bench

    bench.ingest(events, rounds, as_json=as_json)


@app.command("latency")
def _latency(*, events: Annotated[int, typer.Option(min=10, max=10_000)] = 300, as_json: Json = False) -> None:
    """Measure the time from a risk event to the POST at the phone company, on an idle service."""
    from wakeup.cli.commands import bench

    bench.latency(events, as_json=as_json)


@app.command("script")
def _script(*, turns: Annotated[int, typer.Option(min=100, max=1_000_000)] = 5000, as_json: Json = False) -> None:
    """Measure one turn of a conversation, over the whole library of scripts."""
    from wakeup.cli.commands import bench

    bench.script(turns, as_json=as_json)


@app.command("window")
def _window(
    *,
    load: Annotated[
        float, typer.Option(min=0.1, max=20, help="Load: due calls relative to what the lines can carry.")
    ] = 2.0,
    minutes: Annotated[int, typer.Option(min=1, max=240)] = 40,
    seed: int = 1,
    as_json: Json = False,
) -> None:
    """Compare the plan, the guard rule and simpler orders with the clairvoyant optimum under overload, through the
    real dispatcher."""
    from wakeup.cli.commands import bench

    bench.window(load, minutes, seed, as_json=as_json)


@app.command("backlog")
def _backlog(
    *,
    attempts: Annotated[int, typer.Option(min=2_000, max=5_000_000)] = 1_000_000,
    rounds: Annotated[int, typer.Option(min=5, max=200)] = 100,
    as_json: Json = False,
) -> None:
    """Measure the time of a claim with a thousand due attempts and with a million."""
    from wakeup.cli.commands import bench

    bench.backlog(attempts, rounds, as_json=as_json)


@app.command("deadlines")
def _deadlines(
    *,
    windows: Annotated[int, typer.Option(min=100, max=100_000)] = 10_000,
    unsigned: Unsigned = 5_000.0,
    as_json: Json = False,
) -> None:
    """Measure how late decisions reach the core when all windows close in one minute while events keep coming;
    then signed turns during a flood of unsigned ones."""
    from wakeup.cli.commands import bench

    bench.deadlines(windows, unsigned, as_json=as_json)


@app.command("handover")
def _handover(*, rounds: Annotated[int, typer.Option(min=10, max=5_000)] = 200, as_json: Json = False) -> None:
    """Measure the time from a customer's key 0 to the POST that calls an agent."""
    from wakeup.cli.commands import bench

    bench.handover(rounds, as_json=as_json)


@app.command("voice")
def _voice(
    *,
    per_second: Annotated[float, typer.Option("--rate", min=1, max=5000, help="Turns per second to request.")] = 300.0,
    calls: Annotated[int, typer.Option(min=20, max=5000)] = 400,
    unsigned: Unsigned = 0.0,
    as_json: Json = False,
) -> None:
    """Measure how long the phone company waits for each signed turn, at a steady rate."""
    from wakeup.cli.commands import bench

    bench.voice(per_second, calls, unsigned, as_json=as_json)


@app.command("loop")
def _loop(
    *,
    cases: Annotated[int, typer.Option(min=10, max=5000)] = 1500,
    speed: Annotated[
        float,
        typer.Option(min=1, max=600, help="Speed of the simulated clock, relative to real time; it sets the load."),
    ] = 54.0,
    seed: int = 7,
    as_json: Json = False,
) -> None:
    """Measure the whole loop, with phone company and payment core on the same cores."""
    from wakeup.cli.commands import bench

    bench.loop(cases, speed, seed, as_json=as_json)


@app.command("rivals")
def _rivals(
    *,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="An empty PostgreSQL database, instead of a temporary server.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare with other job systems on the same work, with a kill in the middle."""
    from wakeup.cli.commands import bench

    bench.rivals(database, as_json=as_json)
