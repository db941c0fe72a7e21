"""`wakeup`: the commands and their options.

What they do is in `commands`, imported when used: a service that runs for months does not keep the demo and the
benches in its memory.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from wakeup.cli.agents import app as agent_app
from wakeup.cli.bench import app as bench_app
from wakeup.cli.dsar import app as dsar_app
from wakeup.cli.edge import told_at_the_edge, want_text
from wakeup.cli.keys import app as keys_app
from wakeup.cli.options import Json, Mapping, OnlyAnchors
from wakeup.cli.outbox import app as outbox_app
from wakeup.cli.scripts import app as scripts_app
from wakeup.cli.users import app as user_app
from wakeup.runtime.roles import Role
from wakeup.runtime.standard_streams import have_standard_streams

app = typer.Typer(
    name="wakeup",
    help="Phones people who are about to send money to a scammer, while the bank can still stop it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
audit_app = typer.Typer(help="Proof that the timeline was not altered.", no_args_is_help=True)
config_app = typer.Typer(help="Settings and policy.", no_args_is_help=True)
GROUPS = {
    "scripts": scripts_app, "outbox": outbox_app, "audit": audit_app, "config": config_app, "bench": bench_app,
    "user": user_app, "agent": agent_app, "dsar": dsar_app, "keys": keys_app,
}  # fmt: skip
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


@app.command("serve")
def _serve(
    *,
    role: Annotated[
        list[Role] | None, typer.Option(help="A role of this node; repeat for several. All roles by default.")
    ] = None,
    migrate: Annotated[bool, typer.Option(help="Migrate the database first.")] = False,
) -> None:
    """Run the service, or one of its roles."""
    # Everything loaded stays: until the service runs, the collector would only scan it again and again for nothing.
    gc.disable()
    from wakeup.cli.commands import serve

    serve.serve(frozenset(role or Role), migrate=migrate)


@app.command("migrate")
def _migrate(
    *,
    before: Annotated[
        bool,
        typer.Option("--before", help="Only the migrations that may run while the previous release is still running."),
    ] = False,
) -> None:
    """Migrate the database to the newest revision."""
    from wakeup.cli.commands import migrate

    migrate.migrate(before=before)


@app.command("demo")
def _demo(  # noqa: PLR0913 - an argument an option
    *,
    cases: Annotated[int, typer.Option(min=1, help="Number of customers.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same events.")] = 7,
    speed: Annotated[
        float, typer.Option(min=0.1, max=600, help="Speed of the simulated clock, relative to real time.")
    ] = 30,
    file: Annotated[
        Path | None,
        typer.Option(
            "--feed", exists=True, dir_okay=False, help="A file with risk events, instead of generated traffic."
        ),
    ] = None,
    mapping: Mapping = None,
    folder: Annotated[Path, typer.Option(help="Folder for the files of this run; it is emptied first.")] = Path(
        "var/demo"
    ),
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="An empty database; by default a new SQLite file.")
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End when every decision has been delivered.")] = False,
    as_json: Json = False,
) -> None:
    """Run everything on this machine: a simulated phone company, a payment core, and Wakeup between them."""
    from wakeup.cli.commands import demo
    from wakeup.demo.run import DemoOptions

    wish = DemoOptions(
        cases=cases, seed=seed, speed=speed, folder=folder.absolute(), database=database, feed=file,
        mapping=demo.mapping_for(file, mapping), stay=not (leave or as_json),
    )  # fmt: skip
    demo.demo(wish, as_json=as_json)


@app.command("cluster")
def _cluster(
    *,
    cases: Annotated[int, typer.Option(min=1, max=5000, help="Number of customers.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed makes the same events.")] = 7,
    speed: Annotated[
        float, typer.Option(min=1, max=60, help="Speed of the simulated clock, relative to real time.")
    ] = 30.0,
    folder: Annotated[Path, typer.Option(help="Folder for the files of this run; it is emptied first.")] = Path(
        "var/cluster"
    ),
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty PostgreSQL database; by default a temporary server is started."),
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End when every decision has been delivered.")] = False,
    as_json: Json = False,
) -> None:
    """Run the demo against two listening and two dispatching nodes on one PostgreSQL."""
    from wakeup.cli.commands import cluster
    from wakeup.demo.run import DemoOptions

    wish = DemoOptions(
        cases=cases, seed=seed, speed=speed, folder=folder.absolute(), database=database, stay=not (leave or as_json)
    )
    cluster.cluster(wish, as_json=as_json)


@app.command("soak")
def _soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, max=1440, help="For how long nodes are killed and paused.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Chooses the events, and the nodes that are killed and paused.")] = 7,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty PostgreSQL database; by default a temporary server is started."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for logs and ledgers; by default they are not kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Kill and pause nodes at random under load, then check the ledgers of phone company and payment core."""
    from wakeup.cli.commands import cluster

    cluster.soak(minutes, seed, database, folder, as_json=as_json)


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
    from wakeup.cli.commands import simulate

    simulate.simulate(cases, nodes, faults, seed, days, as_json=as_json)


@app.command("feed")
def _feed(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or NDJSON.")],
    *,
    mapping: Mapping = None,
    url: Annotated[str, typer.Option(help="The service's risk API.")] = "http://127.0.0.1:8081",
    client: Annotated[str, typer.Option(help="Name of the configured client that signs.")] = "bank",
    pace: Annotated[bool, typer.Option(help="Send each row at its own time, not all at once.")] = False,
    report: Annotated[Path | None, typer.Option(help="File to write rejected rows to, as CSV.")] = None,
    as_json: Json = False,
) -> None:
    """Send the rows of a file as risk events to the risk API. Running it twice adds nothing twice."""
    from wakeup.cli.commands import feed

    feed.feed(file, mapping, url, client, pace=pace, report=report, as_json=as_json)


@app.command("report")
def _report(
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="Cases opened in the last so many days.")] = 7,
    as_json: Json = False,
) -> None:
    """Print the key figures: reached, dissuaded, stopped, and what guardians added."""
    from wakeup.cli.commands import report

    report.report(days, as_json=as_json)


@audit_app.command("verify")
def _audit_verify(
    *,
    anchors: Annotated[Path | None, typer.Option(help="The anchors file; by default the one in the settings.")] = None,
    as_json: Json = False,
) -> None:
    """Check that no row of any timeline was altered, removed or forged."""
    from wakeup.cli.commands import audit

    audit.verify(anchors, as_json=as_json)


@audit_app.command("begin-anew")
def _audit_begin_anew(*, only_anchors: OnlyAnchors = False, as_json: Json = False) -> None:
    """After a restore: begin a new anchors file, and hold what the copy would release by itself."""
    from wakeup.cli.commands import audit

    audit.begin_anew(only_anchors=only_anchors, as_json=as_json)


@config_app.command("show")
def _config_show(*, as_json: Json = False) -> None:
    """Show the settings in force, with secrets masked."""
    from wakeup.cli.commands import config

    config.show(as_json=as_json)


@config_app.command("check")
def _config_check(*, as_json: Json = False) -> None:
    """Check settings, policy, roster, texts of SMS and calls, scripts and database as the service does at its start."""
    from wakeup.cli.commands import config

    config.check(as_json=as_json)


@config_app.command("keys")
def _config_keys() -> None:
    """Print new keys, as lines for an environment file."""
    from wakeup.cli.commands import config

    config.keys()


def main() -> None:
    """Run the command line. Files it writes are readable only by its own user: databases, anchors, keys of a demo."""
    os.umask(0o077)
    have_standard_streams()
    with told_at_the_edge():
        want_text(sys.argv[1:])
        app()
