"""Migrations on PostgreSQL while nodes are running: one transaction each, short waits, repeated tries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from wakeup.domain.errors import WakeupError
from wakeup.storage.jobs import DEADLOCK, LOCK_NOT_AVAILABLE, code_of
from wakeup.storage.online import LOCK_WAIT
from wakeup.storage.revision import REVISIONS

Wait = Callable[[str], object]
"""Waits between two tries; called with the reason in plain words. Supplied by the runtime."""
LOCK = 7_246_110_427
"""Id of the advisory lock that a migrating process holds, so that nodes starting together take turns."""
TRIES = 20
"""Tries of one migration."""
TURNS = 200
"""How often to check whether another process has finished migrating."""
_GIVEN_UP = (
    f"given up after {TRIES} tries. Earlier migrations stay applied, and running nodes continue. Let them finish, or"
    " end them with pg_terminate_backend, and run `wakeup migrate` the same way again"
)
_HOLDERS = """
SELECT pid, coalesce(nullif(application_name, ''), '?'), coalesce(usename, '?'),
  coalesce(extract(epoch FROM clock_timestamp() - xact_start)::bigint::text || ' s', 'a while')
FROM pg_stat_activity JOIN (
  SELECT DISTINCT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
  WHERE locktype = 'relation' AND granted AND datname = current_database() AND pid <> pg_backend_pid()
) AS holders USING (pid) ORDER BY xact_start NULLS FIRST LIMIT 3
"""
"""The transactions that have held locks on tables for the longest. A user without the right to see other sessions
is shown no times."""


class HeldUpError(WakeupError):
    """Other transactions held locks that a migration needs until its patience ended."""


def no_wait(_why: str) -> None:
    """Retry at once."""


def in_steps(connection: Connection, act: Callable[[Connection], None], wait: Wait) -> None:
    """Run the migrations in `act`. When a lock is not available, start again from the revision reached so far.

    Applied migrations stay applied in any case. Raises HeldUpError when others do not release their locks.
    """
    # Copying a large table takes longer than any use case may.
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'")
    connection.commit()
    _take_turn(connection, wait)
    try:
        _until_done(connection, act, wait)
    finally:
        # A lost connection has released the lock already.
        with suppress(DBAPIError):
            connection.rollback()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
            connection.commit()


def _take_turn(connection: Connection, wait: Wait) -> None:
    # Polled: a statement that waits for the lock keeps a transaction open, and the other process would have to
    # wait for that one to build its indexes.
    for _ in range(TURNS):
        mine = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK})").scalar()
        connection.commit()
        if mine:
            return
        wait("another `wakeup migrate` is running")
    raise HeldUpError("another `wakeup migrate` is still running; when it has ended, run this again")


def _until_done(connection: Connection, act: Callable[[Connection], None], wait: Wait) -> None:
    stood, failed = _stands(connection), 0
    while True:
        try:
            act(connection)
            connection.commit()
        except OperationalError as error:
            connection.rollback()
            if code_of(error) not in {LOCK_NOT_AVAILABLE, DEADLOCK}:
                raise
            stands = _stands(connection)
            stood, failed = stands, failed + 1 if stands == stood else 1
            why = f"the migration after {stands or 'none'} waits for {_holders(connection)}"
            if failed == TRIES:
                raise HeldUpError(f"{why}; {_GIVEN_UP}") from error
            wait(why)
        else:
            return


def _stands(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection, opts={"version_table": REVISIONS}).get_current_revision()
    connection.rollback()
    return found


def _holders(connection: Connection) -> str:
    rows = connection.exec_driver_sql(_HOLDERS).all()
    # If our transaction stayed open, it would make the index builds of others wait.
    connection.rollback()
    told = [f"process {pid} ({program}, user {user}), in a transaction for {long}" for pid, program, user, long in rows]
    return "; ".join(told) or "a process that has ended meanwhile"
