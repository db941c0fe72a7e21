"""The console's two languages: catalogues, times in the viewer's zone, and amounts as people write them.

The catalogues are read from their source texts; nothing is compiled beforehand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from aiohttp import web
from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from wakeup.web.console.meanings import MEANINGS

LANGUAGES = ("en", "zh_CN")
LANGUAGE_COOKIE, ZONE_COOKIE = "language", "zone"
FOLDER = Path(__file__).parent / "locale"
_ZONES = available_timezones()
_DAYS = {"en": ("MMM d", "MMM d, y"), "zh_CN": ("M月d日", "y年M月d日")}
"""How the day is written, without its year and with it."""
_TWO_TITLES = re.compile(r"(?P<english>.+?) \((?P<chinese>[\u3400-\u9fff].*)\)")


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations of a language. The templates themselves are in English."""
    path = FOLDER / language / "LC_MESSAGES" / "console.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as text, BytesIO() as compiled:
        write_mo(compiled, read_po(text, locale=language))
        compiled.seek(0)
        return GNUTranslations(compiled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How things are written for one viewer."""

    language: str
    zone: str = "UTC"
    now: datetime | None = None
    """A time of the same year is said without it. None: every time is said with its year."""

    @property
    def dated(self) -> Look:
        """The same for what is kept or printed: every time is said with its year."""
        return replace(self, now=None)

    @property
    def html_language(self) -> str:
        return self.language.replace("_CN", "-CN")

    def say(self, text: str) -> str:
        """Return one of our sentences or words in the viewer's language."""
        return catalogue(self.language).gettext(text) if text else ""

    def word(self, kind: str, value: str | None) -> str:
        """Return a word of one of our vocabularies. A value without an entry is shown as it is."""
        if not value:
            return "–"
        return self.known(kind, value) or value.replace("_", " ")

    def known(self, kind: str, value: str) -> str:
        """Return a word of one of our vocabularies; empty if the value has no entry."""
        key = f"{kind}:{value}"
        if key in MEANINGS and self.language == "en":
            return MEANINGS[key]
        said = catalogue(self.language).gettext(key)
        return said if said != key else ""

    def title(self, text: str) -> str:
        """Return the bank's own text, such as a script's title: the part in the viewer's language if it has two."""
        parts = _TWO_TITLES.fullmatch(text)
        if parts is None:
            return self.say(text)
        return parts["english" if self.language == "en" else "chinese"]

    def time(self, at: datetime | None, zone: str | None = None) -> str:
        """Return the time of day with its date, short. The year is left out only if it is that of now."""
        if at is None:
            return "–"
        there = ZoneInfo(zone or self.zone)
        day = at.astimezone(there)
        same_year = self.now is not None and day.year == self.now.astimezone(there).year
        pattern = _DAYS[self.language][0 if same_year else 1]
        return f"{format_date(day, pattern, locale=self.language)} {self.clock(at, zone)}"

    def clock(self, at: datetime, zone: str | None = None) -> str:
        return format_time(at, "HH:mm:ss", tzinfo=ZoneInfo(zone or self.zone), locale=self.language)

    def money(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, "¤¤ #,##0.00", locale=Locale.parse(self.language))

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.language)

    def minutes(self, span: timedelta) -> str:
        return self.number(span / timedelta(minutes=1))

    def percent(self, part: float | None) -> str:
        return "–" if part is None else f"{part * 100:.1f} %"

    def left(self, until: datetime, now: datetime) -> str:
        """Return the time left, as a countdown. It is negative when the time is over."""
        gap = until - now
        total = int(abs(gap.total_seconds()))
        sign = "−" if gap < timedelta() else ""
        hours, rest = divmod(total, 3600)
        days, hours = divmod(hours, 24)
        if days:
            return f"{sign}{days}d {hours}h" if self.language == "en" else f"{sign}{days}天{hours}小时"
        text = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
        return sign + text


def look_of(request: web.Request) -> Look:
    """Return the viewer's own choice, or what the browser asks for."""
    language = request.cookies.get(LANGUAGE_COOKIE, "")
    if language not in LANGUAGES:
        asked = request.headers.get("Accept-Language", "").lower()
        language = "zh_CN" if asked.startswith("zh") else "en"
    zone = request.cookies.get(ZONE_COOKIE, "").replace("%2F", "/")
    return Look(language=language, zone=zone if zone in _ZONES else "UTC")


def iso(at: datetime | None) -> str:
    """Return the time in the form that the page's script reads."""
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
