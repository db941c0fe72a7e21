"""The benches measure what they claim: small runs, and an upper bound compared with brute force."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from twilio.request_validator import RequestValidator

from tests.storage.migrated import copied
from wakeup.bench import handover, harness, window
from wakeup.bench.backlog import bench_backlog
from wakeup.bench.flood import Flood
from wakeup.bench.handover import bench_handover
from wakeup.bench.load_generator import BenchError
from wakeup.bench.loop import moments, percentile, sustained
from wakeup.bench.optimum import Chance, clairvoyant, starts
from wakeup.bench.rivals import contest as contest_module
from wakeup.bench.rivals import job, servers
from wakeup.bench.stubs import twilio_signature
from wakeup.bench.window import bench_window
from wakeup.demo.processes import DemoError, Processes
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.file import load_policy

POLICY = load_policy(data_folder("config") / "policy.toml")

chances = st.builds(
    lambda arrives, patience, value: Chance(arrives=arrives, latest=arrives + patience, value=value),
    st.integers(0, 6),
    st.integers(0, 4),
    st.integers(1, 9),
)


def best_of_all(some: list[Chance], slots: list[float]) -> int:
    """Try every order."""
    best = 0
    for order in permutations(some):
        free, saved = list(slots), 0
        for one in order:
            slot = next((at for at in free if one.arrives <= at <= one.latest), None)
            if slot is not None:
                free.remove(slot)
                saved += one.value
        best = max(best, saved)
    return best


@given(some=st.lists(chances, max_size=5), slots=st.lists(st.integers(0, 9).map(float), max_size=4))
def test_no_order_saves_more_than_the_clairvoyant_one(some: list[Chance], slots: list[float]) -> None:
    slots.sort()
    assert clairvoyant(some, slots) == best_of_all(some, slots)


def test_lines_are_never_idle() -> None:
    assert starts([3, 5, 1, 1, 9], 2, 5) == [0, 0, 3, 4, 5]


def test_under_overload_the_order_decides_and_none_beats_the_clairvoyant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load is four times what four lines can carry. A few minutes suffice for these large differences."""
    monkeypatch.setattr(window, "LINES", 4)
    monkeypatch.setattr(window, "WINDOWS_MIN", (3, 8))
    # Each of the five orders begins with an empty database.
    monkeypatch.setattr(harness, "upgrade", copied)
    shares = asyncio.run(bench_window(tmp_path, POLICY, 4.0, 4, 2))
    assert shares.attempts > 50
    assert min(shares.deadline, shares.fifo) > 0 and max(shares.plan, shares.guard, shares.value) <= 1
    assert min(shares.plan, shares.guard) > max(shares.deadline, shares.fifo)


def test_the_work_of_claims_is_measured_before_a_short_and_a_long_queue(tmp_path: Path) -> None:
    found = asyncio.run(bench_backlog(tmp_path, POLICY, 1_500, 5))
    assert found.attempts == 1_500 and min(found.claim_ms_1k, found.claim_ms_1m, found.plan_ms_1m) > 0


def test_we_sign_turns_as_the_phone_company_does() -> None:
    url, form = "http://127.0.0.1:8080/twilio/voice/att_1/0/tag", {"To": "+6591234567", "CallSid": "CA1", "Digits": "1"}
    assert twilio_signature("t0ken", url, form) == RequestValidator("t0ken").compute_signature(url, form)


def test_a_percentile_is_the_edge_of_its_bucket() -> None:
    seconds = Histogram("turns", "Turns", buckets=(0.01, 0.02, 0.05), registry=(registry := CollectorRegistry()))
    for value in [0.005] * 98 + [0.015, 0.04]:
        seconds.observe(value)
    text = generate_latest(registry).decode()
    assert [percentile(text, "turns", share) for share in (0.5, 0.99, 1.0)] == [0.01, 0.02, 0.05]
    assert percentile("", "turns", 0.99) == 0.0


