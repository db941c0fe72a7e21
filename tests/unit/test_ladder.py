"""The ladder: how often and how soon it rings, and never so late that the call could teach nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import MINUTE, T0, an_attempt
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ladder import NextCall, NoMoreCalls, first_call, next_call
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.policy import Calling

CALLING = Calling()
WIDE = T0 + timedelta(hours=6)
D = Disposition


def ended(disposition: Disposition | None, contact: Contact = Contact.NOBODY, **changes: object) -> Attempt:
    return an_attempt(state=AttemptState.ENDED, disposition=disposition, contact=contact, **changes)


LOST = an_attempt(state=AttemptState.NOT_PLACED, disposition=D.UNKNOWN)


def chain(
    last: Attempt, settles: datetime, calling: Calling, lasting: timedelta = timedelta(seconds=20), *, spare: int = 0
) -> list[NextCall]:
    """The calls that follow the first one if every call ends in the same way. `spare` is after the first call."""
    now, rung, planned = T0, [last], []
    while isinstance(step := next_call(rung, now, settles, calling, spare=spare + 1 - len(rung)), NextCall):
        assert step.due_at >= now
        planned.append(step)
        now = step.due_at + lasting
        rung.append(last)
    return planned


def test_the_first_call_is_due_at_once() -> None:
    step = first_call(T0, WIDE, CALLING)
    assert step == NextCall(due_at=T0, latest_start=WIDE - CALLING.ring_timeout - CALLING.useful_talk)
    assert first_call(T0, T0, CALLING) == NoMoreCalls(reason="window_closed")


def test_busy_is_rung_again_three_times_after_half_a_minute() -> None:
    steps = chain(ended(D.BUSY), WIDE, CALLING, timedelta())
    assert [step.due_at - T0 for step in steps] == [timedelta(seconds=30 * n) for n in (1, 2, 3)]


@pytest.mark.parametrize(("spare", "minutes"), [(3, []), (4, [6.5]), (5, [6.5, 11.5]), (9, [6.5, 11.5])])
def test_a_line_that_stays_busy_is_rung_later_while_calls_are_spare(spare: int, minutes: list[float]) -> None:
    """A scammer may keep the customer on the line. Four calls in two minutes were all there ever were."""
    steps = chain(ended(D.BUSY), WIDE, CALLING, timedelta(), spare=spare)
    assert [step.due_at - T0 for step in steps[3:]] == [m * MINUTE for m in minutes]
    assert len(chain(ended(D.BUSY), WIDE, replace(CALLING, later_retries=0), spare=spare)) == 3


def test_a_callee_who_has_no_time_is_rung_later_and_apart_from_machines() -> None:
    no_time, voicemail = (ended(D.ANSWERED, one) for one in (Contact.UNVERIFIED_HUMAN, Contact.VOICEMAIL))
    steps = chain(no_time, WIDE, CALLING, timedelta(), spare=9)
    assert [step.due_at - T0 for step in steps] == [MINUTE, 6 * MINUTE, 11 * MINUTE]
    once_more = next_call([voicemail, no_time], T0, WIDE, CALLING)
    assert isinstance(once_more, NextCall) and once_more.due_at == T0 + MINUTE, "the voicemail was not them"
    assert isinstance(next_call([no_time, voicemail], T0, WIDE, CALLING), NextCall)
    assert next_call([voicemail, voicemail], T0, WIDE, CALLING, spare=9) == NoMoreCalls(reason="spoken_to")
    assert next_call([voicemail, no_time, no_time], T0, WIDE, CALLING) == NoMoreCalls(reason="spoken_to")


@pytest.mark.parametrize("contact", [Contact.RIGHT_PARTY, Contact.THIRD_PARTY, Contact.WRONG_NUMBER, Contact.FAX])
def test_a_callee_who_was_spoken_to_is_not_rung_later(contact: Contact) -> None:
    assert chain(ended(D.ANSWERED, contact), WIDE, CALLING, spare=9) == []


@pytest.mark.parametrize("disposition", [D.NO_ANSWER, D.REJECTED])
def test_no_answer_is_rung_again_twice_after_five_minutes(disposition: Disposition) -> None:
    steps = chain(ended(disposition), WIDE, CALLING, timedelta())
    assert [step.due_at - T0 for step in steps] == [5 * MINUTE, 10 * MINUTE]


@pytest.mark.parametrize(
    ("last", "times"),
    [
        (ended(D.ANSWERED, Contact.RIGHT_PARTY), 0),
        (ended(D.ANSWERED, Contact.THIRD_PARTY), 0),
        (ended(D.ANSWERED, Contact.WRONG_NUMBER), 0),
        (ended(D.ANSWERED, Contact.FAX), 0),
        (ended(D.ANSWERED, Contact.SUSPECTED_FORWARDED), 0),
        (ended(D.ANSWERED, Contact.VOICEMAIL), 1),
        (ended(D.ANSWERED, Contact.CALL_SCREENER), 1),
        (ended(D.ANSWERED, Contact.UNVERIFIED_HUMAN), 1),
        (ended(D.FAILED), 1),
        (ended(D.FAILED, number_at_fault=True), 0),
        (ended(D.CANCELED), 0),
        (ended(D.UNKNOWN), 0),
        (an_attempt(state=AttemptState.SUPPRESSED, disposition=D.SUPPRESSED), 0),
        (LOST, CALLING.max_calls_per_case - 1),
    ],
)
def test_the_end_of_a_call_says_how_often_it_is_repeated(last: Attempt, times: int) -> None:
    assert len(chain(last, WIDE, CALLING)) == times


def test_a_lost_call_is_rung_again_only_if_the_bank_wants_that() -> None:
    assert isinstance(next_call([LOST], T0, WIDE, CALLING), NextCall)
    refused = next_call([LOST], T0, WIDE, replace(CALLING, redial_unknown=False))
    assert refused == NoMoreCalls(reason="call_lost")


def test_a_short_window_compresses_the_ladder_and_a_shorter_one_ends_it() -> None:
    useful = CALLING.ring_timeout + CALLING.useful_talk
    settles = T0 + 2 * MINUTE + useful
    squeezed = next_call([ended(D.NO_ANSWER)], T0, settles, CALLING)
    assert squeezed == NextCall(due_at=T0 + 2 * MINUTE, latest_start=T0 + 2 * MINUTE), "not five minutes: two"
    just = T0 + CALLING.min_gap + useful
    assert isinstance(next_call([ended(D.NO_ANSWER)], T0, just, CALLING), NextCall)
    over = next_call([ended(D.NO_ANSWER)], T0, just - timedelta(microseconds=1), CALLING)
    assert over == NoMoreCalls(reason="window_too_short")


endings = st.builds(
    ended,
    st.sampled_from(Disposition),
    st.sampled_from(Contact),
    number_at_fault=st.booleans(),
) | st.just(LOST)
callings = st.builds(
    Calling,
    busy_retries=st.integers(0, 9),
    no_answer_retries=st.integers(0, 9),
    cut_short_retries=st.integers(0, 9),
    max_calls_per_case=st.integers(1, 9),
    redial_unknown=st.booleans(),
    min_gap=st.integers(1, 30).map(lambda s: timedelta(seconds=s)),
    busy_gap=st.integers(30, 600).map(lambda s: timedelta(seconds=s)),
    no_answer_gap=st.integers(30, 600).map(lambda s: timedelta(seconds=s)),
    cut_short_gap=st.integers(30, 600).map(lambda s: timedelta(seconds=s)),
    later_retries=st.integers(0, 9),
    later_gap=st.integers(30, 600).map(lambda s: timedelta(seconds=s)),
)


@given(
    story=st.lists(st.tuples(endings, st.integers(0, 120)), min_size=12, max_size=12), calling=callings,
    window=st.integers(0, 7200), spare=st.integers(0, 9),
)  # fmt: skip
def test_whatever_happens_the_calls_are_few_far_apart_and_in_time(
    story: list[tuple[Attempt, int]], calling: Calling, window: int, spare: int
) -> None:
    settles = T0 + timedelta(seconds=window)
    useful = settles - calling.ring_timeout - calling.useful_talk
    now, rung, used = T0, [], Counter[Disposition | None]()
    for last, lasted in story:
        now += timedelta(seconds=lasted)
        rung.append(last)
        used[last.disposition] += 1
        step = next_call(rung, now, settles, calling, spare=spare)
        if isinstance(step, NoMoreCalls):
            assert step.reason
            break
        assert step.due_at <= step.latest_start == useful
        wait = step.due_at - now
        assert wait >= calling.min_gap or last is LOST, "people need a moment between two ringings"
        now = step.due_at
    assert len(rung) <= calling.max_calls_per_case
    assert used[D.BUSY] <= calling.busy_retries + 1 + (calling.later_retries if spare else 0)
    assert used[D.NO_ANSWER] + used[D.REJECTED] <= calling.no_answer_retries + 1
    assert used[D.FAILED] <= 2
