"""A file goes in once: whole, in order, whatever happens on the way."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.bank.bodies import event, raw
from tests.feed.service import START, FakeClock, Killed, Service, feed, ndjson
from wakeup.feed.checkpoint import checkpoint_path, target_of
from wakeup.feed.errors import FeedError
from wakeup.feed.feeding import FeedReport
from wakeup.feed.show import FeedProgress, shown


@pytest.fixture
def service() -> Service:
    return Service(FakeClock())


def counts(report: FeedReport) -> tuple[int, int, int, int]:
    return report.rows, report.accepted, report.known, report.rejected


def on_screen(report: FeedReport) -> str:
    written = StringIO()
    Console(file=written, width=400, force_terminal=False).print(shown(report))
    return written.getvalue()


def test_ready_events_go_in_as_they_are(tmp_path: Path, service: Service) -> None:
    report = feed(ndjson(tmp_path / "day.ndjson", 450), service)

    assert counts(report) == (450, 450, 0, 0)
    assert (report.position, report.stopped) == (report.size, None)
    assert [one.event_id for one in service.events] == [f"e{n}" for n in range(450)]
    assert service.batches == 3


def test_a_second_run_adds_nothing_and_asks_nothing(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 5)
    first = feed(path, service)
    service.clock.at += timedelta(days=1)
    second = feed(path, service)

    assert (counts(first), first.earlier) == ((5, 5, 0, 0), 0)
    assert (counts(second), second.earlier) == ((5, 0, 0, 0), 5)
    assert service.batches == 1
    assert "nothing was left to send; delete" in on_screen(second)


def test_an_event_that_one_service_took_is_still_sent_to_another(tmp_path: Path, service: Service) -> None:
    path, production = ndjson(tmp_path / "day.ndjson", 2), Service(FakeClock())
    targets = [target_of("https://staging.example/", "BANK"), target_of("https://wakeup.example", "bank")]
    for target, one in zip(targets, (service, production), strict=True):
        report = feed(path, one, target=target, checkpoint=checkpoint_path(tmp_path, path, target))
        assert (counts(report), report.earlier) == ((2, 2, 0, 0), 0)
    assert len(production.kept) == 2

    assert target_of("https://staging.example", "bank") == targets[0] != target_of("https://staging.example", "shop")
    with pytest.raises(FeedError, match="another mapping or target"):
        feed(path, production, target=targets[1], checkpoint=checkpoint_path(tmp_path, path, targets[0]))


def test_a_second_run_without_its_checkpoint_adds_nothing_either(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 5)
    feed(path, service)
    report = feed(path, service, checkpoint=tmp_path / "lost.json")
    assert counts(report) == (5, 0, 5, 0)
    assert len(service.kept) == 5


def test_rows_added_to_the_file_later_are_added(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 5)
    feed(path, service)
    with path.open("ab") as file:
        file.write(raw(event({"event_id": "late"})) + b"\n")
    report = feed(path, service)
    assert (counts(report), report.earlier) == ((6, 1, 0, 0), 5)


@pytest.mark.parametrize("moment", ["before sending", "after sending", "after the checkpoint"])
def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, service: Service, moment: str) -> None:
    path = ndjson(tmp_path / "day.ndjson", 35)

    async def before(_: dict[str, Any]) -> None:
        if moment == "before sending" and len(service.kept) == 20:
            raise Killed

    def after(report: FeedReport) -> None:
        if moment == "after the checkpoint" and report.rows == 20:
            raise Killed

    dies_after = 2 if moment == "after sending" else 0
    with pytest.raises(Killed):
        feed(path, service, batch_rows=10, on_event=before, progress=after, dies_after=dies_after)
    assert len(service.kept) == 20

    report = feed(path, service, batch_rows=10)
    assert len(service.kept) == len(service.events) == 35
    assert counts(report) == (35, 15, 10 if moment == "after sending" else 0, 0)
    assert report.earlier == (10 if moment == "after sending" else 20)


def test_a_file_changed_behind_the_checkpoint_is_another_file(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 5)
    feed(path, service)
    ndjson(path, 6, **{"risk.score": 0.5})
    with pytest.raises(FeedError, match="changed within the 5 rows"):
        feed(path, service)
    ndjson(path, 4)
    with pytest.raises(FeedError, match="fewer rows"):
        feed(path, service)


def test_a_rejected_row_that_was_mended_is_told_its_way_in(tmp_path: Path, service: Service) -> None:
    path, found, checkpoint = tmp_path / "day.ndjson", tmp_path / "rejected.csv", tmp_path / "day.checkpoint"
    path.write_bytes(raw(event({"event_id": "good"})) + b"\n{}\n")
    assert counts(feed(path, service, report=found)) == (2, 1, 0, 1)

    again = feed(path, service, report=found)
    assert (counts(again), again.earlier_rejected) == ((2, 0, 0, 0), 1)
    assert "rejected and listed by earlier runs: 1; correct these rows, and delete" in on_screen(again)

    path.write_bytes(raw(event({"event_id": "good"})) + b"\n" + raw(event({"event_id": "mended"})))
    with pytest.raises(FeedError, match=r"1 were rejected; delete .* events whose id is known") as told:
        feed(path, service)
    assert str(checkpoint) in str(told.value)

    checkpoint.unlink()
    assert counts(feed(path, service)) == (2, 1, 1, 0)


def test_nothing_is_sent_where_its_report_cannot_be_written(tmp_path: Path, service: Service) -> None:
    path, nowhere = ndjson(tmp_path / "day.ndjson", 1), tmp_path / "no such folder" / "rejected.csv"
    with pytest.raises(FeedError, match="the report cannot be written") as told:
        feed(path, service, report=nowhere)
    assert str(nowhere) in str(told.value)
    assert service.batches == 0


def test_a_broken_checkpoint_is_not_guessed_at(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 1)
    (tmp_path / "day.checkpoint").write_text("{")
    with pytest.raises(FeedError, match="cannot be read as a checkpoint"):
        feed(path, service)


def test_every_file_has_its_own_checkpoint(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "day.csv", tmp_path / "b" / "day.csv"
    assert checkpoint_path(tmp_path, one, "") != checkpoint_path(tmp_path, other, "")
    assert checkpoint_path(tmp_path, one, "").parent == tmp_path


def test_bad_rows_are_reported_by_line_and_field_and_the_rest_goes_in(tmp_path: Path, service: Service) -> None:
    path, found = tmp_path / "day.jsonl", tmp_path / "rejected.csv"
    lines = [
        raw(event({"event_id": "good"})),
        raw(event({"transfer.amount": "1E+999999", "customer.phone": "+6599"})),
        b"",
        b'{"a":1,"a":2}',
        b"[1]",
        b"\xff\xfe\xff",
        raw(event({"event_id": "good too"}))[:-9],
    ]
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    report = feed(path, service, report=found)

    assert counts(report) == (6, 1, 0, 5)
    with found.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["line", "last_line", "column", "why"]
    assert [[row[0], row[2]] for row in rows[1:]] == [
        ["2", "customer.phone"],
        ["2", "transfer.amount"],
        ["4", ""],
        ["5", ""],
        ["6", ""],
        ["7", ""],
    ]
    assert "999999" not in found.read_text()
    assert [fault.line for fault in report.faults] == [2, 2, 4, 5, 6, 7]
    assert json.loads(json.dumps(report.as_json()))["faults"][0]["column"] == "customer.phone"


def test_events_that_the_service_refuses_are_reported_by_line(tmp_path: Path, service: Service) -> None:
    path = ndjson(tmp_path / "day.ndjson", 2)
    service.kept["e0"] = "something else"
    ahead = {"event_id": "ahead", "occurred_at": "2026-11-22T10:30:00Z"}
    with path.open("ab") as file:
        file.write(raw(event(ahead)))
    report = feed(path, service)

    assert counts(report) == (3, 1, 0, 2)
    assert [(fault.line, fault.column) for fault in report.faults] == [(1, ""), (3, "occurred_at")]
    assert "known with other content" in report.faults[0].why


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ndjson", b"", "is empty"),
        ("a.csv", b"x,y\n1,2\n", "needs a mapping"),
        ("a.xlsx", b"PK", "must end in .csv, .tsv, .ndjson or .jsonl"),
        ("a.ndjson", '{"a":1}'.encode("utf-16"), "is UTF-16"),
        ("a.ndjson", b"x" * ((1 << 20) + 2), "line 1 is longer than"),
        ("a.ndjson", None, "cannot be read"),
    ],
)
def test_a_file_of_no_use_stops_with_a_sentence(
    tmp_path: Path, service: Service, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FeedError, match=message) as caught:
        feed(path, service)
    assert name in str(caught.value)


def test_paced_events_wait_for_their_time(tmp_path: Path, service: Service) -> None:
    path = tmp_path / "day.ndjson"
    times = [START + timedelta(seconds=seconds) for seconds in (-60, 0, 600, 600, 1200)]
    events = [event({"event_id": f"e{n}", "occurred_at": at.isoformat()}) for n, at in enumerate(times)]
    path.write_bytes(b"\n".join(map(raw, events)))
    report = feed(path, service, pace=True)

    assert counts(report) == (5, 5, 0, 0)
    assert service.times == [max(at, START) for at in times]


def test_each_event_is_announced_before_it_is_sent(tmp_path: Path, service: Service) -> None:
    announced: list[tuple[str, bool]] = []

    async def announce(content: dict[str, Any]) -> None:
        announced.append((content["event_id"], content["event_id"] in service.kept))

    feed(ndjson(tmp_path / "day.ndjson", 3), service, on_event=announce)
    assert announced == [("e0", False), ("e1", False), ("e2", False)]


def test_the_terminal_shows_totals_and_the_first_faults(tmp_path: Path, service: Service) -> None:
    path = tmp_path / "day.ndjson"
    path.write_bytes(raw(event()) + b"\n" + b"{\n" * 30)
    written = StringIO()
    console = Console(file=written, width=100, force_terminal=False)
    with FeedProgress(console, path.name) as progress:
        report = feed(path, service, progress=progress)
    console.print(shown(report))

    text = written.getvalue()
    assert "1 new, 0 known, 30 rejected" in text
    assert "is not JSON" in text
    assert "and 10 more" in text
