"""`wakeup user …`: accounts at the console and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from wakeup.domain.staff import StaffRole
from wakeup.runtime.cli.options import Json

app = typer.Typer(help="Accounts at the console.", no_args_is_help=True)


@app.command("add")
def _user_add(
    name: Annotated[str, typer.Argument(help="What is typed at sign-in, and named in decisions.")],
    *,
    role: Annotated[StaffRole, typer.Option(help="What this account may do.")],
    person: Annotated[str, typer.Option(help="Whose it is, such as a staff number: four eyes count persons.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from there, one line.")] = False,
    as_json: Json = False,
) -> None:
    """Make an account. Its password is prompted for."""
    from wakeup.runtime.commands import user

    user.add(name, role, person, from_stdin=password_stdin, as_json=as_json)


@app.command("password")
def _user_password(
    name: str,
    *,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from there, one line.")] = False,
    as_json: Json = False,
) -> None:
    """Give an account a new password, and sign it out everywhere."""
    from wakeup.runtime.commands import user

    user.password(name, from_stdin=password_stdin, as_json=as_json)


@app.command("link")
def _user_link(
    name: str,
    *,
    issuer: Annotated[str, typer.Option(help="As it calls itself.")],
    subject: Annotated[str, typer.Option(help="Who they are there.")],
    as_json: Json = False,
) -> None:
    """Let a person sign in by single sign-on as this account."""
    from wakeup.runtime.commands import user

    user.link(name, issuer, subject, as_json=as_json)


@app.command("unlink")
def _user_unlink(name: str, *, as_json: Json = False) -> None:
    """Remove single sign-on from an account, and sign it out everywhere."""
    from wakeup.runtime.commands import user

    user.unlink(name, as_json=as_json)
