"""A variable that costs a query is queried where the script reads it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

import pytest

from tests.ivr.stage import VARIABLES, Call, answers_for
from wakeup.ivr.render import OnDemand, Value


class FixedValues:
    """Return fixed values, and record which were asked for."""

    def __init__(self, **answers: Value) -> None:
        self._answers = {"room": None, "guardian_ready": False, "callback_time": None, "person_ready": False, **answers}
        self.asked: list[str] = []

    def call(self) -> Call:
        """A conversation in which every turn reads the values anew, as in the service."""
        return Call("zh-CN", variables=cast("dict[str, Value]", OnDemand(VARIABLES["zh-CN"], self._late())))

    def _late(self) -> dict[str, Callable[[], Value]]:
        return {name: partial(self._ask, name) for name in self._answers}

    def _ask(self, name: str) -> Value:
        self.asked.append(name)
        return self._answers[name]


def test_the_way_to_the_questions_asks_nothing() -> None:
    fixed = FixedValues()
    fixed.call().to_question().take(*answers_for(0, True, True, True))
    assert fixed.asked == []


def test_a_guardian_is_looked_up_only_for_a_customer_who_insists() -> None:
    fixed = FixedValues(room="room-1")
    call = fixed.call().to_question().take(*answers_for(0, True, True, True), "key 3", "key 1")
    assert fixed.asked == ["room"]
    assert "信得过的亲友" in call.heard


@pytest.mark.parametrize(
    ("key", "asked"), [("key 2", ["guardian_ready"]), ("key 0", ["person_ready", "callback_time"])]
)
def test_each_question_is_asked_where_its_answer_matters(key: str, asked: list[str]) -> None:
    fixed = FixedValues()
    fixed.call().to_question().take(*answers_for(0, True, True, True), key)
    assert fixed.asked == asked


def test_an_answer_is_kept_and_an_unknown_name_gives_none() -> None:
    fixed = FixedValues(room="room-1")
    given = OnDemand({"settled": True}, {"room": lambda: fixed._ask("room")})
    assert (given["room"], given["room"], given.get("nonsense"), given["settled"]) == ("room-1", "room-1", None, True)
    assert fixed.asked == ["room"]
    assert sorted(given) == ["room", "settled"] and len(given) == 2
