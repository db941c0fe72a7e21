"""`wakeup user …`: accounts at the console and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.cli.options import Json
from wakeup.domain.staff import StaffRole

Name = Annotated[str, typer.Argument(help="Name of the account.")]

app = typer.Typer(help="Console accounts.", no_args_is_help=True)


@app.command("add")
def _user_add(
    name: Annotated[str, typer.Argument(help="Name for sign-in; decisions show it.")],
    *,
    role: Annotated[StaffRole, typer.Option(help="Role, which says what the account may do.")],
    person: Annotated[
        str,
        typer.Option(
            help="Id of the account's owner, such as a staff number; the four-eyes rule counts persons, not accounts."
        ),
    ],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create an account. Prompts for its password."""
    from wakeup.cli.commands import user

    user.add(name, role, person, from_stdin=password_stdin, as_json=as_json)


@app.command("password")
def _user_password(
    name: Name,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Set a new password for an account, and sign it out everywhere."""
    from wakeup.cli.commands import user

    user.password(name, from_stdin=password_stdin, as_json=as_json)


@app.command("link")
def _user_link(
    name: Name,
    *,
    issuer: Annotated[str, typer.Option(help="Issuer URL, exactly as the identity provider gives it.")],
    subject: Annotated[str, typer.Option(help="The person's `sub` at the issuer.")],
    as_json: Json = False,
) -> None:
    """Let a person sign in by single sign-on as this account."""
    from wakeup.cli.commands import user

    user.link(name, issuer, subject, as_json=as_json)


@app.command("unlink")
def _user_unlink(name: Name, *, as_json: Json = False) -> None:
    """Remove single sign-on from an account, and sign it out everywhere."""
    from wakeup.cli.commands import user

    user.unlink(name, as_json=as_json)
