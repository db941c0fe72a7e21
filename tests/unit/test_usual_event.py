"""The usual event is stored in one step, and leaves the same as by way of the case file: rows, chain, answer, wakes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.builders import T0
from tests.unit.desk import PHONE, Desk, driver, someone, wait
from wakeup.domain.party import Payee
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.storage.write_buffer import WRITE_BUFFER, WriteBuffer
from wakeup.usecases.idempotency import Inbound
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.intake import open_case as intake
from wakeup.usecases.intake.receive_event import receive_event
from wakeup.usecases.intake.usual_event import is_usual

INBOUND = Inbound(client="bank", webhook_id="wh_1", body_hash="hash")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OTHER = someone("+6581234567", "g_1")
ODD: dict[str, dict[str, Any]] = {
    "no number": {"customer": someone(None)},
    "an alternate": {"alternates": (OTHER,)},
    "a guardian": {"guardians": (OTHER,)},
    "forwarded": {"forwarding": True},
    "a new number": {"phone_changed_at": T0 - HOUR},
    "a new SIM": {"sim_swapped_at": T0 - HOUR},
    "the payee's number": {"payee": Payee(account="a", phone=PHONE), "customer": someone(PHONE)},
    "a closed window": {"decide_by": T0 - MINUTE},
    "a window too short for the ladder": {"decide_by": T0 + MINUTE},
}


@st.composite
def events(draw: st.DrawFn) -> FlaggedTransfer:
    number = someone(PHONE).number
    assert number is not None
    zones = draw(st.sampled_from(["", "Asia/Tokyo Asia/Seoul"]))
    customer = replace(
        someone(PHONE, "u_1", draw(st.sampled_from(["", "陈美玲"]))), number=replace(number, zones=zones)
    )
    return wait(
        1,
        customer=customer,
        tier=draw(st.sampled_from(Tier)),
        birth_year=draw(st.sampled_from([None, 1957, 1999])),
        vulnerable=draw(st.booleans()),
        phone_changed_at=draw(st.sampled_from([None, T0 - 9_000 * HOUR])),
        amount=draw(st.decimals(min_value="0.01", max_value=10**9, places=2)),
        currency=draw(st.sampled_from(["SGD", "JPY", "CHF"])),
        share_of_balance=draw(st.sampled_from([None, 0.2, 0.9])),
        payee=draw(st.sampled_from([Payee(account="a"), Payee(name="W", account="b", bank="B", phone="+6500000000")])),
        decide_by=T0 + draw(st.sampled_from([-1, 0, 1, 2, 5, 11, 30, 600])) * MINUTE,
        hold_max=T0 + 48 * HOUR,
        typology=draw(st.sampled_from(["generic", "fake_invest"])),
        signals=draw(st.sampled_from([(), ("new_payee", "screen_share"), ("family_risk",)])),
        model=draw(st.sampled_from(["", "m"])),
    )


@contextmanager
def by_way_of_the_case_file() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "is_usual", lambda *_: False)
        yield


def stored(event: FlaggedTransfer) -> tuple[Any, ...]:
    """Take the event at a new desk, and return all that it leaves."""
    desk = Desk()
    answer = desk.run(receive_event, INBOUND, event, T0)
    return answer, desk.wakes, list(driver(desk._connection).iterdump())


def buffered(event: FlaggedTransfer) -> tuple[Any, ...]:
    """The same, as it is before the rows of several events are written together."""
    desk = Desk()
    buffer = desk._connection.info[WRITE_BUFFER] = WriteBuffer(driver(desk._connection).cursor())

    def take(unit: SqlUnit) -> tuple[Any, ...]:
        receive_event(unit, INBOUND, event, T0)
        return list(buffer._rows.items()), buffer._keys, buffer._tables, buffer.count

    found = desk.run(take)
    del desk._connection.info[WRITE_BUFFER]
    return found


@settings(max_examples=60)
@given(events())
def test_the_same_is_left_either_way(event: FlaggedTransfer) -> None:
    in_one_step, together = stored(event), buffered(event)
    with by_way_of_the_case_file():
        assert in_one_step == stored(event)
        assert together == buffered(event)


def test_a_usual_event_does_not_go_by_way_of_the_case_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_open", None)
    assert stored(wait(1, amount=Decimal("5200.00")))[0].new


@pytest.mark.parametrize("odd", ODD)
def test_anything_unusual_goes_by_way_of_the_case_file(odd: str) -> None:
    event = wait(1, **ODD[odd])
    in_one_step = stored(event)
    with by_way_of_the_case_file():
        assert in_one_step == stored(event)


@pytest.mark.parametrize("known", ["customer", "news"])
def test_what_is_known_before_makes_an_event_unusual(known: str) -> None:
    desk = Desk()
    event = wait(1)

    def usual(unit: SqlUnit) -> tuple[bool, bool]:
        found = unit.inbox.look_up(intake.sought(event, None))
        other = found._replace(seen_at=T0) if known == "customer" else found._replace(early_news=True)
        return is_usual(unit, event, found, T0), is_usual(unit, event, other, T0)

    assert desk.run(usual) == (True, False)
