"""Times of day as a voice says them, in the time zone of the person who hears them. Converts no zones."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.language import zh_or_en
from wakeup.runtime.words.numerals import counted, numeral

_ZH_DAYS = ("今天", "明天", "后天")
_EN_DAYS = ("today", "tomorrow", "the day after tomorrow")
_ZH_PARTS = ((1, "半夜"), (5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_EN_PARTS = ((12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))


def spoken_time(at: datetime, now: datetime, language: str) -> str:
    """Return the time in words: 今天下午三点二十分左右, or `today at about 3:20 in the afternoon`.

    Both times are in the zone of the hearer.
    """
    days = (at.date() - now.date()).days
    if zh_or_en(language) == "zh":
        return f"{_zh_day(at, days)}{_zh_hour(at)}左右"
    return f"{_en_day(at, days)} at about {_en_hour(at)}"


def _zh_day(at: datetime, days: int) -> str:
    if at.hour == 0:
        # As in English, midnight belongs to the evening before.
        at, days = at - timedelta(days=1), days - (days > 0)
    return _ZH_DAYS[days] if 0 <= days < len(_ZH_DAYS) else f"{numeral(at.month)}月{numeral(at.day)}号"


def _zh_hour(at: datetime) -> str:
    part = next(name for before, name in _ZH_PARTS if at.hour < before)
    hour = (at.hour - 1) % 12 + 1
    minutes = {0: "", 30: "半"}.get(at.minute, f"{'零' if at.minute < 10 else ''}{numeral(at.minute)}分")
    return f"{part}{counted(hour)}点{minutes}"


def _en_day(at: datetime, days: int) -> str:
    if at.hour == 0:
        # Half past midnight belongs to the evening before: "tomorrow at 12:30" would be heard as noon.
        evening = at - timedelta(days=1)
        return "tonight" if days in (0, 1) else "tomorrow night" if days == 2 else f"on {evening:%A} night"
    return _EN_DAYS[days] if 0 <= days < len(_EN_DAYS) else f"on {at:%A}"


def _en_hour(at: datetime) -> str:
    if at.hour == 0:
        return f"{at.minute} minute{'' if at.minute == 1 else 's'} past midnight" if at.minute else "midnight"
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    part = next(name for before, name in _EN_PARTS if at.hour < before)
    hour = at.hour if at.hour <= 12 else at.hour - 12
    return f"{hour}:{at.minute:02} {part}" if at.minute else f"{hour} o'clock {part}"
