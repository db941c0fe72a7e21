"""Migrations on PostgreSQL, beside running nodes: a transaction each, short waits, tried again. Knows no table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from wakeup.domain.errors import WakeupError
from wakeup.storage.jobs import DEADLOCK, LOCK_NOT_AVAILABLE, code_of
from wakeup.storage.online import LOCK_WAIT

Wait = Callable[[str], object]
"""Waits between two tries, and is told for whom, in words for people. Given by the runtime."""
LOCK = 7_246_110_427
"""Whoever migrates holds this advisory lock, so that nodes starting together take turns."""
TRIES = 20
"""Of one migration."""
TURNS = 200
"""Looks whether somebody else has done with migrating."""
_GIVEN_UP = (
    f"given up after {TRIES} tries. What came before it stays applied, and nodes that run go on. Let them finish, or"
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
"""Who has held locks on tables for the longest. Whoever may not see others' activity is shown no times."""


class HeldUpError(WakeupError):
    """Others hold what a migration needs, for longer than we wait."""


def no_wait(_why: str) -> None:
    """Again at once."""


def in_steps(connection: Connection, act: Callable[[Connection], None], wait: Wait) -> None:
    """Let `act` migrate; when a lock was not to be had, it begins anew where the database stands.

    What was applied stays applied, whatever happens. Raises HeldUpError when others do not let go.
    """
    # Copying a large table takes longer than any use case may.
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'")
    connection.commit()
    _take_turn(connection, wait)
    try:
        _until_done(connection, act, wait)
    finally:
        # A lost connection has given the lock back.
        with suppress(DBAPIError):
            connection.rollback()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
            connection.commit()


def _take_turn(connection: Connection, wait: Wait) -> None:
    # Asked for again and again: whoever waited for it within a statement would be waited for by the other's indexes.
    for _ in range(TURNS):
        mine = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK})").scalar()
        connection.commit()
        if mine:
            return
        wait("another `wakeup migrate` is at work")
    raise HeldUpError("another `wakeup migrate` is still at work; when it has ended, run this again")


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
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return found


def _holders(connection: Connection) -> str:
    rows = connection.exec_driver_sql(_HOLDERS).all()
    # A transaction of ours that stayed open would keep the indexes of others waiting.
    connection.rollback()
    told = [f"process {pid} ({program}, user {user}), in a transaction for {long}" for pid, program, user, long in rows]
    return "; ".join(told) or "somebody who has gone meanwhile"
