"""Unmasked data is shown once, and contains no more than existed when it was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.console.console_client import Browsers, ConsoleClient, play
from wakeup.domain.fast_dataclass import replace
from wakeup.usecases.review import review
from wakeup.usecases.review.review import Revealed, unmask


def test_a_payment_that_joins_while_the_page_is_unmasked_is_shown_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    def sees_none_yet(*args: Any) -> Revealed:
        return replace(unmask(*args), payees={})

    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        case_id, kim = await console.flag(), browsers()
        await kim.sign_in("kim")
        monkeypatch.setattr(review, "unmask", sees_none_yet)
        shown = await kim.send(case_id, "unmask", "unmask", reason="contact_customer", text="she asked for it")
        assert shown.status == 200 and "+6590000001" in shown.text and "Wong" not in shown.text

    play(story)
