"""Repeated messages are recognised by keyed hashes that only this service can compute."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk, wait
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CustomerId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.guardians.enrol_guardians import GuardiansIn, replace_guardians
from wakeup.usecases.idempotency import Inbound, is_repeat_event, register_message
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.receive_event import receive_batch, receive_event

PLAIN = hashlib.sha256(b'{"phone":"+6591234567"}').hexdigest()
OTHER = hashlib.sha256(b"{}").hexdigest()
MESSAGE = Inbound(client="bank", webhook_id="msg_1", body_hash=PLAIN)


def cells(unit: SqlUnit) -> set[Any]:
    tables = ("webhooks", "risk_events", "news_ids")
    rows = [row for table in tables for row in unit.connection.exec_driver_sql(f"SELECT * FROM {table}")]
    return {cell for row in rows for cell in row}


def test_no_hash_is_kept_by_which_a_number_could_be_guessed(desk: Desk) -> None:
    desk.run(receive_event, MESSAGE, wait(1, content_hash=PLAIN), T0)
    enrolment = GuardiansIn(
        event_id="put_1", content_hash=PLAIN, customer_id=CustomerId("u_1"), occurred_at=T0, wanted=()
    )
    desk.run(replace_guardians, enrolment, T0)
    kept = desk.run(cells)
    assert {"msg_1", "put_1"} <= kept
    assert PLAIN not in kept


def test_a_repeated_message_is_known_and_another_body_under_its_id_is_refused(desk: Desk) -> None:
    for _ in range(2):
        desk.run(register_message, MESSAGE, T0)
    with pytest.raises(ConflictError) as refused:
        desk.run(register_message, Inbound(client="bank", webhook_id="msg_1", body_hash=OTHER), T0)
    assert refused.value.field == "webhook-id"


def test_news_are_known_by_their_own_id_whatever_message_brings_them(desk: Desk) -> None:
    assert [desk.run(is_repeat_event, "evt_1", PLAIN, T0) for _ in range(2)] == [False, True]
    with pytest.raises(ConflictError) as refused:
        desk.run(is_repeat_event, "evt_1", OTHER, T0)
    assert refused.value.field == "event_id"


@pytest.mark.parametrize("customers", [("u_1", "u_2"), ("u_2", "u_1")])
def test_of_two_events_of_a_batch_that_name_one_transfer_the_first_counts(
    desk: Desk, customers: tuple[str, str]
) -> None:
    """Also if its customer comes later in the order in which customers are locked."""
    batch = [wait(n, T0, customer_id=customer, transfer_id="t_1") for n, customer in enumerate(customers)]
    first, second = desk.run(receive_batch, Inbound(client="bank", webhook_id="w", body_hash="h"), batch, T0)
    assert isinstance(first, Accepted)
    assert isinstance(second, ConflictError) and second.field == "customer.id"
    assert desk.transfer(first.transfer_id).customer_id == customers[0]
