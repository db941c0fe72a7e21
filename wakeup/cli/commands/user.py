"""`wakeup user …`: accounts at the console. A password is prompted for, or read from standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import BY, fail, note, piped_line, say
from wakeup.cli.commands.with_store import run_in_store
from wakeup.cli.options import Json
from wakeup.domain.staff import Staff, StaffRole

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the account.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Name for sign-in; decisions show it.")],
    *,
    role: Annotated[StaffRole, typer.Option(help="Role, which says what the account may do.")],
    person: Annotated[
        str,
        typer.Option(
            help="Id of the account's owner, such as a staff number; the four-eyes rule counts persons, not accounts."
        ),
    ],
    from_stdin: FromStdin = False,
    as_json: Json = False,
) -> None:
    """Create an account. Prompts for its password."""
    from wakeup.usecases.console.sign_in import NewAccount, make_account, perhaps_same_person

    account = NewAccount(name=name, person=person, role=role, password_hash=_asked(name, from_stdin=from_stdin))

    async def make(store: Store[SqlUnit], infra: Infrastructure) -> tuple[Staff, list[Staff]]:
        made = await store.run(make_account, account, BY, infra.clock.now())
        return made, await store.read(perhaps_same_person, made)

    made, alike = run_in_store(make)
    for other in alike:
        note(
            f"person {made.person} is nearly {other.person}, the owner of {other.name}: if they are one person, close "
            "this account and make one with the same --person, because the four-eyes rule counts persons",
            style="yellow",
        )
    _print(made, "can sign in", as_json=as_json)


@app.command("password")
def password(name: Name, *, from_stdin: FromStdin = False, as_json: Json = False) -> None:
    """Set a new password for an account, and sign it out everywhere."""
    from wakeup.usecases.console.sign_in import change_password

    secret = _asked(name, from_stdin=from_stdin)
    changed = run_in_store(lambda store, infra: store.run(change_password, name, secret, BY, infra.clock.now()))
    _print(changed, "has a new password", as_json=as_json)


@app.command("link")
def link(
    name: Name,
    *,
    issuer: Annotated[str, typer.Option(help="Issuer URL, exactly as the identity provider gives it.")],
    subject: Annotated[str, typer.Option(help="The person's `sub` at the issuer.")],
    as_json: Json = False,
) -> None:
    """Let a person sign in by single sign-on as this account."""
    from wakeup.usecases.console.single_sign_on import link_account

    made = run_in_store(lambda store, infra: store.run(link_account, name, issuer, subject, BY, infra.clock.now()))
    _print(made, "is linked", as_json=as_json)


@app.command("unlink")
def unlink(name: Name, *, as_json: Json = False) -> None:
    """Remove single sign-on from an account, and sign it out everywhere."""
    from wakeup.usecases.console.single_sign_on import unlink_account

    had = run_in_store(lambda store, infra: store.run(unlink_account, name, BY, infra.clock.now()))
    say({"name": name, "identities": had}, f"{name} had {had} identities and has none", as_json=as_json)


def _asked(name: str, *, from_stdin: bool) -> str:
    from wakeup.web.console.passwords import fault_of, hashed

    typed = piped_line() if from_stdin else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    fault = fault_of(typed, name)
    if fault is not None:
        fail(f"password: {fault}", code=1)
    return hashed(typed)


def _print(staff: Staff, done: str, *, as_json: bool) -> None:
    facts = {"id": staff.id, "name": staff.name, "role": staff.role.value, "person": staff.person}
    say(facts, f"{staff.name} ({staff.role}) {done}", as_json=as_json)
