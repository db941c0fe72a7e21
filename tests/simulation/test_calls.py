"""The judge's checks about calls find what was posted too often, to a wrong number, or against an opt-out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wakeup.simulation.bank import Promise
from wakeup.simulation.checks.calls import (
    HEARD_WITHIN,
    family_told,
    posted_twice,
    rung_after_stop,
    rung_twice,
    written_after_stop,
    written_too_often,
)
from wakeup.simulation.database import DatabaseFaults
from wakeup.simulation.node import ALL_THE_SAME, Sweeps
from wakeup.simulation.virtual_time import LoopClock
from wakeup.simulator.ledger import Ledger

T0 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAUGHTER = "+6591234585"


class Book:
    """A ledger that is written by hand."""

    def __init__(self) -> None:
        self.now = T0
        self.ledger = Ledger(lambda: self.now)

    def add(self, fact: str, **details: Any) -> Book:
        self.ledger.add(fact, **details)
        return self

    def later(self, by: timedelta) -> Book:
        self.now += by
        return self


def posted(kind: str = "") -> dict[str, Any]:
    return {"fact": f"{kind}post_received", "to": DAUGHTER, "url": "http://127.0.0.1:8000/twilio/x/1/tag"}


@pytest.mark.parametrize("kind", ["", "message_"])
@pytest.mark.parametrize(("between", "faults"), [
    ((), 1),
    (({"fact": "post_refused", "code": 21610, "status": 400, "path": "/Messages.json"},), 0),
    (({"fact": "create_fault", "kind": "429"},), 0),
    (({"fact": "message_fault", "kind": "refuse"},), 0),
    (({"fact": "create_fault", "kind": "500_after_create"},), 1),
    (({"fact": "ringing"}, {"fact": "post_refused", "code": 20003, "status": 401, "path": "/Calls.json"}), 1),
])  # fmt: skip
def test_the_same_may_be_posted_again_only_after_a_certain_refusal(
    kind: str, between: tuple[dict[str, Any], ...], faults: int
) -> None:
    book = Book()
    for row in ({**posted(kind)}, *between, {**posted(kind)}):
        book.add(**row)
    assert len(list(posted_twice(book.ledger))) == faults


def test_two_live_calls_to_a_number_are_seen_also_when_one_never_rang() -> None:
    book = Book().add("created", call="CA1", to=DAUGHTER).add("created", call="CA2", to=DAUGHTER)
    assert len(list(rung_twice(book.ledger))) == 1
    book = Book().add("created", call="CA1", to=DAUGHTER).add("ended", call="CA1", status="canceled")
    assert list(rung_twice(book.add("created", call="CA2", to=DAUGHTER).ledger)) == []


@pytest.mark.parametrize(("texts", "unheard", "faults"), [(0, False, 0), (1, False, 1), (1, True, 0), (2, True, 1)])
def test_after_stop_nothing_is_written_but_one_text_if_we_could_not_know(
    texts: int, unheard: bool, faults: int
) -> None:
    book = Book().add("message_inbound", message="SM1", from_=DAUGHTER, body=" stop ").add(**posted("message_"))
    if unheard:
        book.add("problem", call="SM1", kind="sms_inbound", code=11200, text="…")
    for _ in range(texts):
        book.later(2 * HEARD_WITHIN).add(**posted("message_"))
    assert len(list(written_after_stop(book.ledger))) == faults


@pytest.mark.parametrize(
    ("unheard", "after", "faults"), [(False, 2, 1), (False, 0, 0), (True, 2, 0)], ids=["heard", "at once", "lost"]
)
def test_a_number_whose_stop_was_heard_is_not_called(unheard: bool, after: int, faults: int) -> None:
    book = Book().add(**posted()).add("message_inbound", message="SM1", from_=DAUGHTER, body="Stop")
    if unheard:
        book.add("problem", call="SM1", kind="sms_inbound", code=11200, text="…")
    book.later(after * HEARD_WITHIN).add(**posted())
    assert len(list(rung_after_stop(book.ledger))) == faults


def test_no_number_gets_more_texts_in_a_day_than_the_policy_allows() -> None:
    book = Book()
    for _ in range(6):
        book.add("message_created", message="SM", to=DAUGHTER)
    assert list(written_too_often(book.ledger)) == []
    assert len(list(written_too_often(book.add("message_created", message="SM", to=DAUGHTER).ledger))) == 1


@pytest.mark.parametrize(("typology", "faults"), [("extortion", 1), ("romance", 0)])
def test_the_family_of_a_blackmailed_customer_hears_nothing(typology: str, faults: int) -> None:
    event = {"risk": {"typology": typology}, "guardians": [{"phone": DAUGHTER}]}
    promises = {"t_1": Promise(event=event, answered_at=T0, status=202, body={})}
    book = Book().add("message_created", message="SM1", to=DAUGHTER)
    assert len(list(family_told(book.ledger, promises))) == faults


def test_a_loop_is_swept_after_a_commit_that_concerns_it_and_once_a_minute() -> None:
    faults = DatabaseFaults()
    sweeps = Sweeps(LoopClock(T0), faults)
    assert [sweeps.swept("settle") for _ in range(ALL_THE_SAME)] == [True] + [False] * (ALL_THE_SAME - 1)
    assert sweeps.swept("settle")
    assert not sweeps.swept("settle")
    faults.told.update({"settle"})
    assert sweeps.swept("settle")
    assert sweeps.swept("feed"), "each loop for itself"
    faults.told.update({"settle"})
    assert not sweeps.swept("feed")
    faults.untold += 1
    assert sweeps.swept("feed"), "nobody knows whom it concerns"
