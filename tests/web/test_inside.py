"""What operators use: health, readiness, metrics and the offline API page."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin

import pytest

from tests.web.world import NOBODY_ASKED, NOTHING_WAITS, START, Caller, World, never, passes, play_inside, until
from wakeup.domain.errors import StoreDownError
from wakeup.usecases.figures.backlog_age import Ages, read_ages
from wakeup.usecases.figures.guardian_figures import read_guardian_numbers
from wakeup.usecases.repositories.views import GuardianNumbers
from wakeup.usecases.store import Lane
from wakeup.web.inside.app import READY_SECONDS
from wakeup.web.inside.database_gauges import AGES

SECOND = timedelta(seconds=1)


def test_a_living_process_answers_its_health_check() -> None:
    async def story(operator: Caller) -> None:
        heard = await operator.ask("GET", "/healthz")
        assert (heard.status, heard.json) == (200, {"status": "ok"})

    play_inside(story)


def test_a_node_that_is_not_ready_says_why() -> None:
    world = World()

    async def story(operator: Caller) -> None:
        ready = await operator.ask("GET", "/readyz")
        assert (ready.status, ready.json) == (200, {"status": "ready", "faults": []})
        world.faults.append("the clock is 700 ms off")
        not_ready = await operator.ask("GET", "/readyz")
        assert (not_ready.status, not_ready.json["faults"]) == (503, ["the clock is 700 ms off"])

    play_inside(story, world)


def test_a_check_that_hangs_is_a_no() -> None:
    world = World()

    async def hang() -> list[str]:
        await never()
        return []

    world.not_ready = hang  # type: ignore[method-assign]

    async def story(operator: Caller) -> None:
        begun = asyncio.get_running_loop().time()
        assert (await operator.ask("GET", "/readyz")).status == 503
        assert READY_SECONDS <= asyncio.get_running_loop().time() - begun < READY_SECONDS + 1

    play_inside(story, world)


def test_the_figures_of_guardians_are_read_once_a_minute() -> None:
    world = World()
    two = GuardianNumbers(cases=8, cases_asked=2, asked=4, answered=3, median_minutes=4.5)
    world.store.will(read_guardian_numbers, two, NOBODY_ASKED)

    async def story(operator: Caller) -> None:
        for _ in range(2):
            told = (await operator.ask("GET", "/metrics")).text
            assert "wakeup_guardian_share 0.25" in told
            assert "wakeup_guardian_reply_rate 0.75" in told
            assert "wakeup_guardian_median_minutes 4.5" in told
        await passes(61)
        told = (await operator.ask("GET", "/metrics")).text
        assert "wakeup_guardian_share NaN" in told, "no figure is not zero"

    play_inside(story, world)
    assert [ran.name for ran in world.store.ran].count(read_guardian_numbers.__name__) == 2


def test_the_ages_of_what_waits_are_read_anew_after_a_few_seconds() -> None:
    world = World()
    late = Ages(
        message_due=2 * SECOND,
        decision_late=90 * SECOND,
        call_due=3 * SECOND,
        undecided=40 * SECOND,
        overdue=2,
        dead=21,
    )
    world.store.will(read_ages, late, StoreDownError("away"))

    async def story(operator: Caller) -> None:
        world.anchored_at = START - 30 * SECOND
        for _ in range(2):
            told = (await operator.ask("GET", "/metrics")).text
            assert "wakeup_outbox_oldest_due_seconds 2.0" in told
            assert "wakeup_decision_most_late_seconds 90.0" in told
            assert "wakeup_attempts_oldest_due_seconds 3.0" in told
            assert "wakeup_transfers_undecided_seconds 40.0" in told
            assert "wakeup_transfers_undecided 2.0" in told
            assert "wakeup_outbox_dead 21.0" in told
            assert world.counted("anchor_age_seconds") >= 30
        await passes(6)
        told = (await operator.ask("GET", "/metrics")).text
        assert "wakeup_decision_most_late_seconds NaN" in told, "no figure is not zero"
        assert "wakeup_transfers_undecided_seconds NaN" in told and "wakeup_outbox_dead NaN" in told
        assert world.counted("anchor_age_seconds") >= 36

    play_inside(story, world)


def test_figures_do_not_stand_still_until_a_clock_that_was_set_back_is_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, behind = World(), [0]
    right = world.now
    monkeypatch.setattr(world, "now", lambda: right() - behind[0] * SECOND)
    one, two = (replace(NOTHING_WAITS, decision_late=n * SECOND) for n in (1, 2))
    nobody = GuardianNumbers(cases=1, cases_asked=0, asked=0, answered=0, median_minutes=None)
    world.store.will(read_ages, one, two)
    world.store.will(read_guardian_numbers, NOBODY_ASKED, nobody)

    async def story(operator: Caller) -> None:
        assert "most_late_seconds 1.0" in (await operator.ask("GET", "/metrics")).text
        behind[0] = 3600
        told = (await operator.ask("GET", "/metrics")).text
        assert "most_late_seconds 2.0" in told and "wakeup_guardian_share 0.0" in told

    play_inside(story, world)


def test_a_node_that_writes_no_anchors_has_no_age_of_them() -> None:
    async def story(operator: Caller) -> None:
        assert "wakeup_anchor_age_seconds NaN" in (await operator.ask("GET", "/metrics")).text

    play_inside(story)


def test_metrics_come_also_when_the_books_are_away() -> None:
    world = World()
    world.store.will(read_guardian_numbers, StoreDownError("away"))

    async def story(operator: Caller) -> None:
        told = await operator.ask("GET", "/metrics")
        assert told.status == 200
        assert "wakeup_guardian_reply_rate NaN" in told.text

    play_inside(story, world)


def test_what_was_not_read_yet_is_not_zero() -> None:
    """The first scrape hung, and a second one beside it read 0."""
    world = World()
    world.store.will(read_ages, never)

    async def story(operator: Caller) -> None:
        first = asyncio.ensure_future(operator.ask("GET", "/metrics"))
        await until(lambda: any(ran.name == read_ages.__name__ for ran in world.store.ran))
        beside = (await operator.ask("GET", "/metrics")).text
        for told in (beside, (await first).text):
            assert "wakeup_outbox_dead NaN" in told and "wakeup_transfers_undecided NaN" in told
        [line] = [line for line in world.log.lines if line["event"] == "gauges_not_read"]
        assert (line["level"], line["gauge"], line["fault"]) == ("warning", AGES.gauges[0][0], "TimeoutError")

    play_inside(story, world)


@pytest.mark.parametrize("fault", [ValueError("a row that cannot be read"), OSError("no such file")])
def test_whatever_prevents_a_reading_the_others_are_told_and_it_is_logged(fault: Exception) -> None:
    world = World()
    world.store.will(read_ages, replace(NOTHING_WAITS, dead=21), fault)

    async def story(operator: Caller) -> None:
        assert "wakeup_outbox_dead 21.0" in (await operator.ask("GET", "/metrics")).text
        await passes(6)
        for _ in range(2):
            told = await operator.ask("GET", "/metrics")
            assert told.status == 200 and "wakeup_outbox_dead NaN" in told.text, "21 was some time ago"
            assert "wakeup_store_healthy 1.0" in told.text
        [line] = [line for line in world.log.lines if line["event"] == "gauges_not_read"]
        assert (line["level"], line["fault"], line["exc_info"]) == ("error", type(fault).__name__, fault)

    play_inside(story, world)


def test_an_anchors_file_that_cannot_be_read_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def unreadable() -> None:
        raise PermissionError

    whole = replace(world.parts(), anchored_at=unreadable)
    monkeypatch.setattr(world, "parts", lambda: whole)

    async def story(operator: Caller) -> None:
        assert "wakeup_anchor_age_seconds NaN" in (await operator.ask("GET", "/metrics")).text
        assert [line["fault"] for line in world.log.lines if line["event"] == "gauges_not_read"] == ["PermissionError"]

    play_inside(story, world)


def test_metrics_are_prometheus_s() -> None:
    world = World()
    world.store.waiting[Lane.INGEST] = 17

    async def story(operator: Caller) -> None:
        await operator.ask("GET", "/healthz")
        heard = await operator.ask("GET", "/metrics")
        assert heard.headers["Content-Type"].startswith("text/plain; version=")
        assert 'wakeup_store_waiting{lane="ingest"} 17.0' in heard.text
        assert 'wakeup_requests_total{method="GET",route="/healthz",status="200"} 1.0' in heard.text

    play_inside(story, world)


def test_the_docs_ask_the_internet_nothing() -> None:
    async def story(reader: Caller) -> None:
        page = await reader.ask("GET", "/docs")
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        assert "<script>" not in page.text, "the policy allows no script in the page itself"
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(loaded) == 5
        for address in loaded:
            assert address.startswith("/")
            assert (await reader.ask("GET", urljoin("/docs", address))).status == 200

    play_inside(story)


def test_the_page_shows_a_description_its_viewer_understands() -> None:
    async def story(reader: Caller) -> None:
        start = await reader.ask("GET", "/docs/start.js")
        assert start.headers["Content-Type"].startswith("text/javascript")
        [address] = re.findall(r'url: "([^"]+)"', start.text)
        assert (await reader.ask("GET", address)).json["openapi"] == "3.0.3"
        bundle = await reader.ask("GET", "/docs/swagger-ui-bundle.js")
        assert len(bundle.body) > 500_000
        assert "SwaggerUIBundle" in bundle.text

    play_inside(story)


def test_nothing_else_of_the_bundle_is_served() -> None:
    async def story(reader: Caller) -> None:
        for name in ("index.html", "swagger-ui.js.map", "..%2F..%2F__init__.py", "oauth2-redirect.html"):
            assert (await reader.ask("GET", f"/docs/{name}")).status == 404

    play_inside(story)
