"""Patience with a busy service, and a clear stop when patience is no use."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from tests.feed.service import FakeClock, Service, feed, ndjson, with_service
from wakeup.feed.errors import FeedError
from wakeup.feed.sending import FIRST_WAIT_S, LONGEST_WAIT_S, SignedSender


@pytest.fixture
def service() -> Service:
    return Service(FakeClock())


def test_retry_after_is_honoured(tmp_path: Path, service: Service) -> None:
    service.troubles = deque([(503, "7"), (429, "11"), (500, None)])
    report = feed(ndjson(tmp_path / "day.ndjson", 3), service)

    assert (report.accepted, report.stopped) == (3, None)
    assert service.clock.slept == [7.0, 11.0, FIRST_WAIT_S * 4]


def test_a_service_that_stays_away_stops_the_feed_and_the_next_run_goes_on(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 250)

    async def away_after_the_first(_: object) -> None:
        if len(service.kept) == 200 and not service.troubles:
            service.troubles.extend([(503, None)] * 50)

    stopped = feed(path, service, on_event=away_after_the_first)
    assert (stopped.rows, stopped.accepted) == (200, 200)
    assert stopped.stopped == "gave up after 8 tries: the service answers 503"
    assert service.clock.slept == [min(FIRST_WAIT_S * 2**n, LONGEST_WAIT_S) for n in range(7)]

    service.troubles.clear()
    assert feed(path, service).accepted == 50
    assert len(service.kept) == 250


def test_a_service_that_does_not_listen_stops_the_feed(tmp_path: Path, service: Service) -> None:
    async def act(sender: SignedSender) -> None:
        await sender.send([b"{}"])

    said: list[str] = []
    with pytest.raises(FeedError, match=r"gave up after 3 tries: no answer from 127\.0\.0\.1:9 \("):
        with_service(service, act, url="http://us:geheim@127.0.0.1:9", tries=3, say=said.append)
    assert service.clock.slept == [0.5, 1.0]
    assert said == ["no answer from 127.0.0.1:9 (ClientConnectorError); trying again for up to 2 s"]


def test_only_events_that_were_not_taken_are_sent_again(tmp_path: Path, service: Service) -> None:
    service.item_troubles = deque([503, 503])
    report = feed(ndjson(tmp_path / "day.ndjson", 5), service)
    assert (report.accepted, report.known, service.batches) == (5, 0, 2)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "check the secret"), (403, "scopes"), (404, "no risk API"), (307, "not a batch")],
)
def test_a_definite_no_stops_at_once(tmp_path: Path, service: Service, status: int, advice: str) -> None:
    service.troubles = deque([(status, None)])
    report = feed(ndjson(tmp_path / "day.ndjson", 5), service)
    assert report.rows == 0
    assert report.stopped is not None
    assert str(status) in report.stopped
    assert service.clock.slept == []


def test_an_answer_that_is_none_stops_the_feed(tmp_path: Path, service: Service) -> None:
    service.troubles = deque([(200, None)])
    report = feed(ndjson(tmp_path / "day.ndjson", 1), service)
    assert report.stopped == "the service's response is not a batch response"


def test_a_wrong_secret_is_told_by_the_service(tmp_path: Path, service: Service) -> None:
    service.secret = "whsec_" + "A" * 32
    report = feed(ndjson(tmp_path / "day.ndjson", 1), service)
    assert report.stopped is not None
    assert "401" in report.stopped


def test_a_poor_secret_or_address_is_refused_before_a_byte_is_sent(service: Service) -> None:
    async def never(_: object) -> None:
        raise AssertionError

    for wrong in ({"secret": "whsec_AAAA"}, {"url": "http://bank.example"}):
        with pytest.raises(FeedError):
            with_service(service, never, **wrong)
    assert service.batches == 0
