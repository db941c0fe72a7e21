"""A request to release that has lapsed: it blocks no later one, and nobody takes it for a release."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.console.console_client import Browsers, ConsoleClient
from wakeup.domain.transfer import Tier

WHY = {"reason": "identified_by_call_back", "text": "rang her on the number we have known for years"}


async def test_a_lapsed_release_is_requested_again_and_the_queue_shows_no_open_request(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "release-t_1", "release", **WHY)
    queue = await ann.get("/console/queue")
    assert "second waited for" in queue.plain and "ann asks for a release." in queue.plain
    console.moment += console.policy.review.second_within
    await ben.sign_in("ben")
    seen, queue = await ben.get(f"/console/cases/{case_id}"), await ben.get("/console/queue")
    assert "asks for a release" not in seen.plain and "Confirm, and release the money" not in seen.plain
    assert "second waited for" not in queue.plain and "ann asks for a release." not in queue.plain
    await ben.send(case_id, "claim", "claim")
    again = await ben.send(case_id, "release-t_1", "release", **WHY)
    assert again.headers["Location"].endswith("&said=second_needed")
    assert "ben asks for a release." in (await ben.get(f"/console/cases/{case_id}")).plain


async def test_what_was_sent_as_a_request_releases_nothing_though_one_person_suffices_by_now(
    console: ConsoleClient, browsers: Browsers
) -> None:
    """The day of the customer's other payment ends between the page and the button."""
    began, day = console.moment, timedelta(days=1)
    same: dict[str, Any] = {"customer_id": "u", "phone": "+6591111111", "amount": Decimal(6000), "tier": Tier.MEDIUM}
    await console.flag(1, **same, hold_max=began + 3 * day)
    console.moment = began + timedelta(hours=22)
    case_id = await console.flag(2, **same, hold_max=began + 3 * day, decide_by=console.moment + timedelta(minutes=30))
    console.moment = began + timedelta(hours=23, minutes=55)
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    await ann.send(case_id, "claim", "claim")
    page = await ann.get(f"/console/cases/{case_id}")
    assert page.plain.count("Ask for the release") >= 1
    console.moment = began + timedelta(hours=24, minutes=2)
    assert "Release the money" in (await ann.get(f"/console/cases/{case_id}")).plain, "one person suffices by now"
    form = {**page.hidden("release-t_2"), **WHY}
    asked = await ann.post(f"/console/cases/{case_id}/release", form)
    assert asked.headers["Location"].endswith("&said=second_needed") and await console.state(2) == "held"
    await ben.send(case_id, "claim", "claim")
    done = await ben.send(case_id, "confirm-t_2", "confirm", **WHY)
    assert done.headers["Location"].endswith("&said=released") and await console.state(2) == "allowed"
