"""Which late decisions the judge excuses, and which never."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from wakeup.simulation.bank import Promise
from wakeup.simulation.faults import Group, Spell
from wakeup.simulation.judge import _late
from wakeup.simulation.stage import EPOCH, Stage

BY, MAX = EPOCH + timedelta(seconds=100), EPOCH + timedelta(seconds=115)
CORE_AWAY = Spell(group=Group.CORE, kind="drop", begins=80.0, ends=130.0, strength=1.0)
EVENT = {"transfer": {"hold_max": MAX.isoformat()}}


def late(decision: str, after: float, plan: list[Spell]) -> str | None:
    """The verdict on a first decision that came this many seconds after the epoch."""
    told = EPOCH + timedelta(seconds=after)
    transfer = SimpleNamespace(late=told > BY, decide_by=BY)
    stage: Any = SimpleNamespace(core=SimpleNamespace(transfers={"t_1": transfer}), nodes=[])
    promise = Promise(event=EVENT, answered_at=EPOCH, status=202, body={})
    first = {"at": told.isoformat(), "decision": decision}
    return _late(stage, plan, "t_1", promise, first)


@pytest.mark.parametrize(
    ("decision", "after", "plan", "forgiven"),
    [
        ("hold", 99, [], None),
        ("hold", 110, [CORE_AWAY], ""),
        ("hold", 110, [], "t_1: decided 10.000 s late, and nothing explains it"),
        ("refuse", 116, [CORE_AWAY], ""),
        ("refuse", 116, [], "t_1: decided 16.000 s late, and nothing explains it"),
        ("refuse", 110, [CORE_AWAY], "t_1: late and refuse"),
        ("allow", 116, [CORE_AWAY], "t_1: late and allow"),
    ],
)
def test_late_is_forgiven_beside_a_fault_to_a_hold_and_to_the_refusal_that_took_its_place(
    decision: str, after: float, plan: list[Spell], forgiven: str | None
) -> None:
    assert late(decision, after, plan) == forgiven


def test_a_log_line_with_a_date_of_its_own_is_judged_by_the_time_at_which_it_was_logged() -> None:
    log: list[dict[str, Any]] = []
    stage: Any = SimpleNamespace(loop=SimpleNamespace(time=lambda: 12.5), log=log)
    Stage.note(stage, {"event": "anchor_from_future", "at": "2026-11-22T02:00:00Z"})
    assert log == [{"at": 12.5, "node": "", "event": "anchor_from_future"}]
