"""Counts on the picture: what the notes say is put on its edge, what they leave open is shown as open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.house.tree import ROOT
from tests.unit.builders import T0
from wakeup.runtime.scripts.chosen import chosen
from wakeup.runtime.scripts.graph.counts import Counts, counted
from wakeup.runtime.scripts.graph.script_graph import graph_of
from wakeup.usecases.conversation.transcripts import Move, PathCounts, path_counts
from wakeup.usecases.records import Note

SCRIPT = chosen(ROOT / "scripts_ivr", "generic").script
assert SCRIPT is not None


def counts(moves: Mapping[Move, int]) -> Counts:
    assert SCRIPT is not None
    trips = PathCounts(calls=9, others=0, moves=moves, again={}, hung_up={}, seconds={})
    return counted(SCRIPT, graph_of(SCRIPT), trips)


def test_a_way_without_a_fork_is_counted_on_every_edge() -> None:
    found = counts({("opening", "code", "keys"): 7})
    way = ("opening", "right_party", "whose_turn", "has_code", "code")
    assert found.taken == dict.fromkeys(pairwise(way), 7)
    assert not found.unsure


def test_where_notes_leave_the_way_open_a_range_is_shown() -> None:
    found = counts({("plain_3", "closing", "keys"): 5})
    assert found.on_edge(("plain_3", "weigh")) == "5"
    assert found.on_edge(("weigh", "predict_firm")) == "0–5"
    assert found.on_edge(("weigh", "predict_light")) == "0–5"
    assert found.on_edge(("weigh", "coached")) == "0"


def test_the_kind_of_act_tells_a_nodes_own_way_from_one_that_is_open_everywhere() -> None:
    found = counts({("more", "end_callback", "keys"): 3, ("more", "end_callback", "speech"): 2})
    assert found.taken["more", "callback"] == 3
    assert found.entered == {"callback": 2}
    assert found.taken["callback", "end_callback"] == 5
    assert not found.unsure


def test_an_own_word_stands_before_the_same_word_everywhere() -> None:
    found = counts({("closing", "end_dissuaded", "speech"): 4})
    assert found.taken["closing", "dissuaded"] == 4
    assert not found.entered


def test_where_no_agent_was_ready_the_way_leads_past_them() -> None:
    found = counts({("q1", "end_already_paid", "speech"): 2})
    assert found.taken["paid_person", "end_already_paid"] == 2
    assert found.on_edge(("already_paid", "paid_person")) == "0–2"
    assert found.on_edge(("not_me_where", "paid_person")) == "0–2", "or they said that it was not them, and it was gone"


def test_a_verdict_of_the_detector_is_no_answer_to_the_opening() -> None:
    found = counts({("opening", "machine", "detected"): 6})
    assert found.came["machine"] == 6
    assert found.entered == {"machine": 6}
    assert not found.taken


class Repository:
    """Timeline rows, handed out page by page."""

    def __init__(self, rows: list[tuple[str, int, datetime, Note]]) -> None:
        self.rows = rows
        self.asked = 0

    def steps(self, after: tuple[str, int], limit: int) -> Sequence[Any]:
        self.asked += 1
        return [row for row in sorted(self.rows, key=lambda row: row[:2]) if row[:2] > after][:limit]


def notes(case: str, attempt: str, script: str, content: str, *turns: tuple[str, str, int]) -> list[Any]:
    begun = Note(kind="talk_begun", by="system", data={"attempt": attempt, "script": script, "content": content})
    rows = [(case, 1, T0, begun)]
    for n, (node, act, at) in enumerate(turns, start=2):
        data: dict[str, Any] = {"attempt": attempt, "n": n - 2, "node": node, "act": act}
        rows.append((case, n, T0 + timedelta(seconds=at), Note(kind="turn", by="callee", data=data)))
    return rows


def test_the_counted_moves_are_those_of_one_script_version() -> None:
    rows = [
        *notes(
            "c1", "a1", "generic", "h", ("opening", "answered", 0), ("opening", "silence", 12), ("code", "keys", 20)
        ),
        *notes("c2", "a2", "generic", "h", ("opening", "answered", 0), ("opening", "hungup", 6)),
        *notes("c3", "a3", "generic", "older", ("opening", "answered", 0), ("code", "keys", 5)),
        *notes("c4", "a4", "romance", "h", ("opening", "answered", 0), ("code", "keys", 5)),
    ]
    trips = path_counts(Repository(rows), "generic", "h")  # type: ignore[arg-type]
    assert (trips.calls, trips.others) == (2, 1)
    assert trips.moves == {("", "opening", "answered"): 2, ("opening", "code", "keys"): 1}
    assert trips.again == {"opening": 1}
    assert trips.hung_up == {"opening": 1}
    assert trips.seconds == {"opening": 13.0}


def test_a_long_timeline_is_read_page_by_page(monkeypatch: Any) -> None:
    monkeypatch.setattr("wakeup.usecases.conversation.transcripts.PAGE", 3)
    rows = [row for n in range(5) for row in notes(f"c{n}", f"a{n}", "generic", "h", ("opening", "answered", 0))]
    repository = Repository(rows)
    assert path_counts(repository, "generic", "h").calls == 5  # type: ignore[arg-type]
    assert repository.asked == 4
