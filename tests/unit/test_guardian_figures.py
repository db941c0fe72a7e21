"""Guardian figures: in how many cases guardians were asked, how many answered, and how soon."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.sms_desk import SmsDesk, prompted
from wakeup.domain.confirmation import ConfirmationState
from wakeup.usecases.figures.guardian_figures import read_guardian_numbers

DAY = timedelta(days=1)


def test_a_day_without_cases_has_no_figures() -> None:
    numbers = SmsDesk().run(read_guardian_numbers, DAY, T0)
    assert (numbers.share, numbers.reply_rate, numbers.median_minutes) == (None, None, None)


def test_the_figures_of_guardians_have_shares_and_a_median() -> None:
    desk = SmsDesk()
    waits = (2, 4, 9)
    for n, minutes in enumerate(waits, start=1):
        _, confirmation = prompted(desk, T0 + n * HOUR, n=n)
        assert desk.writes(f"{confirmation.code} {n}", T0 + n * HOUR + minutes * MINUTE).startswith("answer_")
    prompted(desk, T0 + 4 * HOUR, n=4)
    for n in range(5, 9):
        desk.flag(n)
    desk.flag(9, now=T0 - 3 * DAY)
    numbers = desk.run(read_guardian_numbers, DAY, T0 + 5 * HOUR)
    assert (numbers.cases_asked, numbers.cases) == (4, 8)
    assert (numbers.answered, numbers.asked) == (3, 4)
    assert numbers.share == 0.5
    assert numbers.reply_rate == 0.75
    assert numbers.median_minutes == pytest.approx(4)
    kept = asdict(numbers).values()
    assert all(isinstance(value, int | float) for value in kept), "the median is found once, and no wait is kept"


def test_a_prompt_that_never_went_out_asked_no_guardian() -> None:
    desk = SmsDesk()
    _, confirmation = prompted(desk)
    failed = replace(confirmation, state=ConfirmationState.FAILED, step=None, due_at=None, code=None)
    desk.run(lambda unit: unit.confirmations.save(failed))
    numbers = desk.run(read_guardian_numbers, DAY, T0 + HOUR)
    assert (numbers.cases, numbers.cases_asked, numbers.asked, numbers.reply_rate) == (1, 0, 0, None)
