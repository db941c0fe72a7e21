"""A buffered row is made at once from its value: the same row, in the driver's values, as by way of a statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from tests.unit.builders import T0, a_transfer, an_attempt
from wakeup.domain.decision import Decision, Effect, Ruling
from wakeup.domain.ids import CaseId, DecisionId, EvidenceId, TransferId
from wakeup.domain.transfer import Tier
from wakeup.storage.instants import as_text
from wakeup.storage.mapping import Mapper, as_json
from wakeup.storage.repositories.attempts import attempt_mapper
from wakeup.storage.repositories.outbox import decision_mapper
from wakeup.storage.repositories.transfers import transfer_mapper
from wakeup.storage.row_codegen import Row, as_number, row_maker

ABROAD = T0.astimezone(timezone(timedelta(hours=8)))


def a_decision() -> Decision:
    return Decision(
        id=DecisionId("dec_1"), transfer_id=TransferId("t_1"), case_id=CaseId("case_1"), sequence=1,
        ruling=Ruling.HOLD, reason="standing", decided_by="system", decided_at=T0, decide_by=T0, hold_until=T0,
        policy_version="p", rests_on=(EvidenceId("ev_1"), EvidenceId("ev_2")), effects=(Effect.PERSON,),
    )  # fmt: skip


def made(mapper: Mapper[Any], value: Any, **more: Any) -> tuple[list[Any], Row]:
    form = mapper.inserting.form(sqlite.dialect())
    own = dict.fromkeys(mapper._plain) | dict.fromkeys(mapper._lists, as_json)
    return row_maker(form.cells, own, "rows", mapper.keys)(value, more)


@pytest.mark.parametrize(
    ("mapper", "value", "more"),
    [
        (transfer_mapper, a_transfer(flagged_at=ABROAD, tier=Tier.HIGH), {"act_at": T0, "sealed": b"\1\2"}),
        (attempt_mapper, an_attempt(), {"value_class": 3}),
        (decision_mapper, a_decision(), {"position": None}),
        (decision_mapper, replace(a_decision(), rests_on=(), effects=()), {"position": 7}),
    ],
)
def test_the_row_and_its_key_are_those_of_the_statement(mapper: Mapper[Any], value: Any, more: dict[str, Any]) -> None:
    row, key = made(mapper, value, **more)
    assert row == mapper.inserting.form(sqlite.dialect()).bind(mapper.values(value, **more))
    assert [type(cell) for cell in row if cell is not None] == [
        type(cell)
        for cell in mapper.inserting.form(sqlite.dialect()).bind(mapper.values(value, **more))
        if cell is not None
    ], "the driver looks for an adapter for any other type"
    assert key == ("rows", value.id)


def test_a_word_that_the_column_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="not a Tier"):
        made(transfer_mapper, a_transfer(tier="grave"), act_at=T0, sealed=b"")


@pytest.mark.parametrize(("flag", "number"), [(True, 1), (False, 0), (1, 1), (0, 0), (None, None)])
def test_a_flag_is_a_number_or_nothing(flag: bool | None, number: int | None) -> None:
    assert as_number(flag) == number
    assert type(as_number(flag)) in (int, type(None))


@pytest.mark.parametrize("other", [2, "yes", 1.0])
def test_anything_else_is_no_flag(other: Any) -> None:
    with pytest.raises(TypeError):
        as_number(other)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones()))
def test_a_time_is_written_as_the_standard_library_writes_it(at: datetime) -> None:
    assert as_text(at) == at.astimezone(UTC).isoformat(timespec="microseconds")
