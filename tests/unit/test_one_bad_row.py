"""A row that cannot be read or processed does not delay any other row."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said
from wakeup.domain.outcome import Outcome
from wakeup.usecases.deciding.deliver import listed, record_delivery, take_messages
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.records import MessageState

SECOND = timedelta(seconds=1)
DELIVERED = Delivery(receipt=Receipt.DELIVERED, status=200)


def loses_the_key(desk: Desk, customer_id: str, key: bytes = b"spoilt") -> None:
    """Nothing encrypted for this customer can be decrypted any more. An empty key means that they were erased."""
    desk.run(
        lambda unit: unit.connection.exec_driver_sql(
            "UPDATE customers SET wrapped_key = ? WHERE id = ?", (key, customer_id)
        )
    )


def decided(desk: Desk, n: int) -> None:
    opened = desk.flag(n)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)


def test_a_message_that_cannot_be_read_keeps_no_other_customers_waiting() -> None:
    for key in (b"spoilt", b""):
        desk = Desk()
        for n in (1, 2, 3):
            decided(desk, n)
        loses_the_key(desk, "u_1", key)
        sent = desk.run(take_messages, T0 + MINUTE, 32).dispatches
        assert "alarm:message_unreadable" in desk.wakes
        assert {json.loads(one.envelope.body)["transfer_id"] for one in sent} == {"t_2", "t_3"}
        for one in sent:
            desk.run(record_delivery, one, DELIVERED, T0 + MINUTE)
        states = {message.transfer_id: message.state for message in desk.run(listed, None, 9)}
        assert states == {"t_1": MessageState.DUE, "t_2": MessageState.DELIVERED, "t_3": MessageState.DELIVERED}


def test_more_of_them_than_are_sent_at_once_do_not_stand_in_the_way(desk: Desk) -> None:
    for n in range(1, 6):
        decided(desk, n)
    for n in range(1, 5):
        loses_the_key(desk, f"u_{n}")
    for _ in range(2):
        assert desk.run(take_messages, T0 + MINUTE, 2).dispatches == ()
        assert "deliver" in desk.wakes, "whoever comes behind them is looked for at once"
    sent = desk.run(take_messages, T0 + MINUTE, 2).dispatches
    assert [json.loads(one.envelope.body)["transfer_id"] for one in sent] == ["t_5"]


def test_a_message_that_can_be_read_again_is_sent_and_one_that_never_can_dies_in_the_end(desk: Desk) -> None:
    decided(desk, 1)
    [key] = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT wrapped_key FROM customers").one())
    loses_the_key(desk, "u_1")
    assert desk.run(take_messages, T0 + MINUTE, 9).dispatches == ()
    loses_the_key(desk, "u_1", key)
    assert desk.run(take_messages, T0 + MINUTE, 9).dispatches == (), "not at once again"
    [again] = desk.run(take_messages, T0 + MINUTE + SECOND, 9).dispatches
    loses_the_key(desk, "u_1")
    away = Delivery(receipt=Receipt.RETRY, status=503)
    assert desk.run(record_delivery, again, away, T0 + MINUTE) is MessageState.DUE
    now = T0 + MINUTE
    for _ in range(desk.run(lambda unit: unit.policy.tempo.delivery_attempts)):
        now += timedelta(minutes=5)
        desk.run(take_messages, now, 9)
        if "alarm:decision_undeliverable" in desk.wakes:
            break
    assert [message.state for message in desk.run(listed, None, 9)] == [MessageState.DEAD]
