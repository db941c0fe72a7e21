"""Migration 0047: rows of older nodes get what nodes write today, and mean what the code took them for before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

from tests.storage.test_migrate_online import migrations, waits
from tests.unit.builders import HOUR, T0
from wakeup.domain.attempt import Errand
from wakeup.storage.mapping import table_of
from wakeup.storage.migrate import downgrade, upgrade
from wakeup.storage.tables import (
    AttemptRow,
    CaseRow,
    DecisionRow,
    GuestRow,
    ListenerRow,
    OutboxRow,
    PartyRow,
    RetentionRow,
)

CASE, OVER = "cas_open", "cas_over"
CALLS = {
    "att_1": ("customer", False, Errand.LADDER),
    "att_2": ("guardian", False, Errand.LADDER),
    "att_3": ("agent", True, Errand.AGENT),
    "att_4": ("agent", True, Errand.LISTENER),
    "att_5": ("customer", True, Errand.APPOINTMENT),
    "att_6": ("guardian", True, Errand.APPOINTMENT),
    "att_7": ("second_guardian", True, Errand.COMPANY),
    "att_8": ("guardian", True, Errand.GUEST),
    "att_9": ("alternate", True, Errand.APPOINTMENT),
}
"""Calls of one case in their order: the callee, whether a person waits for the call, and what it is for."""
ALLOWED = {
    "cas_cooled": [("hold", "standing"), ("allow", "cooled")],
    "cas_held_since": [("allow", "cooled"), ("hold", "agent_requested")],
    "cas_released": [("hold", "standing"), ("allow", "released_by_person")],
}
"""Cases in the queue without held money, and the decisions about their one transfer."""
BLANK: dict[Any, object] = {str: "", int: 0, bool: False, bytes: b"", datetime: T0}


def write(connection: Connection, row: type[SQLModel], **values: Any) -> None:
    """Insert a row of which only these columns matter."""
    table = table_of(row)
    others = {column.name for column in table.columns if not column.nullable} - set(values)
    blank = {name: BLANK[row.model_fields[name].annotation] for name in others}
    connection.execute(table.insert().values(values | blank))


def older_rows(connection: Connection) -> None:
    """Write two cases, one of them settled, as nodes from before the migrations 0036 to 0045 would have done."""
    for case_id, state in ((CASE, "in_review"), (OVER, "settled")):
        promised = {"person_due_at": T0, "person_late_at": T0}
        write(connection, CaseRow, id=case_id, customer_id=case_id, state=state, tier="high", **promised)
        write(connection, RetentionRow, case_id=case_id, customer_id=case_id)
        for role in ("customer", "alternate", "guardian", "second_guardian", "agent"):
            write(connection, PartyRow, id=f"{case_id}_{role}", case_id=case_id, role=role.removeprefix("second_"))
        for n, (call, (role, waited_for, _)) in enumerate(CALLS.items(), 1):
            write(
                connection, AttemptRow, id=f"{case_id}_{call}", case_id=case_id, party_id=f"{case_id}_{role}", n=n,
                state="planned", promised=waited_for, errand=None,
            )  # fmt: skip
        write(connection, ListenerRow, attempt_id=f"{case_id}_att_4", way="listen", staff_id=case_id)
        write(connection, GuestRow, attempt_id=f"{case_id}_att_8")
    write(connection, OutboxRow, id="msg_old", state="dead", due_at=T0 + HOUR)
    write(connection, OutboxRow, id="msg_new", state="due", due_at=T0 + HOUR, late_at=T0)


@pytest.fixture
def old(any_engine: Engine) -> Engine:
    """A database of each kind with rows of older nodes, before the migration."""
    downgrade(url(any_engine), migrations, "0046")
    with any_engine.begin() as connection:
        older_rows(connection)
    return any_engine


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def found(engine: Engine, row: type[SQLModel], *columns: str) -> list[tuple[Any, ...]]:
    table = table_of(row)
    with engine.connect() as connection:
        rows = connection.execute(table.select().order_by(*table.primary_key.columns)).mappings()
        return [tuple(one[name] for name in columns) for one in rows]


def test_each_call_of_an_older_node_has_the_errand_that_was_found_for_it_before(old: Engine) -> None:
    upgrade(url(old), migrations)
    wanted = [(f"{case_id}_{call}", errand) for case_id in (CASE, OVER) for call, (*_, errand) in CALLS.items()]
    assert found(old, AttemptRow, "id", "errand") == wanted


def test_what_nodes_have_written_themselves_stays(old: Engine) -> None:
    with old.begin() as connection:
        connection.execute(text("UPDATE attempts SET errand = 'company' WHERE party_id LIKE '%guardian' AND promised"))
    upgrade(url(old), migrations)
    errands = [errand for call, errand in found(old, AttemptRow, "party_id", "errand") if call.endswith("guardian")]
    assert set(errands) == {Errand.COMPANY, Errand.LADDER}


def test_a_message_of_an_older_node_is_late_after_the_time_when_it_was_due(old: Engine) -> None:
    upgrade(url(old), migrations)
    assert found(old, OutboxRow, "id", "late_at") == [("msg_new", T0), ("msg_old", T0 + HOUR)]


def test_only_a_case_in_review_owes_a_human_and_only_a_settled_one_has_a_date(old: Engine) -> None:
    upgrade(url(old), migrations)
    assert found(old, CaseRow, "id", "person_due_at", "person_late_at") == [(CASE, T0, T0), (OVER, None, None)]
    assert found(old, RetentionRow, "case_id") == [(OVER,)]


def test_a_node_that_has_read_a_call_of_an_older_node_does_not_take_its_errand_away_again(engine: Engine) -> None:
    """Nodes of the previous version store a call as they have read it. They have locked its case meanwhile."""
    downgrade(url(engine), migrations, "0046")
    with engine.begin() as connection:
        older_rows(connection)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as node:
            node.execute(text(f"SELECT * FROM cases WHERE id = '{CASE}' FOR UPDATE"))
            migrating = pool.submit(upgrade, url(engine), migrations)
            assert waits(engine, node.execute(text("SELECT pg_backend_pid()")).scalar_one(), migrating)
            node.execute(text(f"UPDATE attempts SET errand = NULL, checks = 1 WHERE case_id = '{CASE}'"))
        migrating.result()
    assert (None,) not in found(engine, AttemptRow, "errand")


def test_money_that_was_allowed_by_itself_is_still_asked_back_after_a_warning(old: Engine) -> None:
    with old.begin() as connection:
        for case_id, allowed in ALLOWED.items():
            write(connection, CaseRow, id=case_id, customer_id=case_id, state="in_review", tier="high", unheld_at=T0)
            for sequence, (ruling, reason) in enumerate(allowed, 1):
                write(
                    connection, DecisionRow, id=f"dec_{case_id}_{sequence}", case_id=case_id, transfer_id=case_id,
                    sequence=sequence, ruling=ruling, reason=reason, decided_at=T0 + HOUR,
                )  # fmt: skip
    upgrade(url(old), migrations)
    queued = {case: at for case, at in found(old, CaseRow, "id", "unheld_at") if case in ALLOWED}
    assert queued == {
        "cas_cooled": T0 + HOUR + timedelta(microseconds=1),
        "cas_held_since": T0,
        "cas_released": T0,
    }
