"""Anchors detect what the chain cannot: histories that were cut, restored or rewritten, even by an attacker who has
the key.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.storage.history import KEY, START, a_case, heads_of, history
from wakeup.storage.anchors import (
    Anchor,
    KnownAnchor,
    keep_anchored,
    last_anchor,
    never_seen,
    read_anchors,
    write_anchor,
)
from wakeup.storage.chain import ChainRow, Fault, FaultKind, verify_chain


def verify_anchors(path: Path, key: bytes, rows: Iterable[ChainRow], **given: Any) -> list[Fault]:
    """The faults of the file, and those that it shows in these rows."""
    faults, anchored = read_anchors(path, key, **given)
    assert list(keep_anchored(iter(rows), anchored, faults)) == list(rows), "all rows are passed on"
    return [*faults, *never_seen(anchored)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Five minutes: case 1 grows row by row, and case 2 appears in the last minute."""
    path = tmp_path / "not yet" / "anchors.jsonl"
    for minute in range(1, 6):
        rows = [row for row in history() if row.n <= minute and (row.case_id == "c_1" or minute == 5)]
        write_anchor(path, KEY, at=START + timedelta(minutes=minute), cases=2, rows=len(rows), heads=heads_of(rows))
    return path


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def last(path: Path) -> Anchor:
    anchor = last_anchor(path)
    assert anchor is not None
    return anchor


def test_an_untouched_history_has_no_fault(path: Path) -> None:
    now = last(path).at + timedelta(minutes=1)
    assert verify_anchors(path, KEY, history(), known=KnownAnchor(5, last(path).digest), now=now) == []
    grown = [*a_case("c_1", 9), *a_case("c_2", 3), *a_case("c_3", 1)]
    assert verify_anchors(path, KEY, grown) == []
    assert (last(path).n, last(path).rows, last(path).cases) == (5, 8, 2)


def test_a_quiet_minute_is_anchored_too(path: Path) -> None:
    before = last(path)
    quiet = write_anchor(path, KEY, at=before.at + timedelta(minutes=1), cases=2, rows=8, heads={})
    assert quiet.previous == before.digest
    assert last(path) == quiet
    assert verify_anchors(path, KEY, history()) == []


def test_a_cut_timeline_shows_even_where_the_case_forgot_its_head(path: Path) -> None:
    rows = [row for row in history() if row.n <= 3]
    assert verify_chain(rows, KEY, heads_of(rows)) == []
    assert verify_anchors(path, KEY, rows) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=5)]


def test_an_older_copy_restored_shows_and_goes_on_showing_when_it_grows_on(path: Path) -> None:
    assert verify_anchors(path, KEY, a_case("c_1", 2)) == [
        Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=5),
        Fault(kind=FaultKind.TRUNCATED, case_id="c_2", n=3),
    ]
    another = [*a_case("c_1", 2), *history()[5:]]
    write_anchor(path, KEY, at=START + timedelta(minutes=6), cases=2, rows=5, heads=heads_of(another))
    assert verify_anchors(path, KEY, another) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=2)]


def test_a_history_written_anew_with_the_key_shows(path: Path) -> None:
    forged = [*a_case("c_1", 5, kind="forged"), *a_case("c_2", 3)]
    assert verify_chain(forged, KEY, heads_of(forged)) == []
    assert verify_anchors(path, KEY, forged) == [Fault(kind=FaultKind.REWRITTEN, case_id="c_1", n=5)]


def test_a_deleted_case_shows(path: Path) -> None:
    faults = verify_anchors(path, KEY, a_case("c_1", 5))
    assert faults == [Fault(kind=FaultKind.TRUNCATED, case_id="c_2", n=3)]


@pytest.mark.parametrize(
    "old_new", [(b'"n":3,', b'"n":8,'), (b'"v":1', b'"v": 1'), (b'{"body"', b'["body"'), (b"09:3", b"10:3")]
)
def test_an_edited_line_shows(path: Path, old_new: tuple[bytes, bytes]) -> None:
    lines = lines_of(path)
    assert old_new[0] in lines[2]
    lines[2] = lines[2].replace(*old_new)
    path.write_bytes(b"".join(lines))
    assert Fault(kind=FaultKind.ANCHOR_ALTERED, n=3) in verify_anchors(path, KEY, history())


