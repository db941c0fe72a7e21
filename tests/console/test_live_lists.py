"""What the streams of the board and the queue send at first, and what they do not send again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_promised_calls import is_promised
from tests.console.test_streams import stream_of
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.usecases.intake.settle_case import settle_case


async def news_of(content: Any) -> dict[str, Any]:
    while not (line := (await content.readline()).decode()).startswith("data: "):
        pass
    told: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return told


@pytest.mark.parametrize("path", ["/console", "/console/queue"])
async def test_a_list_that_became_empty_before_its_stream_began_is_emptied(
    console: ConsoleClient, browsers: Browsers, path: str
) -> None:
    case_id, ann = await console.flag(), browsers()
    await ann.sign_in("ann")
    assert (await ann.get(path)).text.count("<tr data-id") == 1
    console.moment += timedelta(days=30)
    await console.store.run(settle_case, case_id, console.moment)
    await ann.sign_in("ann")
    async with stream_of(ann, f"{path}/live") as content:
        told = await news_of(content)
        assert (told["order"], "rows" in told) == ([], False)
        assert "order" not in await news_of(content), "once"


async def test_the_tiles_are_not_sent_again_while_only_a_countdown_moves(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await is_promised(console)
    ann = browsers()
    await ann.sign_in("ann")
    async with stream_of(ann, "/console/live") as content:
        assert "10:00" in (await news_of(content))["tiles"]
        for _ in range(3):
            console.moment += timedelta(seconds=2)
            assert set(await news_of(content)) == {"now"}
        console.moment += PERSON_WITHIN
        while "tiles" not in (told := await news_of(content)):
            pass
        assert 'class="over"' in told["tiles"]
