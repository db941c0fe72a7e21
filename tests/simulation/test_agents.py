"""The judge's checks about agents find what they look for, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.unit.builders import T0
from wakeup.simulation.checks.agents import AGENTS, left_alone, rung_again
from wakeup.simulator.ledger import Ledger

AMY, BAO, MEI = AGENTS["amy"], AGENTS["bao"], "+6591234567"
END = T0 + timedelta(hours=1)


class Book:
    """A phone company's ledger with a clock."""

    def __init__(self) -> None:
        self.now = T0
        self.ledger = Ledger(lambda: self.now)

    def after(self, seconds: float) -> Book:
        self.now += timedelta(seconds=seconds)
        return self

    def created(self, call: str, to: str) -> None:
        self.ledger.add("created", call=call, to=to)

    def entered(self, call: str, room: str = "line-a-4") -> None:
        self.ledger.add("room_entered", call=call, room=room)

    def left(self, call: str, room: str = "line-a-4") -> None:
        self.ledger.add("room_left", call=call, room=room)

    def alone(self, *, excused: bool = False) -> list[str]:
        return list(left_alone(self.ledger, END, lambda since, until: excused))


def waiting() -> Book:
    book = Book()
    book.created("c", MEI)
    book.entered("c")
    return book


def test_a_customer_who_is_fetched_in_time_was_not_left_alone() -> None:
    book = waiting().after(46)
    book.left("c")
    assert book.alone() == []


def test_a_customer_who_waits_longer_was_left_alone_unless_that_is_excused() -> None:
    book = waiting().after(90)
    book.left("c")
    assert book.alone() == ["c was alone in its room for 90 s"]
    assert book.alone(excused=True) == []
    assert waiting().alone() == ["c was alone in its room for 3600 s"], "who never leaves is there to the end"


def test_an_agents_coming_ends_the_wait_and_their_leaving_begins_another() -> None:
    book = waiting()
    book.created("a", AMY)
    book.after(30).entered("a")
    book.after(600).left("a")
    book.after(5).left("c")
    assert book.alone() == []
    book = waiting()
    book.created("a", AMY)
    book.after(30).entered("a")
    book.after(600).left("a")
    book.after(100).left("c")
    assert book.alone() == ["c was alone in its room for 100 s"]


def test_agents_and_relatives_in_other_rooms_are_not_counted() -> None:
    book = Book()
    book.created("a", AMY)
    book.entered("a")
    book.created("c", MEI)
    book.entered("c", "room-case")
    assert book.alone() == []


def again(book: Book) -> list[str]:
    return list(rung_again(book.ledger, END))


def test_an_agent_rung_twice_for_one_wait_is_found() -> None:
    book = waiting()
    book.created("a1", AMY)
    book.after(20).created("a2", BAO)
    assert again(book) == []
    book.after(10).created("a3", AMY)
    assert again(book) == ["an agent (97) was rung twice for c"]


def test_while_an_answer_to_another_customer_is_lost_no_wait_is_judged() -> None:
    """In our books that customer waits for an agent, who is called in vain; the phone company never heard of it."""
    book = waiting()
    book.ledger.add("problem", call="d", kind="voice", code=11200, text="no answer")
    book.created("a1", AMY)
    book.after(20).ledger.add("ended", call="d", status="completed")
    book.after(1).created("a2", AMY)
    assert again(book) == []
    own = waiting()
    own.ledger.add("problem", call="c", kind="voice", code=11200, text="no answer")
    own.created("a1", AMY)
    own.after(20).created("a2", AMY)
    assert again(own) == ["an agent (97) was rung twice for c"]


def test_while_two_customers_wait_no_wait_is_judged_and_afterwards_another_begins() -> None:
    book = waiting()
    book.created("a1", AMY)
    book.created("d", "+6591234568")
    book.entered("d", "line-b-4")
    book.after(20).created("a2", AMY)
    assert again(book) == []
    book = waiting()
    book.created("a1", AMY)
    book.after(30).left("c")
    book.entered("c", "line-a-9")
    book.created("a2", AMY)
    assert again(book) == []


def test_an_agent_may_be_rung_already_for_a_customer_about_to_wait() -> None:
    book = waiting()
    book.created("a1", AMY)
    book.created("d", "+6591234568")
    book.after(30).created("a2", AMY)
    book.after(5).left("c")
    assert again(book) == ["an agent (97) was rung twice for c"]
    book.after(5).entered("d", "line-b-4")
    assert again(book) == []


def test_the_ledgers_moments_are_written_as_they_are_read() -> None:
    book = waiting()
    assert datetime.fromisoformat(book.ledger.facts[0]["at"]) == T0
