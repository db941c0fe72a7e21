"""The anchorer continues its file where it ended: the newest anchor known to the database must be in the file, or
the anchorer adds nothing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, store_of
from tests.unit.builders import T0
from tests.unit.desk import wait
from wakeup.runtime.audit_verify import find_faults
from wakeup.runtime.loops.anchorer import EVERY, Anchorer
from wakeup.storage.anchors import last_anchor
from wakeup.storage.audit import begin_anchors_anew, counted_anew, some_heads
from wakeup.storage.chain import Fault, FaultKind
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.store import Store

NODE = "n1"


class AnchoringNode:
    """A node that writes an anchor each minute, on any database."""

    def __init__(self, url: str, store: Store[SqlUnit], path: Path) -> None:
        self.url, self.store, self.path, self.now = url, store, path, T0
        self.said: list[str] = []
        self.way_out = ""
        engine: Any = SimpleNamespace(
            clock=SimpleNamespace(now=lambda: self.now),
            log=SimpleNamespace(error=self._told),
            alarm=lambda cause: self.said.append(f"alarm:{cause}"),
        )
        self.new_loop: Callable[[], Anchorer] = lambda: Anchorer(engine, store, self.path, AUDIT_KEY, NODE)
        self.loop = self.new_loop()

    def _told(self, event: str, *, way_out: str = "", **_: object) -> None:
        self.said.append(event)
        self.way_out = way_out

    async def minutes(self, count: int) -> None:
        for _ in range(count):
            await self.loop.round()
            self.now += EVERY

    def faults(self, now: datetime | None = None) -> list[Fault]:
        return find_faults(self.url, AUDIT_KEY, self.path, node=NODE, now=now)

    @property
    def lines(self) -> int:
        last = last_anchor(self.path)
        return 0 if last is None else last.n


def told(url: str, path: Path, story: Callable[[AnchoringNode], Awaitable[None]]) -> None:
    async def run() -> None:
        store = store_of(url)
        try:
            await store.run(open_case, wait(1), T0)
            await story(AnchoringNode(url, store, path))
        finally:
            await store.close()

    asyncio.run(run())


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"


def cut(path: Path, lines: int) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))


def test_a_new_house_begins_a_file_and_goes_on_with_it(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        assert node.faults() == [], "nothing was ever anchored"
        await node.minutes(3)
        node.loop = node.new_loop()
        await node.minutes(2)
        assert (node.lines, node.said, node.faults(node.now)) == (5, [], [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_the_totals_go_on_as_the_books_grow(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        for n in range(2, 8):
            await node.minutes(1)
            # Rows within the overlap: what the anchor before has counted is not counted again.
            await node.store.run(open_case, wait(n), node.now - timedelta(seconds=1))
            again = replace(wait(n - 1), event_id=f"evt_again_{n}")
            await node.store.run(open_case, again, node.now)
            await node.store.run(open_case, replace(again, event_id=f"evt_late_{n}"), node.now - EVERY)
        await node.minutes(1)
        # No case grows for longer than the anchorer looks back; then a known case grows again.
        node.now += timedelta(minutes=9)
        await node.minutes(1)
        await node.store.run(open_case, replace(wait(1), event_id="evt_much_later"), node.now)
        await node.minutes(1)
        last = last_anchor(node.path)
        assert last is not None
        whole = await node.store.read(counted_anew, "", T0)
        assert (last.cases, last.rows) == (whole.cases, whole.rows)
        assert last.cases == 7
        assert node.faults(node.now) == []

    told(url, tmp_path / "anchors.jsonl", story)


def test_an_anchor_from_the_future_is_told_and_anchors_go_on(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(1)
        node.now += timedelta(days=300)
        await node.minutes(1)
        node.now = T0 + 2 * EVERY
        for n in range(2, 5):
            await node.store.run(open_case, wait(n), node.now)
            await node.loop.round()
            await node.loop.round()
            assert node.lines == n + 1, "one a minute, however often somebody looks"
            node.now += EVERY
        assert node.said == ["anchor_from_future", "alarm:anchor_from_future"] * 3
        assert find_faults(node.url, AUDIT_KEY, node.path, node=NODE, today=node.now) == [
            Fault(kind=FaultKind.ANCHOR_FROM_FUTURE, n=2)
        ]
        assert node.faults() == [], "their order holds"
        last = last_anchor(node.path)
        assert last is not None
        whole = await node.store.read(counted_anew, "", T0)
        assert (last.cases, last.rows) == (whole.cases, whole.rows)
        named = {case_id for case_id in last.heads if case_id.startswith("case")}
        assert named < set(whole.heads), "only what has grown"

    told(url, tmp_path / "anchors.jsonl", story)


def test_a_file_that_is_gone_shows_and_is_not_begun_anew(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(3)
        node.path.unlink()
        await node.minutes(2)
        assert not node.path.exists()
        assert node.said == ["anchors_lost"] * 2
        assert node.faults() == [Fault(kind=FaultKind.ANCHOR_REMOVED, n=0)]

    told(url, tmp_path / "anchors.jsonl", story)


def test_a_file_that_lost_its_end_is_not_gone_on_with(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(4)
        cut(node.path, 2)
        await node.minutes(3)
        assert node.lines == 2
        assert node.faults() == [Fault(kind=FaultKind.ANCHOR_REMOVED, n=2)]
        node.path.unlink()
        await node.minutes(1)
        assert node.faults() == [Fault(kind=FaultKind.ANCHOR_REMOVED, n=0)]

    told(url, tmp_path / "anchors.jsonl", story)


@pytest.mark.parametrize("end", [b"\x00\n", b"[]\n", b"{}\n", b'{"body":{"heads":[]}}\n', b"\n"])
def test_an_end_that_is_no_anchor_is_one_that_was_lost(url: str, tmp_path: Path, end: bytes) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        whole = node.path.read_bytes()
        node.path.write_bytes(whole + end)
        await node.minutes(1)
        await node.loop.round()
        await node.loop.round()
        assert node.said == ["anchors_lost"] * 2, "once a minute, not at each look"
        assert node.path.read_bytes() == whole + end
        node.path.write_bytes(whole)
        await node.minutes(2)
        assert (node.lines, len(node.said), node.faults()) == (3, 2, [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_an_operator_who_takes_the_way_out_has_anchors_again(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        with node.path.open("ab") as file:
            file.write(b"\x00\n")
        await node.minutes(1)
        assert node.way_out.startswith(
            "move the file away if it exists, then run wakeup audit begin-anew --only-anchors"
        )
        node.path.rename(tmp_path / "anchors.of.before")
        await node.store.run(begin_anchors_anew, NODE, "command_line", node.now)
        await node.minutes(2)
        assert (node.lines, node.said, node.faults()) == (2, ["anchors_lost"], [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_another_file_of_the_same_length_is_not_gone_on_with(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        kept = node.path.read_bytes()
        node.path.unlink()
        await node.store.run(begin_anchors_anew, NODE, "command_line", node.now)
        await node.minutes(2)
        node.path.write_bytes(kept)
        await node.minutes(1)
        assert node.said == ["anchors_lost"]
        assert Fault(kind=FaultKind.ANCHOR_REMOVED, n=2) in node.faults()

    told(url, tmp_path / "anchors.jsonl", story)


def test_a_node_that_died_between_a_line_and_the_memory_of_it_goes_on(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)

        async def dies(*_: object, **__: object) -> None:
            raise RuntimeError("died")

        dead = node.new_loop()
        dead._store = SimpleNamespace(read=node.store.read, run=dies)  # type: ignore[assignment]
        for _ in range(2):
            with pytest.raises(RuntimeError, match="died"):
                await dead.round()
            node.now += EVERY
        assert (node.lines, node.faults()) == (4, [])
        await node.minutes(2)
        assert (node.lines, node.said, node.faults()) == (6, [], [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_an_operator_who_begins_anchors_anew_is_recorded(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        assert await node.store.run(begin_anchors_anew, NODE, "command_line", node.now) == 0
        await node.minutes(3)
        node.path = tmp_path / "elsewhere.jsonl"
        node.loop = node.new_loop()
        assert await node.store.run(begin_anchors_anew, NODE, "command_line", node.now) == 3
        await node.minutes(1)
        assert (node.lines, node.said, node.faults()) == (1, [], [])
        ((_, _, note),) = await node.store.read(lambda unit: unit.admin.newest(9))
        assert (note.kind, note.by, note.data["node"], note.data["n"]) == (
            "anchors_begun_anew",
            "command_line",
            NODE,
            3,
        )

    told(url, tmp_path / "anchors.jsonl", story)


def test_the_feed_goes_on_after_the_cursor_read_from_a_newer_copy(url: str, tmp_path: Path) -> None:
    def numbered(unit: SqlUnit, after: int) -> list[int]:
        unit.decisions.number_new(10)
        return [place for place, _ in unit.decisions.after(after, 10)]

    async def story(node: AnchoringNode) -> None:
        [copied] = await node.store.run(numbered, 0)
        read = copied + 100_000
        await node.store.run(begin_anchors_anew, NODE, "command_line", node.now)
        await node.store.run(open_case, wait(2), T0)
        assert len(await node.store.run(numbered, read)) == 1, "the bank comes with the cursor it had"
        assert len(await node.store.run(numbered, 0)) == 2

    told(url, tmp_path / "anchors.jsonl", story)


def test_anchors_that_stopped_show_where_a_service_is_running(url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(2)
        assert node.faults(node.now) == []
        assert node.faults(node.now + timedelta(hours=1)) == [Fault(kind=FaultKind.ANCHOR_STALE, n=2)]

    told(url, tmp_path / "anchors.jsonl", story)


def test_a_new_file_names_every_case_in_lines_of_bounded_length(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakeup.runtime.loops.anchorer.CASES_PER_LINE", 2)

    def named(node: AnchoringNode) -> list[set[str]]:
        bodies = [json.loads(line)["body"] for line in node.path.read_bytes().splitlines()]
        assert all(len(body["heads"]) <= 3 for body in bodies)
        return [{name for name in body["heads"] if name.startswith("case")} for body in bodies]

    async def story(node: AnchoringNode) -> None:
        for n in range(2, 6):
            await node.store.run(open_case, wait(n), T0)
        node.now += timedelta(days=1)
        await node.minutes(1)
        assert [len(cases) for cases in named(node)] == [2, 2, 1], "each line is an anchor, chained to the one before"
        await node.store.run(open_case, replace(wait(1), event_id="evt_again"), node.now)
        await node.minutes(1)
        last = last_anchor(node.path)
        assert last is not None
        whole = await node.store.read(counted_anew, "", T0)
        assert (last.n, last.cases, last.rows, last.more) == (4, 5, whole.rows, False)
        assert (set.union(*named(node)), node.faults(node.now)) == (whole.heads.keys() - {"admin"}, [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_a_node_that_died_while_it_named_every_case_names_them_all_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakeup.runtime.loops.anchorer.CASES_PER_LINE", 1)

    async def story(node: AnchoringNode) -> None:
        for n in range(2, 4):
            await node.store.run(open_case, wait(n), T0)
        node.now += timedelta(days=1)
        left = iter((1, 1))

        async def dies(query: Any, *args: Any) -> Any:
            if query is some_heads and next(left, None) is None:
                raise RuntimeError("died")
            return await node.store.read(query, *args)

        dead = node.new_loop()
        dead._store = SimpleNamespace(read=dies)  # type: ignore[assignment]
        with pytest.raises(RuntimeError, match="died"):
            await dead.round()
        assert node.lines == 2
        node.now += EVERY
        await node.minutes(1)
        bodies = [json.loads(line)["body"] for line in node.path.read_bytes().splitlines()]
        assert len({name for body in bodies[2:] for name in body["heads"] if name.startswith("case")}) == 3
        assert (node.said, node.faults(node.now)) == ([], [])

    told(url, tmp_path / "anchors.jsonl", story)


def test_the_newest_anchor_is_known_on_every_database(migrated_url: str, tmp_path: Path) -> None:
    async def story(node: AnchoringNode) -> None:
        await node.minutes(3)
        assert node.faults(node.now) == []
        node.path.unlink()
        await node.minutes(1)
        assert [fault.kind for fault in node.faults()] == [FaultKind.ANCHOR_REMOVED]

    told(migrated_url, tmp_path / "anchors.jsonl", story)
