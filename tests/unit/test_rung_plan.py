"""The times of the rungs: in order, in time, squeezed when the window is short, moved when it changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import MINUTE, T0
from wakeup.domain.policy import Calling
from wakeup.domain.rung import LADDERS, Rung, RungKind
from wakeup.domain.rung_plan import LATENESS, LEAST, Done, RungPlan, Window, needs, plan_rungs, roomy_next
from wakeup.domain.transfer import Tier

CALLING, K = Calling(), RungKind
CRITICAL = LADDERS[Tier.CRITICAL]
SECOND = timedelta(seconds=1)


def dates(minutes: float, *done: RungKind, ladder: tuple[Rung, ...] = CRITICAL) -> dict[RungKind, timedelta]:
    """Rung kind -> time after the flag, in a window of `minutes`."""
    found = plan_rungs(ladder, [window(minutes)], [Done(kind=kind) for kind in done], CALLING)
    return {step.kind: step.due_at - T0 for step in found.steps}


def window(minutes: float, since: timedelta = timedelta()) -> Window:
    return Window(begins_at=T0 + since, ends_at=T0 + since + minutes * MINUTE)


def test_half_an_hour_has_room_for_everything() -> None:
    assert dates(30) == {
        K.CALL: timedelta(), K.TEXT_GUARDIAN: 6 * MINUTE, K.HUMAN_AGENT: 8 * MINUTE, K.CALL_GUARDIAN: 10 * MINUTE,
        K.CALL_ALTERNATE: 15 * MINUTE, K.POLICE_HANDOFF: 15 * MINUTE,
    }  # fmt: skip


def test_a_wider_window_moves_only_what_is_a_part_of_it() -> None:
    assert dates(120) == {**dates(30), K.POLICE_HANDOFF: 60 * MINUTE}


def test_a_short_window_brings_everything_forward_in_its_order() -> None:
    found = dates(10)
    assert found[K.CALL_ALTERNATE] == 10 * MINUTE - 75 * SECOND - LATENESS, (
        "the last moment at which it can still be of use"
    )
    assert found[K.TEXT_GUARDIAN] == found[K.CALL_ALTERNATE] * 6 / 15
    assert found[K.POLICE_HANDOFF] == 5 * MINUTE


def test_a_rung_that_was_spared_for_one_window_comes_for_the_next_at_its_time() -> None:
    both = [window(30), window(30, since=10 * MINUTE)]
    spared = plan_rungs(CRITICAL, both, [Done(kind=K.HUMAN_AGENT, until=T0 + 8 * MINUTE)], CALLING)
    assert {s.kind: s.due_at - T0 for s in spared.steps}[K.HUMAN_AGENT] == 18 * MINUTE
    assert spared.next_at == T0
    alone = plan_rungs(CRITICAL, both[:1], [Done(kind=K.HUMAN_AGENT, until=T0 + 8 * MINUTE)], CALLING)
    assert K.HUMAN_AGENT not in {s.kind for s in alone.steps}
    assert alone.unfit == ()


def test_the_shortest_window_still_has_everything() -> None:
    assert list(dates(3)) == [
        K.CALL, K.TEXT_GUARDIAN, K.HUMAN_AGENT, K.CALL_GUARDIAN, K.POLICE_HANDOFF, K.CALL_ALTERNATE
    ]  # fmt: skip


def test_a_rung_that_could_not_finish_is_left_out_for_the_next_that_can() -> None:
    found = plan_rungs(CRITICAL, [window(2)], [], CALLING)
    assert found.unfit == (K.HUMAN_AGENT, K.CALL_GUARDIAN, K.CALL_ALTERNATE)
    assert {step.kind for step in found.steps} == {K.CALL, K.TEXT_GUARDIAN, K.POLICE_HANDOFF}


def test_a_rung_that_was_taken_is_not_taken_again_and_moves_no_other() -> None:
    assert dates(10, K.CALL, K.HUMAN_AGENT) == {
        kind: at for kind, at in dates(10).items() if kind not in {K.CALL, K.HUMAN_AGENT}
    }
    twice = (Rung(kind=K.CALL), Rung(kind=K.CALL, after=9 * MINUTE))
    assert dates(30, K.CALL, ladder=twice) == {K.CALL: 9 * MINUTE}


def test_each_rung_takes_the_window_that_wants_it_first() -> None:
    found = plan_rungs(CRITICAL, [window(30), window(10, since=2 * MINUTE)], [Done(kind=K.CALL)], CALLING)
    due = {step.kind: step.due_at - T0 for step in found.steps}
    assert due[K.POLICE_HANDOFF] == 7 * MINUTE, "half of the shorter one"
    assert due[K.TEXT_GUARDIAN] == 2 * MINUTE + dates(10)[K.TEXT_GUARDIAN]


def test_without_a_window_there_is_nothing_to_climb() -> None:
    assert plan_rungs(CRITICAL, [], [], CALLING) == RungPlan()
    assert RungPlan().next_at is None


minutes = st.integers(1, 48 * 60).map(lambda n: n * MINUTE)
rungs = st.builds(Rung, kind=st.sampled_from(RungKind), after=minutes) | st.builds(
    Rung, kind=st.sampled_from(RungKind), share=st.integers(1, 99).map(lambda n: Decimal(n) / 100)
)
ladders = st.lists(rungs, max_size=8).map(lambda more: (Rung(kind=K.CALL), *more))
spans = st.integers(0, 96 * 3600).map(lambda n: n * SECOND)


@given(ladder=ladders | st.sampled_from(list(LADDERS.values())), span=spans)
def test_no_rung_is_planned_that_could_not_finish_and_none_before_the_flag(
    ladder: tuple[Rung, ...], span: timedelta
) -> None:
    found = plan_rungs(ladder, [Window(begins_at=T0, ends_at=T0 + span)], [], CALLING)
    assert len(found.steps) + len(found.unfit) == len(ladder), "nothing is forgotten"
    assert list(found.steps) == sorted(found.steps, key=lambda step: step.due_at)
    for step in found.steps:
        assert T0 <= step.due_at <= T0 + span - needs(step.kind, CALLING) - LATENESS
        wanted = ladder[step.n].after
        assert wanted / LEAST - SECOND <= step.due_at - T0 or ladder[step.n].share is not None
    timed = sorted((ladder[step.n].after, step.due_at) for step in found.steps if ladder[step.n].share is None)
    assert [due for _, due in timed] == sorted(due for _, due in timed), "squeezed, never shuffled"


@given(ladder=ladders | st.sampled_from(list(LADDERS.values())), span=spans)
def test_the_quick_way_for_fresh_cases_says_the_same(ladder: tuple[Rung, ...], span: timedelta) -> None:
    one = Window(begins_at=T0, ends_at=T0 + span)
    quick, found = roomy_next(ladder, one, CALLING), plan_rungs(ladder[1:], [one], [], CALLING)
    assert quick in {None, found.next_at}
    if span >= 60 * 60 * MINUTE:
        assert quick == found.next_at, "nothing squeezes these: the quick way must know it"


@given(ladder=ladders, span=spans, more=spans)
def test_more_time_never_takes_a_rung_away(ladder: tuple[Rung, ...], span: timedelta, more: timedelta) -> None:
    one = plan_rungs(ladder, [Window(begins_at=T0, ends_at=T0 + span)], [], CALLING)
    two = plan_rungs(ladder, [Window(begins_at=T0, ends_at=T0 + span + more)], [], CALLING)
    assert {step.n for step in one.steps} <= {step.n for step in two.steps}
