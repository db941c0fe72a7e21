"""The state tables: an event that is not in them raises and changes nothing, and a final state stays final."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.domain.agent import AGENT_TRANSITIONS, AgentEvent, AgentState
from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, CALL_RANK, LIVE, OVER, AttemptEvent, AttemptState
from wakeup.domain.case import CASE_TRANSITIONS, CaseEvent, CaseState
from wakeup.domain.confirmation import ANSWERABLE, CONFIRMATION_TRANSITIONS, ConfirmationEvent, ConfirmationState
from wakeup.domain.errors import DomainError, IllegalTransitionError
from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, GuardianEvent, GuardianState
from wakeup.domain.hand_over import HAND_OVER_TRANSITIONS, HandOverEvent, HandOverState
from wakeup.domain.sms import SMS_TRANSITIONS, SmsEvent, SmsState
from wakeup.domain.states import mermaid, move
from wakeup.domain.transfer import TRANSFER_TRANSITIONS, TransferEvent, TransferState

S, T, C = AttemptState, TransferState, CaseState
Table = Mapping[Any, Mapping[Any, Any]]
TABLES: list[tuple[Table, type[StrEnum], type[StrEnum], StrEnum]] = [
    (ATTEMPT_TRANSITIONS, AttemptState, AttemptEvent, S.PLANNED),
    (TRANSFER_TRANSITIONS, TransferState, TransferEvent, T.PENDING),
    (CASE_TRANSITIONS, CaseState, CaseEvent, C.OPEN),
    (CONFIRMATION_TRANSITIONS, ConfirmationState, ConfirmationEvent, ConfirmationState.QUEUED),
    (SMS_TRANSITIONS, SmsState, SmsEvent, SmsState.QUEUED),
    (AGENT_TRANSITIONS, AgentState, AgentEvent, AgentState.AWAY),
    (HAND_OVER_TRANSITIONS, HandOverState, HandOverEvent, HandOverState.WAITING),
    (GUARDIAN_TRANSITIONS, GuardianState, GuardianEvent, GuardianState.NAMED),
]
NAMES = ["attempt", "transfer", "case", "confirmation", "sms", "agent", "hand_over", "guardian"]


@pytest.mark.parametrize(("table", "states", "events", "start"), TABLES, ids=NAMES)
def test_every_event_in_every_state_moves_or_raises(
    table: Table, states: type[StrEnum], events: type[StrEnum], start: StrEnum
) -> None:
    for state, event in product(states, events):
        after = table[state].get(event)
        if after is not None:
            assert move(table, state, event) is after, f"{event} in {state}"
            continue
        with pytest.raises(IllegalTransitionError) as refused:
            move(table, state, event)
        assert isinstance(refused.value, DomainError), "our own request was wrong, nobody else is to blame"
        assert (refused.value.machine, refused.value.state, refused.value.event) == (states.__name__, state, event)
        assert table[state].get(event) is None, "asking in vain adds no arrow"
    assert start in table


@pytest.mark.parametrize(("table", "states", "events", "start"), TABLES, ids=NAMES)
def test_every_state_has_a_row_can_be_reached_and_every_event_is_used(
    table: Table, states: type[StrEnum], events: type[StrEnum], start: StrEnum
) -> None:
    assert set(table) == set(states)
    reached, todo = {start}, [start]
    while todo:
        for after in table[todo.pop()].values():
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(states)
    assert {event for row in table.values() for event in row} == set(events)


def test_a_final_state_has_no_way_out() -> None:
    assert {state for state in S if not ATTEMPT_TRANSITIONS[state]} == {S.ENDED, S.SURFACED, S.SUPPRESSED, S.CANCELED}
    assert {state for state in T if not TRANSFER_TRANSITIONS[state]} == {T.RELEASED}
    assert all(CASE_TRANSITIONS[state] for state in C), "a settled case may be looked at again"


@given(table=st.sampled_from(TABLES), wishes=st.lists(st.integers(0, 13), max_size=30))
def test_no_walk_leaves_the_table_and_a_refused_step_leaves_the_state(table: Any, wishes: list[int]) -> None:
    transitions, states, events, state = table
    choices = list(events)
    for wish in wishes:
        event = choices[wish % len(choices)]
        try:
            after = move(transitions, state, event)
        except IllegalTransitionError:
            continue
        assert after in states
        assert after is transitions[state][event]
        state = after


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        # The usual course of a call, then each way to leave it.
        (S.PLANNED, "claim", S.CLAIMED),
        (S.CLAIMED, "intend", S.SENDING),
        (S.SENDING, "accept", S.PLACED),
        (S.PLACED, "ring", S.RINGING),
        (S.RINGING, "answer", S.ANSWERED),
        (S.ANSWERED, "end", S.ENDED),
        (S.CLAIMED, "lease_lost", S.PLANNED),
        (S.SENDING, "not_sent", S.PLANNED),
        (S.SENDING, "refuse", S.ENDED),
        (S.SENDING, "lose_track", S.UNKNOWN),
        (S.UNKNOWN, "not_found", S.NOT_PLACED),
        (S.NOT_PLACED, "surface", S.SURFACED),
        (S.PLANNED, "suppress", S.SUPPRESSED),
        (S.PLANNED, "cancel", S.CANCELED),
    ],
)
def test_the_attempt_moves_as_designed(before: AttemptState, event: str, after: AttemptState) -> None:
    assert move(ATTEMPT_TRANSITIONS, before, AttemptEvent(event)) is after


def test_callbacks_may_be_lost_but_never_lead_back() -> None:
    progress = {AttemptEvent.RING: S.RINGING, AttemptEvent.ANSWER: S.ANSWERED, AttemptEvent.END: S.ENDED}
    for state in (S.SENDING, S.UNKNOWN, S.PLACED, S.RINGING):
        for event, after in progress.items():
            if after is not state:
                assert ATTEMPT_TRANSITIONS[state][event] is after
    ranks = {**CALL_RANK, S.ENDED: 4}
    for state, rank in CALL_RANK.items():
        for event in (AttemptEvent.ACCEPT, *progress):
            then = ATTEMPT_TRANSITIONS[state].get(event)
            assert then is None or ranks[then] > rank, f"{event} leads {state} back to {then}"


def test_no_state_is_both_live_and_over_and_only_a_call_has_a_rank() -> None:
    assert not LIVE & OVER
    assert set(S) - LIVE - OVER == {S.PLANNED, S.CLAIMED}
    assert set(CALL_RANK) == LIVE
    for state in OVER - {S.NOT_PLACED}:
        assert not ATTEMPT_TRANSITIONS[state], "nothing that is over becomes live again"
    assert set(ATTEMPT_TRANSITIONS[S.NOT_PLACED].values()) == {S.SURFACED}, "a ghost never becomes our call again"


def test_nothing_that_was_never_intended_can_become_a_call() -> None:
    for state in (S.PLANNED, S.CLAIMED):
        assert not set(ATTEMPT_TRANSITIONS[state].values()) & (LIVE - {S.SENDING})
    assert AttemptEvent.INTEND not in ATTEMPT_TRANSITIONS[S.PLANNED], "no intent without a claim"


def test_a_prompt_that_may_have_arrived_can_be_answered_and_stopped() -> None:
    for state in ANSWERABLE:
        row = CONFIRMATION_TRANSITIONS[state]
        assert row[ConfirmationEvent.ANSWER] is ConfirmationState.ANSWERED
        assert row.get(ConfirmationEvent.OPT_OUT, state) is ConfirmationState.OPTED_OUT
    never = {ConfirmationState.QUEUED, ConfirmationState.SUPPRESSED, ConfirmationState.EXPIRED}
    assert set(ConfirmationState) - ANSWERABLE == never, "not sent yet, never sent, or its code given back"


def test_a_hold_ends_as_designed() -> None:
    assert set(TRANSFER_TRANSITIONS[T.PENDING].values()) == {T.ALLOWED, T.HELD, T.CANCELLED, T.RELEASED}
    assert set(TRANSFER_TRANSITIONS[T.HELD].values()) >= {T.ALLOWED, T.REFUSED, T.CANCELLED, T.RELEASED}
    assert set(TRANSFER_TRANSITIONS[T.ALLOWED].values()) <= {T.CANCELLED, T.RELEASED, T.HELD}
    assert set(TRANSFER_TRANSITIONS[T.REFUSED].values()) == {T.RELEASED}, "by the bank"
    assert all(after is not T.PENDING for row in TRANSFER_TRANSITIONS.values() for after in row.values())
    assert TransferEvent.REFUSE not in TRANSFER_TRANSITIONS[T.PENDING], "only a hold is refused"


@pytest.mark.parametrize(("table", "states", "events", "start"), TABLES, ids=NAMES)
def test_the_diagram_shows_every_arrow_once(
    table: Table, states: type[StrEnum], events: type[StrEnum], start: StrEnum
) -> None:
    head, first, *arrows = mermaid(table, start).splitlines()
    assert (head, first) == ("stateDiagram-v2", f"    [*] --> {start}")
    assert len(arrows) == sum(len(row) for row in table.values()) == len(set(arrows))
    assert all(states and events and " --> " in arrow for arrow in arrows)
