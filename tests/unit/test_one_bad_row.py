"""A customer whose key is lost delays nobody, and what needs no key goes on for them, too."""

from __future__ import annotations

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said
from wakeup.domain.outcome import Outcome
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.deciding.deliver import listed
from wakeup.usecases.records import MessageState


def loses_the_key(desk: Desk, customer_id: str, key: bytes = b"spoilt") -> None:
    """Nothing encrypted for this customer can be decrypted any more. An empty key means that they were erased."""
    desk.run(
        lambda unit: unit.connection.exec_driver_sql(
            "UPDATE customers SET wrapped_key = ? WHERE id = ?", (key, customer_id)
        )
    )


def spoils_the_rows(desk: Desk, customer_id: str) -> None:
    """The stored numbers and words of this customer are damaged, although their key is not."""

    def spoil(unit: SqlUnit) -> None:
        theirs = {"parties": "case_id IN (SELECT id FROM cases WHERE customer_id = ?)"}
        for table in ("parties", "sms", "transfers", "guardian_changes"):
            which = theirs.get(table, "customer_id = ?")
            unit.connection.exec_driver_sql(f"UPDATE {table} SET sealed = x'00' WHERE {which}", (customer_id,))

    desk.run(spoil)


def decided(desk: Desk, n: int) -> None:
    opened = desk.flag(n)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)


@pytest.mark.parametrize("key", [b"spoilt", b""])
def test_a_decision_is_told_although_the_customers_key_is_lost(desk: Desk, key: bytes) -> None:
    for n in (1, 2, 3):
        decided(desk, n)
    loses_the_key(desk, "u_1", key)
    desk.deliver(T0 + MINUTE)
    states = {message.transfer_id: message.state for message in desk.run(listed, None, 9)}
    assert states == dict.fromkeys(("t_1", "t_2", "t_3"), MessageState.DELIVERED)
