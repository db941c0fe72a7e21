"""What the payment core reads in a message. The core may keep the first try of it, and get a second one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk, said
from wakeup.domain.ids import MessageId
from wakeup.domain.outcome import Outcome
from wakeup.usecases.deciding.decisions import decision_body
from wakeup.usecases.deciding.deliver import take_messages
from wakeup.usecases.ports import Envelope, Receipt


def tried(desk: Desk, minutes: int) -> Envelope:
    """What is sent at this time. The core does not answer."""
    now = T0 + minutes * MINUTE
    [sent] = desk.run(take_messages, now, 9).messages
    desk.answer(sent, now, Receipt.RETRY, None)
    return sent.envelope


def a_hold(desk: Desk) -> None:
    opened = desk.flag(1)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)


def test_every_try_has_the_same_id_and_the_same_bytes_and_says_what_the_feed_says(desk: Desk) -> None:
    a_hold(desk)
    first = tried(desk, 1)
    assert [tried(desk, minutes) for minutes in (10, 20, 30)] == [first] * 3
    [_, decision] = desk.decisions(desk.run(lambda unit: unit.outbox.listed(None, 9))[0].transfer_id)
    assert json.loads(first.body) == decision_body(decision, POLICY.hold_basis)


def test_a_retry_names_the_legal_basis_that_the_operator_has_set_meanwhile(desk: Desk) -> None:
    a_hold(desk)
    first = tried(desk, 1)
    desk.follows(replace(POLICY, hold_basis="the law of the land"))
    again = tried(desk, 10)
    assert again.message_id == first.message_id
    assert json.loads(again.body) == {**json.loads(first.body), "hold_basis": "the law of the land"}


def test_a_message_is_sent_with_its_own_decision(desk: Desk) -> None:
    for n in (1, 2, 3):
        opened = desk.flag(n)
        at = T0 + timedelta(seconds=n)
        desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, at, n), at)
    for sent in desk.run(take_messages, T0 + MINUTE, 9).messages:
        message = desk.run(lambda unit, sent: unit.outbox.lock(MessageId(sent.envelope.message_id)), sent)
        assert message is not None
        told = json.loads(sent.envelope.body)
        assert (told["decision_id"], told["transfer_id"]) == (message.decision_id, message.transfer_id)