def test_a_rate_is_sustained_in_the_second_half(tmp_path: Path) -> None:
    """A transfer is flagged every 10 seconds; no call is made in the first half, two a second in the next, and long
    after.
    """
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    flagged = [begin + timedelta(seconds=10 * n) for n in range(11)]
    rows = [
        {"at": (begin + timedelta(seconds=50 + n / 2)).isoformat(), "fact": fact}
        for n in range(1, 401)
        for fact in ("created", "answered")
    ]
    (tmp_path / "phone.ledger").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    created = moments(tmp_path / "phone.ledger", "created")
    assert len(created) == 400
    assert sustained(flagged, created) == 2.0


def test_the_way_to_an_agent_is_measured_on_a_service_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "WARM_UP", 1)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WAKEUP_")}
    measured = asyncio.run(bench_handover(tmp_path, clean, 2))
    assert 0 < measured.offer_p50_ms <= measured.offer_p99_ms


def test_a_child_that_ends_at_once_is_quoted_for_its_log_may_go_with_the_folder(tmp_path: Path) -> None:
    async def story() -> None:
        async with Processes(tmp_path, dict(os.environ)) as processes:
            with pytest.raises(DemoError, match=r"ended before it listened \(.*no_such_module.*\); see"):
                await processes.start("service", ["no_such_module"])

    asyncio.run(story())


class Forgetful:
    """Takes jobs at once, starts every second job twice, and loses one when it is killed."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, float]] = []
        self.done: set[int] = set()
        self.lives = 0
        self.closed = False

    async def start(self) -> None:
        self.lives += 1

    async def accept(self, number: int) -> float:
        last = contest_module.FLOOD + contest_module.SINGLES + contest_module.CROWD - 1
        self.begun.append((number, 2.0 * number))
        if number == last - 1:
            self.begun.append((number, 2.0 * number + 1))
        if number != last:
            self.done.add(number)
        return 2.0 * number - 0.5

    async def kill(self) -> None:
        assert not self.closed

    async def close(self) -> None:
        self.closed = True

    def started(self) -> list[tuple[int, float]]:
        return self.begun

    def ended(self) -> set[int]:
        return self.done


def test_the_contest_counts_what_a_kill_lost_and_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest_module, "SETTLE_S", 0.1)
    monkeypatch.setattr(contest_module, "BETWEEN_S", 0.0)
    rival = Forgetful()
    score = asyncio.run(contest_module.contest(rival))
    assert (score.lost, score.doubled, rival.lives, rival.closed) == (1, 1, 2, True)
    assert score.start_p50_ms == score.start_p99_ms == 500


def test_a_server_that_is_not_here_has_no_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with servers.a_redis() as address:
        assert address is None


def test_a_server_that_does_not_start_is_no_rival(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text(f"#!{sys.executable}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BenchError, match="did not start"), servers.a_redis():
        raise AssertionError("nobody listens")


def test_a_job_leaves_whole_lines(tmp_path: Path) -> None:
    for number in (1, 2):
        job.run(number, str(tmp_path))
    rival = contest_module.Rival("apscheduler", tmp_path, [], {})
    assert [number for number, _ in rival.started()] == [1, 2]
    assert rival.ended() == {1, 2}


def test_a_flood_counts_refusals_and_connects_again_when_it_is_shut_out() -> None:
    answers, enough = count(), asyncio.Event()

    async def refuse(_request: web.Request) -> web.Response:
        number = next(answers)
        if number == 100:
            enough.set()
        headers = {"Connection": "close"} if number % 3 else {}
        return web.Response(status=403, text="no", headers=headers)

    async def story() -> int:
        app = web.Application()
        app.router.add_post("/{path:.*}", refuse)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        flood = Flood("127.0.0.1", runner.addresses[0][1], 2_000)
        running = asyncio.ensure_future(flood.run())
        await enough.wait()
        running.cancel()
        await asyncio.wait([running])
        await runner.cleanup()
        return flood.refused

    assert asyncio.run(story()) > 50
