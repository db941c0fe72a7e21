"""When a customer who asked for a later call is called again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from wakeup.domain.appointment import SOON, appointment, last_start
from wakeup.domain.policy import Calling
from wakeup.runtime.words.hours import spoken_time

CALLING = Calling()
TEN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""10:00 in Singapore."""
SINGAPORE, KATHMANDU, NEW_YORK = ("Asia/Singapore",), ("Asia/Kathmandu",), "America/New_York"


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (TEN, TEN + timedelta(minutes=10)),
        (TEN + timedelta(seconds=1), TEN + timedelta(minutes=15)),
        (TEN + timedelta(minutes=4, seconds=59), TEN + timedelta(minutes=15)),
        (TEN + timedelta(minutes=5), TEN + timedelta(minutes=15)),
    ],
)
def test_an_appointment_is_soon_and_at_a_time_that_can_be_said(now: datetime, at: datetime) -> None:
    assert appointment(now, now + timedelta(hours=2), SINGAPORE, CALLING) == at
    assert at - now >= SOON


def test_an_appointment_leaves_time_to_answer_and_to_hear() -> None:
    until = TEN + SOON + CALLING.ring_timeout + CALLING.useful_talk
    assert appointment(TEN, until, SINGAPORE, CALLING) == last_start(until, CALLING)
    assert appointment(TEN, until - timedelta(seconds=1), SINGAPORE, CALLING) is None
    assert appointment(TEN, TEN - timedelta(hours=1), SINGAPORE, CALLING) is None


def test_an_appointment_waits_for_a_decent_hour_if_there_is_time() -> None:
    night = datetime(2026, 11, 22, 12, 58, tzinfo=UTC)
    morning = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert appointment(night, night + timedelta(days=1), SINGAPORE, CALLING) == morning
    assert appointment(night, night + timedelta(hours=3), SINGAPORE, CALLING) is None
    eight_there = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    assert appointment(night + timedelta(hours=8), night + timedelta(days=2), KATHMANDU, CALLING) == eight_there


def test_an_appointment_is_decent_in_every_zone_the_number_may_be_in() -> None:
    """10:00 in Singapore is 21:00 in New York, whose morning is Singapore's night: the call is the morning after."""
    both, later = (*SINGAPORE, NEW_YORK), TEN + timedelta(days=2)
    assert appointment(TEN, later, both, CALLING) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    nowhere = Calling(hours={NEW_YORK: ((time(0), time(1)),), "Asia/Singapore": ((time(3), time(4)),)})
    assert appointment(TEN, TEN + timedelta(days=9), both, nowhere) is None


def test_an_appointment_may_be_at_any_hour_where_no_zone_is_known() -> None:
    night = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    assert appointment(night, night + timedelta(hours=2), (), CALLING) == night + SOON


@pytest.mark.parametrize(
    ("hour", "days", "zh", "en"),
    [
        ((15, 20), 0, "今天下午三点二十分左右", "today at about 3:20 in the afternoon"),
        ((14, 5), 0, "今天下午两点零五分左右", "today at about 2:05 in the afternoon"),
        ((8, 0), 1, "明天早上八点左右", "tomorrow at about 8 o'clock in the morning"),
        ((10, 30), 0, "今天上午十点半左右", "today at about 10:30 in the morning"),
        ((12, 5), 0, "今天中午十二点零五分左右", "today at about 12:05 in the afternoon"),
        ((20, 45), 2, "后天晚上八点四十五分左右", "the day after tomorrow at about 8:45 in the evening"),
        ((23, 59), 0, "今天晚上十一点五十九分左右", "today at about 11:59 at night"),
        ((9, 0), 5, "十一月二十七号上午九点左右", "on Friday at about 9 o'clock in the morning"),
        ((0, 1), 0, "今天半夜十二点零一分左右", "tonight at about 1 minute past midnight"),
        ((0, 20), 1, "今天半夜十二点二十分左右", "tonight at about 20 minutes past midnight"),
        ((0, 0), 2, "明天半夜十二点左右", "tomorrow night at about midnight"),
        ((0, 30), 3, "后天半夜十二点半左右", "on Tuesday night at about 30 minutes past midnight"),
        ((0, 30), 5, "十一月二十六号半夜十二点半左右", "on Thursday night at about 30 minutes past midnight"),
        ((2, 5), 1, "明天凌晨两点零五分左右", "tomorrow at about 2:05 in the morning"),
        ((12, 0), 1, "明天中午十二点左右", "tomorrow at about noon"),
    ],
)
def test_an_appointment_is_said_as_people_say_it(hour: tuple[int, int], days: int, zh: str, en: str) -> None:
    now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    at = now.replace(hour=hour[0], minute=hour[1]) + timedelta(days=days)
    assert (spoken_time(at, now, "zh-CN"), spoken_time(at, now, "en")) == (zh, en)


@pytest.mark.parametrize("hour", range(24))
def test_no_hour_leaves_a_digit_to_the_chinese_voice(hour: int) -> None:
    now = datetime(2026, 2, 2, 0, 0, tzinfo=UTC)
    for minute in range(60):
        said = spoken_time(now.replace(hour=hour, minute=minute) + timedelta(days=20), now, "zh-CN")
        assert said.startswith(("二月二十二号", "二月二十一号半夜十二点")) and said.endswith("左右")
        assert not any(mark.isdigit() and mark.isascii() for mark in said) and "二点" not in said.replace("十二点", "")
