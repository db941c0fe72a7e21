"""A node does not start on an older copy of its database: its anchors file records what the copy lacks."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.storage.migrated import migrated_file
from tests.storage.test_anchorer import NODE, AnchoringNode, told
from tests.storage.test_schema import AUDIT_KEY
from tests.unit.desk import wait
from wakeup.storage.anchors import last_anchor
from wakeup.storage.audit import begin_anchors_anew, remember_anchor
from wakeup.storage.older_copy import older_copy_fault
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case

Meanwhile = Callable[[SqlUnit, datetime], None]
OTHER_KEY = b"o" * 32


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"


def opens_a_case(unit: SqlUnit, now: datetime) -> None:
    open_case(unit, wait(2), now)


def names_an_act(unit: SqlUnit, now: datetime) -> None:
    unit.admin.add("script_paused", "ann", now)


def fault_of(url: str, file: Path, key: bytes = AUDIT_KEY) -> str | None:
    return older_copy_fault(url, file, key, NODE)


def copied(tmp_path: Path, file: Path, meanwhile: Meanwhile = opens_a_case) -> str:
    """The database as it is after two minutes, while the node goes on for three."""
    live = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'live.db')}"
    copy = f"sqlite:///{tmp_path / 'copy.db'}"

    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        with closing(sqlite3.connect(tmp_path / "live.db")) as connection:
            connection.execute(f"VACUUM INTO '{tmp_path / 'copy.db'}'")
        await node.store.run(meanwhile, node.now)
        await node.minutes(3)

    told(live, file, story)
    assert fault_of(live, file) is None
    return copy


@pytest.mark.parametrize(
    ("meanwhile", "lost"), [(opens_a_case, "of case "), (names_an_act, "of the administration log")]
)
def test_an_older_copy_lacks_what_the_file_records(tmp_path: Path, meanwhile: Meanwhile, lost: str) -> None:
    file = tmp_path / "anchors.jsonl"
    copy = copied(tmp_path, file, meanwhile)
    fault = fault_of(copy, file)
    assert fault is not None and "wakeup audit begin-anew" in fault and lost in fault


def test_lines_that_nobody_signed_stop_no_node(tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    assert fault_of(copied(tmp_path, file), file, OTHER_KEY) is None


def test_a_node_that_has_begun_anew_starts(tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    copy = copied(tmp_path, file)

    async def story(node: AnchoringNode) -> None:
        await node.store.run(begin_anchors_anew, NODE, "ann", node.now)

    told(copy, tmp_path / "none", story)
    assert fault_of(copy, file) is None


def test_a_crash_between_an_anchor_and_its_record_stops_no_node(tmp_path: Path, url: str) -> None:
    file = tmp_path / "anchors.jsonl"

    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        recorded = last_anchor(file)
        assert recorded is not None
        await node.store.run(open_case, wait(2), node.now)
        await node.minutes(1)
        await node.store.run(remember_anchor, NODE, recorded.n, recorded.digest)

    told(url, file, story)
    assert fault_of(url, file) is None


@pytest.mark.parametrize("content", [b"", b"no anchor\n"])
def test_a_file_without_an_anchor_stops_no_node(tmp_path: Path, url: str, content: bytes) -> None:
    file = tmp_path / "anchors.jsonl"
    assert fault_of(url, file) is None
    file.write_bytes(content)
    assert fault_of(url, file) is None
    assert fault_of(url, tmp_path) is None, "a folder"


def test_a_database_that_does_not_exist_yet_is_no_copy(tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    copied(tmp_path, file)
    absent = tmp_path / "absent.db"
    assert fault_of(f"sqlite:///{absent}", file) is None and not absent.exists()
    assert last_anchor(file) is not None