def test_a_line_signed_with_another_key_shows(path: Path) -> None:
    forged = path.with_name("forged.jsonl")
    for minute in range(1, 6):
        write_anchor(forged, b"x" * 32, at=START + timedelta(minutes=minute), cases=2, rows=8, heads={})
    faults = verify_anchors(forged, KEY, [])
    assert [fault.kind for fault in faults] == [FaultKind.ANCHOR_ALTERED] * 5


def test_lines_removed_from_the_middle_or_the_beginning_show(path: Path) -> None:
    lines = lines_of(path)
    path.write_bytes(b"".join(lines[:2] + lines[4:]))
    assert verify_anchors(path, KEY, history()) == [Fault(kind=FaultKind.ANCHOR_REMOVED, n=3)]
    path.write_bytes(b"".join(lines[1:]))
    assert verify_anchors(path, KEY, history()) == [Fault(kind=FaultKind.ANCHOR_REMOVED, n=1)]


def test_lines_in_another_order_or_twice_show(path: Path) -> None:
    lines = lines_of(path)
    for order in ([0, 2, 1, 3, 4], [0, 1, 1, 2, 3, 4]):
        path.write_bytes(b"".join(lines[n] for n in order))
        kinds = {fault.kind for fault in verify_anchors(path, KEY, history())}
        assert FaultKind.ANCHOR_REMOVED in kinds


def test_a_lost_end_shows_by_the_digest_kept_elsewhere_and_by_age(path: Path) -> None:
    newest = last(path)
    known = KnownAnchor(newest.n, newest.digest)
    path.write_bytes(b"".join(lines_of(path)[:2]))
    assert verify_anchors(path, KEY, history()) == []
    now = newest.at + timedelta(minutes=3)
    assert verify_anchors(path, KEY, history(), known=known, now=now) == [
        Fault(kind=FaultKind.ANCHOR_REMOVED, n=2),
        Fault(kind=FaultKind.ANCHOR_STALE, n=2),
    ]
    path.unlink()
    kinds = [fault.kind for fault in verify_anchors(path, KEY, [], known=known, now=now)]
    assert kinds == [FaultKind.ANCHOR_REMOVED, FaultKind.ANCHOR_STALE]


def test_a_line_torn_by_a_crash_is_cleared_away_by_the_next(path: Path) -> None:
    whole = lines_of(path)
    path.write_bytes(b"".join(whole) + whole[0][:70])
    assert last(path).n == 5
    assert verify_anchors(path, KEY, history()) == []
    write_anchor(path, KEY, at=START + timedelta(minutes=6), cases=2, rows=8, heads={})
    assert verify_anchors(path, KEY, history()) == []
    assert len(lines_of(path)) == 6


def test_a_first_line_torn_by_a_crash_is_cleared_away_too(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    path.write_bytes(b'{"body":')
    assert last_anchor(path) is None
    write_anchor(path, KEY, at=START, cases=0, rows=0, heads={})
    assert verify_anchors(path, KEY, []) == []


def test_long_lines_are_chained_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    rows = [row for n in range(1_000) for row in a_case(f"c_{n}", 1)]
    for minute in range(3):
        write_anchor(path, KEY, at=START + timedelta(minutes=minute), cases=1000, rows=1000, heads=heads_of(rows))
    assert len(lines_of(path)[0]) > 1 << 16
    assert verify_anchors(path, KEY, rows) == []
    assert json.loads(lines_of(path)[2])["body"]["n"] == 3


def test_the_end_of_a_file_is_read_once_however_long_its_line_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, size = tmp_path / "anchors.jsonl", 3 << 20
    path.write_bytes(b"x" * size)
    read = [0]

    class Counting(io.FileIO):
        def read(self, count: int | None = -1) -> Any:
            found = super().read(count)
            read[0] += len(found)
            return found

    monkeypatch.setattr(Path, "open", lambda self, mode: Counting(self, mode))  # noqa: PLW0108 - a class is not bound
    assert last_anchor(path) is None
    assert read[0] == size
