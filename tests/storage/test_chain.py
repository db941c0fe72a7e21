"""The chain detects every change of the timeline that was made without the key."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from tests.storage.history import KEY, START, a_case, heads_of, history
from wakeup.storage.chain import Fault, FaultKind, Head, mac, verify_chain


def test_a_whole_history_has_no_fault() -> None:
    assert verify_chain(history(), KEY, heads_of(history())) == []
    assert verify_chain([], KEY, {}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": '{"n":9}'},
        {"kind": "decision_made"},
        {"by": "supervisor"},
        {"at": START},
        {"mac": "0" * 64},
        {"mac": "é"},
    ],
)
def test_an_altered_row_is_named(change: dict[str, Any]) -> None:
    rows = history()
    rows[2] = rows[2]._replace(**change)
    faults = verify_chain(rows, KEY, heads_of(history()))
    assert Fault(kind=FaultKind.ALTERED, case_id="c_1", n=3) in faults
    assert {fault.case_id for fault in faults} == {"c_1"}


def test_a_row_moved_to_another_case_or_number_is_named() -> None:
    rows = history()
    rows[2], rows[3] = rows[3]._replace(n=3), rows[2]._replace(n=4)
    assert {fault.n for fault in verify_chain(rows, KEY)} >= {3, 4}
    rows = history()
    rows[0], rows[5] = rows[5]._replace(case_id="c_1"), rows[0]._replace(case_id="c_2")
    kinds = [(fault.kind, fault.case_id) for fault in verify_chain(rows, KEY)]
    assert (FaultKind.ALTERED, "c_1") in kinds
    assert (FaultKind.ALTERED, "c_2") in kinds


def test_a_removed_row_leaves_a_gap_and_closing_the_gap_shows_too() -> None:
    rows = history()
    del rows[1]
    assert verify_chain(rows, KEY) == [Fault(kind=FaultKind.REMOVED, case_id="c_1", n=3)]
    closed = [row._replace(n=row.n - 1) if row.case_id == "c_1" and row.n > 2 else row for row in rows]
    assert [fault.kind for fault in verify_chain(closed, KEY)] == [FaultKind.ALTERED] * 3


def test_a_row_put_in_twice_is_named() -> None:
    rows = history()
    rows.insert(3, rows[2])
    assert Fault(kind=FaultKind.INSERTED, case_id="c_1", n=3) in verify_chain(rows, KEY)


def test_a_cut_end_shows_against_the_heads_of_the_cases() -> None:
    rows = history()
    heads = heads_of(rows)
    del rows[3:5]
    assert verify_chain(rows, KEY) == []
    assert verify_chain(rows, KEY, heads) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=3)]


def test_rows_added_behind_the_head_or_left_of_a_deleted_case_show() -> None:
    heads = heads_of(history())
    longer = [*a_case("c_1", 6), *a_case("c_2", 3)]
    assert verify_chain(longer, KEY, heads) == [Fault(kind=FaultKind.REWRITTEN, case_id="c_1", n=6)]
    del heads["c_1"]
    assert verify_chain(history(), KEY, heads) == [Fault(kind=FaultKind.REMOVED, case_id="c_1")]


def test_a_history_written_anew_without_the_key_is_wrong_from_its_first_row() -> None:
    forged = a_case("c_1", 5, key=b"x" * 32)
    assert len(verify_chain(forged, KEY, heads_of(forged))) == 5


def test_one_broken_row_does_not_hide_the_next() -> None:
    rows = history()
    rows[1] = rows[1]._replace(data="{}")
    rows[3] = rows[3]._replace(data="{}")
    assert [fault.n for fault in verify_chain(rows, KEY)] == [2, 4]


def test_the_encoding_leaves_no_room_between_fields() -> None:
    one = mac(KEY, "", "c", 1, START, "ab", "c", "{}")
    assert one != mac(KEY, "", "c", 1, START, "a", "bc", "{}")
    assert one != mac(KEY, "", "c", 1, START, "ab1:", "c", "{}")
    assert one == mac(KEY, "", "c", 1, START.astimezone(timezone(timedelta(hours=8))), "ab", "c", "{}")
    assert len(one) == 64
    assert Head(1, one) == Head(1, one)
