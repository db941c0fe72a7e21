"""`wakeup`: its commands. The module of each is imported when it is used."""

from __future__ import annotations

import os
import sys
from typing import ClassVar

import typer

from wakeup.cli.edge import told_at_the_edge, want_text
from wakeup.cli.late import Late, LateGroup
from wakeup.runtime.standard_streams import have_standard_streams


class Commands(LateGroup):
    late: ClassVar = {
        "serve": Late("serve:serve", "Run the service, or one of its roles."),
        "migrate": Late("migrate:migrate", "Migrate the database to the newest revision."),
        "demo": Late(
            "demo:demo",
            "Run everything on this machine: a simulated phone company, a payment core, and Wakeup between them.",
        ),
        "cluster": Late(
            "cluster:cluster", "Run the demo against two listening and two dispatching nodes on one PostgreSQL."
        ),
        "soak": Late(
            "cluster:soak",
            "Kill and pause nodes at random under load, then check the ledgers of phone company and payment core.",
        ),
        "simulate": Late(
            "simulate:simulate",
            "Simulate a day of several nodes in virtual time, with injected faults. Exit 1 if a promise was broken.",
        ),
        "feed": Late(
            "feed:feed",
            "Send the rows of a file as risk events to the risk API. Running it twice adds nothing twice.",
        ),
        "report": Late(
            "report:report", "Print the key figures: reached, dissuaded, stopped, and what guardians added."
        ),
        "scripts": Late("scripts:app", "Check, play, draw and publish scripts."),
        "outbox": Late("outbox:app", "Messages to the payment core."),
        "audit": Late("audit:app", "Proof that the timeline was not altered."),
        "config": Late("config:app", "Settings and policy."),
        "bench": Late("bench:app", "Benchmarks, each with a baseline measured in the same run."),
        "user": Late("user:app", "Console accounts."),
        "agent": Late("agent:app", "Bank staff who take calls."),
        "dsar": Late("dsar:app", "Access and erasure requests of customers, and legal holds."),
        "keys": Late("keys:app", "Master keys, and customers' keys that are lost."),
    }


app = typer.Typer(
    name="wakeup", cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)


@app.callback()
def _wakeup() -> None:
    """Phones people who are about to send money to a scammer, while the bank can still stop it."""


def main() -> None:
    """Run the command line. Files it writes are readable only by its own user: databases, anchors, keys of a demo."""
    os.umask(0o077)
    have_standard_streams()
    with told_at_the_edge():
        want_text(sys.argv[1:])
        app()
