"""Form input is parsed as the type of its field."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.console.wanted_words import CONSOLE
from wakeup.web.console.forms import Form


@pytest.mark.parametrize(("typed", "hour"), [("2026-03-29T01:30", 0), ("2026-03-29T03:30", 1), ("2026-10-25T03:30", 2)])
def test_a_typed_moment_is_utc_on_the_day_the_clocks_change(typed: str, hour: int) -> None:
    day = datetime.fromisoformat(typed).replace(hour=0, minute=0, tzinfo=UTC)
    moment = Form(fields={"until": typed}).moment("until", "Europe/Berlin")
    assert moment is not None and moment.tzinfo is UTC
    assert moment == day + timedelta(hours=hour, minutes=30)


def test_the_night_of_the_change_is_an_hour_shorter() -> None:
    form = Form(fields={"from": "2026-03-29T01:30", "until": "2026-03-29T03:30"})
    begin, end = form.moment("from", "Europe/Berlin"), form.moment("until", "Europe/Berlin")
    assert begin is not None and end is not None and end - begin == timedelta(hours=1)


@pytest.mark.parametrize("typed", ["", "soon", "0001-01-01T00:00"])
def test_nonsense_is_no_moment(typed: str) -> None:
    assert Form(fields={"until": typed}).moment("until", "Asia/Singapore") is None


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("", "0"), (" 1200 ", "1200"), ("1200.50", "1200.50"), ("1,200.50", "1200.50"), ("1,200", "1200"),
     ("12,345,678", "12345678")],
)  # fmt: skip
def test_a_typed_amount_is_read_with_a_point_and_with_commas_between_thousands(typed: str, amount: str) -> None:
    assert Form(fields={"sum": typed}).amount("sum") == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    ["1.200,50", "1,5", "1,2000", ",200", "1200,500", "1,200,5", "1.200.50", "1 200", "1.20050", "1e3", "-1", "+1",
     "NaN", "１２", "²", "1.", ".5", "12345678901234"],
)  # fmt: skip
def test_a_text_that_is_not_plainly_an_amount_is_not_read(typed: str) -> None:
    assert Form(fields={"sum": typed}).amount("sum") is None


def test_no_browser_fills_in_a_form_of_the_console_by_itself() -> None:
    """With Back a browser restores what was typed, by the place of a field: into the form of another talk, and for the
    next user. The console's own drafts know whose they are and what they are about."""
    pages = {path.name: path.read_text() for path in (CONSOLE / "templates").glob("*.html")}
    forms = [(name, form) for name, text in pages.items() for form in re.findall(r"<form\b[^>]*", text)]
    assert len(forms) > 20
    assert [(name, form) for name, form in forms if 'autocomplete="off"' not in form] == []
