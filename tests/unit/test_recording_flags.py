"""Whether a talk is recorded depends on the answer to the question, not on a word that happens to occur in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.builders import T0
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.ivr.conversation import Conversation
from wakeup.usecases.conversation.recording_consent import BEGUN, REFUSED, may_meet
from wakeup.usecases.records import Talk

CONVERSATION = Conversation(
    id="att_1", script_id="generic", version="1", content_hash="c", language="en", variant=0, split_by="", persona="",
    unhurried=False, visits={}, filled={},
)  # fmt: skip


def a_talk(**changes: Any) -> Talk:
    return Talk(
        attempt_id=AttemptId("att_1"), case_id=CaseId("case_1"), customer_id=CustomerId("u_1"), turns=3,
        finished=False, started_at=T0, turned_at=T0, state=replace(CONVERSATION, **changes).to_json(), named=(),
    )  # fmt: skip


def test_a_customer_who_said_no_meets_no_agent_on_a_recorded_line() -> None:
    no, recorded = a_talk(flags=frozenset({REFUSED})), a_talk(flags=frozenset({BEGUN}))
    assert not may_meet(no, recorded) and not may_meet(recorded, no)
    assert may_meet(no, a_talk()) and may_meet(recorded, recorded)


def test_a_node_or_a_word_of_that_name_is_no_answer() -> None:
    recorded = a_talk(flags=frozenset({BEGUN}))
    for named in ({"node": REFUSED}, {"filled": {"why": REFUSED}}, {"reason": REFUSED}, {"said": (REFUSED,)}):
        assert may_meet(a_talk(**named), recorded), named
