"""`wakeup dsar …`: access and erasure requests of customers, and legal holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Access and erasure requests of customers, and legal holds.", no_args_is_help=True)
Customer = Annotated[str, typer.Argument(help="The bank's id of the customer.")]


@app.command("export")
def _dsar_export(
    customer: Customer,
    *,
    to: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A new file to write; by default the terminal.")
    ] = None,
) -> None:
    """Export all data about a customer as JSON. It names other people too: review it before you hand it out."""
    from wakeup.cli.commands import dsar

    dsar.export(customer, to)


@app.command("erase")
def _dsar_erase(
    customer: Customer,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a customer for good: key, words, recordings and all that identifies them. Timeline and decisions stay."""
    from wakeup.cli.commands import dsar

    dsar.erase(customer, sure=yes, as_json=as_json)


@app.command("reapply")
def _dsar_reapply(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="The erasures file of a node: <its anchors file>.erasures."),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Repeat the erasures that were lost by restoring an older copy of the database. Safe to run twice."""
    from wakeup.cli.commands import dsar

    dsar.reapply(file, as_json=as_json)


@app.command("hold")
def _dsar_hold(
    customer: Customer,
    *,
    ticket: Annotated[str, typer.Option(help="Reference of the order: letters, digits, - _ . /")],
    as_json: Json = False,
) -> None:
    """Set a legal hold: nothing of this customer is deleted while it lasts."""
    from wakeup.cli.commands import dsar

    dsar.hold(customer, ticket, as_json=as_json)


@app.command("unhold")
def _dsar_unhold(customer: Customer, *, as_json: Json = False) -> None:
    """End a legal hold. Data past its retention time is deleted within hours."""
    from wakeup.cli.commands import dsar

    dsar.unhold(customer, as_json=as_json)
