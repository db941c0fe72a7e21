"""A release that nobody confirmed in time blocks no later release."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient

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
