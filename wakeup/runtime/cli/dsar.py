"""`wakeup dsar …`: access and erasure requests of customers, and legal holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wakeup.runtime.cli.options import Json

app = typer.Typer(help="Customers who ask what is kept about them, or to be forgotten.", no_args_is_help=True)
Customer = Annotated[str, typer.Argument(help="The bank's own id of the customer.")]


@app.command("export")
def _dsar_export(
    customer: Customer,
    *,
    to: Annotated[Path | None, typer.Option(dir_okay=False, help="A new file; the terminal if not given.")] = None,
) -> None:
    """Export all data about a customer as JSON. It names other people too: read it before you hand it out."""
    from wakeup.runtime.commands import dsar

    dsar.export(customer, to)


@app.command("erase")
def _dsar_erase(
    customer: Customer,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a customer for good: key, words, recordings and all that identifies them. Timeline and decisions stay."""
    from wakeup.runtime.commands import dsar

    dsar.erase(customer, sure=yes, as_json=as_json)


@app.command("reapply")
def _dsar_reapply(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="What a node wrote: <its anchors>.erasures.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Repeat the erasures that a restored older copy of the database lost. Running it twice does no harm."""
    from wakeup.runtime.commands import dsar

    dsar.reapply(file, as_json=as_json)


@app.command("hold")
def _dsar_hold(
    customer: Customer,
    *,
    ticket: Annotated[str, typer.Option(help="Where it was ordered: letters, digits, - _ . /")],
    as_json: Json = False,
) -> None:
    """Set a legal hold: nothing of this customer is deleted while it lasts."""
    from wakeup.runtime.commands import dsar

    dsar.hold(customer, ticket, as_json=as_json)


@app.command("unhold")
def _dsar_unhold(customer: Customer, *, as_json: Json = False) -> None:
    """End a legal hold. What was retained beyond its time is deleted within hours."""
    from wakeup.runtime.commands import dsar

    dsar.unhold(customer, as_json=as_json)
