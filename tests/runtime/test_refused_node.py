"""Two nodes on a real database while time stands still: the token of one of them is wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.runtime.test_one_bad_row import DIALLING, Company, TwoCustomers
from tests.runtime.test_per_item import LoopDesk
from tests.unit.builders import MINUTE, T0
from tests.unit.sms_desk import SENDER
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.loops.messenger import Messenger
from wakeup.usecases.ports import CallOrder, Placement, PostResult, RefusalCause, SmsOrder
from wakeup.usecases.ringing.pacing import REST_OF_ONE, TURN_OF_OTHERS

SECOND = timedelta(seconds=1)


class Refusing(Company):
    """A phone company that knows no token of this node."""

    def __init__(self, fault: RefusalCause = RefusalCause.ACCOUNT) -> None:
        super().__init__()
        self.fault = fault

    async def place(self, order: CallOrder) -> Placement:
        self.rung.append(order.to)
        return Placement(proof=PostResult.REFUSED, fault=self.fault, code=20003)

    async def send(self, order: SmsOrder) -> Placement:
        self.sent.append(order.to)
        return Placement(proof=PostResult.REFUSED, fault=self.fault, code=20003)


class TwoMessengers(TwoCustomers):
    """The same with SMS: to two guardians, who are asked at once."""

    def __init__(self) -> None:
        super().__init__()
        self.refusing = Refusing()
        self.wrong = Messenger(self.engine, self.refusing, SENDER)  # type: ignore[arg-type]


class TwoNodes(LoopDesk):
    """A node whose calls are accepted, and one whose calls are refused."""

    def __init__(self) -> None:
        super().__init__()
        self.company, self.refusing = Company(), Refusing()
        good, wrong = (replace(DIALLING, node=name) for name in ("node-1", "node-2"))
        self.good = Dispatcher(self.engine, self.company, good)  # type: ignore[arg-type]
        self.wrong = Dispatcher(self.engine, self.refusing, wrong)  # type: ignore[arg-type]

    def turns(self, node: Dispatcher, now: datetime) -> datetime | None:
        self.clock.at = now

        async def turn() -> datetime | None:
            again = await node.round()
            await node.drain(5)
            return again

        return asyncio.run(turn())

    def reason(self) -> str | None:
        return self.desk.run(lambda unit: unit.lines.lock("AC")).stopped_because


def test_a_node_with_a_wrong_token_does_not_take_the_next_probe_from_the_others() -> None:
    nodes = TwoNodes()
    nodes.desk.flag(1, minutes=60)
    nodes.turns(nodes.wrong, T0)
    assert len(nodes.refusing.rung) == 1
    assert nodes.reason() == "account:20003 on node-2"
    over = T0 + MINUTE
    assert nodes.turns(nodes.wrong, over) == over + TURN_OF_OTHERS
    nodes.turns(nodes.good, over)
    assert (len(nodes.company.rung), len(nodes.refusing.rung)) == (1, 1)


def test_while_the_others_call_it_rests_and_then_tries_again() -> None:
    nodes = TwoNodes()
    nodes.desk.flag(1, minutes=60)
    nodes.turns(nodes.wrong, T0)
    nodes.turns(nodes.good, T0 + MINUTE)
    nodes.desk.flag(2, T0 + MINUTE, minutes=60)
    assert nodes.turns(nodes.wrong, T0 + MINUTE + SECOND) == T0 + REST_OF_ONE
    nodes.turns(nodes.wrong, T0 + REST_OF_ONE)
    assert len(nodes.refusing.rung) == 2


def test_a_node_that_is_alone_probes_all_the_same() -> None:
    nodes = TwoNodes()
    nodes.desk.flag(1, minutes=60)
    nodes.turns(nodes.wrong, T0)
    nodes.turns(nodes.wrong, T0 + MINUTE)
    assert len(nodes.refusing.rung) == 1
    nodes.turns(nodes.wrong, T0 + MINUTE + TURN_OF_OTHERS)
    assert len(nodes.refusing.rung) == 2


@pytest.mark.parametrize("fault", [RefusalCause.ACCOUNT, RefusalCause.CONFIGURATION, RefusalCause.SENDER])
def test_a_node_whose_sms_was_refused_leaves_the_next_sms_to_the_others(fault: RefusalCause) -> None:
    nodes = TwoMessengers()
    nodes.refusing.fault = fault
    nodes.all_are_asked()
    nodes.turns(nodes.wrong, T0)
    assert len(nodes.refusing.sent) == 1
    assert nodes.turns(nodes.wrong, T0 + MINUTE) == TURN_OF_OTHERS
    nodes.turns(nodes.messenger, T0 + MINUTE)
    nodes.turns(nodes.messenger, T0 + MINUTE + SECOND)
    assert (len(nodes.company.sent), len(nodes.refusing.sent)) == (2, 1)


def test_a_node_whose_sms_was_refused_rests_while_the_others_send() -> None:
    nodes = TwoMessengers()
    nodes.all_are_asked()
    nodes.turns(nodes.wrong, T0)
    nodes.turns(nodes.messenger, T0 + MINUTE)
    nodes.turns(nodes.wrong, T0 + REST_OF_ONE - SECOND)
    assert len(nodes.refusing.sent) == 1
    nodes.turns(nodes.wrong, T0 + REST_OF_ONE)
    assert len(nodes.refusing.sent) == 2
