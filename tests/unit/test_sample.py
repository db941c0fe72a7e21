"""Automatic decisions that no user has checked are listed from the newest back, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.ids import TransferId
from wakeup.storage.repositories import queues
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.settle_case import settle_case

HOUR = timedelta(hours=1)


@pytest.fixture(params=[queues.PAGE, 2])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Six transfers decided automatically, an hour apart. The last two have no position in the feed yet."""
    monkeypatch.setattr(queues, "PAGE", request.param)
    desk = Desk()
    for n in range(1, 7):
        at = T0 + n * HOUR
        opened = desk.flag(n, at)
        desk.run(settle_case, opened.case_id, at + HOUR / 2)
        if n == 4:
            desk.run(lambda unit: unit.decisions.number_new(100))
    return desk


def sampled(desk: Desk, hours: float, limit: int) -> list[TransferId]:
    def read(unit: SqlUnit) -> list[TransferId]:
        return [one.transfer_id for one in unit.views.unchecked(T0 + hours * HOUR, limit)]

    return desk.run(read)


def test_the_newest_come_first_with_or_without_a_place_in_the_feed(desk: Desk) -> None:
    assert sampled(desk, 0, 9) == ["t_6", "t_5", "t_4", "t_3", "t_2", "t_1"]
    assert sampled(desk, 0, 3) == ["t_6", "t_5", "t_4"]
    desk.run(lambda unit: unit.decisions.number_new(100))
    assert sampled(desk, 0, 9) == ["t_6", "t_5", "t_4", "t_3", "t_2", "t_1"]


def test_a_transfer_that_is_too_old_is_not_sampled(desk: Desk) -> None:
    assert sampled(desk, 2.5, 9) == ["t_6", "t_5", "t_4", "t_3"]
    assert sampled(desk, 5.5, 9) == ["t_6"]
    assert sampled(desk, 7, 9) == []
