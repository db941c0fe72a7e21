"""Decide once: whatever comes in whatever order, a transfer has one decision in force, in time, and never two."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY, Desk, said
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Decision, Ruling, Verdict
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Evidence, Outcome
from wakeup.domain.transfer import Tier, Transfer, TransferState
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import extend_standing_hold, record_decision
from wakeup.usecases.deciding.deliver import listed, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.queries import decision_in_force
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.records import EarlyNews, MessageState
from wakeup.web.api.responses import decision_made

S, R = TransferState, Ruling
STATE_OF = {R.ALLOW: S.ALLOWED, R.HOLD: S.HELD, R.REFUSE: S.REFUSED}
HOLD_MAX = timedelta(hours=6)


@cache
def the_desk() -> Desk:
    """One desk for all tests, because every story uses a customer of its own."""
    return Desk()


acts = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(
            ["settle", "settle twice", "yes", "yes", "warned", "nothing", "tap", "raise", "cancel", "arrives"]
        ),
    ),
    max_size=12,
)


def act(desk: Desk, case_id: CaseId, transfer_id: TransferId, what: str, now: datetime, n: int) -> None:
    outcomes = {"yes": Outcome.CONSISTENT, "nothing": Outcome.PARTIAL}
    if what == "warned":
        desk.on(case_id, now, lambda file: warned_by(file, said(Outcome.COACHED, transfer_id, now, n)))
    elif what == "arrives":
        desk.deliver(now)
    elif what in outcomes:
        desk.teach(case_id, said(outcomes[what], transfer_id, now, n), now)
    elif what in {"tap", "cancel"}:
        kind = TransferNews.CONFIRMED_IN_APP if what == "tap" else TransferNews.CANCELLED_IN_APP
        if what == "tap" or desk.transfer(transfer_id).state is not S.REFUSED:
            news = TransferEventIn(
                event_id=f"news_{transfer_id}_{n}", content_hash="h", transfer_id=transfer_id,
                kind=kind, occurred_at=now,
            )  # fmt: skip
            desk.run(apply_transfer_event, news, now)
    elif what == "raise":
        number = int(transfer_id.removeprefix("t_"))
        again = {"event_id": f"evt_{number}_{n}", "content_hash": f"hash_{number}_{n}"}
        desk.flag(number, now, tier=Tier.CRITICAL, **again)
    else:
        desk.run(settle_case, case_id, now)
        if what == "settle twice":
            before = desk.transfer(transfer_id).sequence
            desk.run(settle_case, case_id, now)
            assert desk.transfer(transfer_id).sequence == before, "nothing is decided twice"


def warned_by(file: CaseFile, evidence: Evidence) -> None:
    """Add the warning as the end of a talk does."""
    file.unit.talks.add_evidence(evidence, file.case.id)
    alarm_after_allow(file, WARNED, "callee")
    settle_file(file)


@settings(max_examples=40)
@given(story=acts, tier=st.sampled_from(Tier))
@example(story=[(1, "yes"), (16, "settle twice"), (1, "warned"), (1, "cancel")], tier=Tier.MEDIUM)
@example(story=[(1, "yes"), (1, "tap"), (40, "settle"), (1, "raise")], tier=Tier.HIGH)
@example(story=[(1, "yes"), (1, "tap"), (1, "raise"), (40, "settle twice")], tier=Tier.HIGH)
@example(story=[(20, "yes"), (11, "settle"), (1, "warned"), (30, "settle")], tier=Tier.MEDIUM)
@example(story=[(1, "yes"), (16, "settle"), (1, "arrives"), (1, "warned"), (30, "settle")], tier=Tier.MEDIUM)
@example(story=[(1, "yes"), (16, "settle"), (1, "warned"), (1, "yes"), (30, "settle twice")], tier=Tier.MEDIUM)
def test_a_transfer_has_one_decision_in_force_in_time_and_never_two(story: list[tuple[int, str]], tier: Tier) -> None:
    desk, now = the_desk(), T0
    opened = desk.flag(None, now, tier=tier)
    case_id, transfer_id = opened.case_id, opened.transfer_id
    assert (opened.decision.ruling, opened.decision.sequence) == (R.HOLD, 1), "the standing hold comes with the answer"
    before, warned = desk.transfer(transfer_id), False
    for n, (minutes, what) in enumerate(story):
        now += minutes * MINUTE
        act(desk, case_id, transfer_id, what, now, n)
        warned = warned or what == "warned"
        before = check(desk, before, warned=warned)
    desk.run(settle_case, case_id, max(now, opened.decision.decide_by))
    assert desk.transfer(transfer_id).state is not S.PENDING, "decided when the window closes, whatever happened"
    end = max(now, T0 + HOLD_MAX)
    desk.run(settle_case, case_id, end)
    desk.run(settle_case, case_id, end)
    desk.deliver(end)
    after = desk.transfer(transfer_id)
    assert after.state in {S.ALLOWED, S.REFUSED, S.CANCELLED}, "no hold outlives the law"
    case = desk.on(case_id, end, lambda file: file.case)
    assert case.unheld_at is None or after.state is S.ALLOWED
    assert case.state is (CaseState.SETTLED if case.unheld_at is None else CaseState.IN_REVIEW), (
        "the warning came, or the bank raised it, too late"
    )


def check(desk: Desk, before: Transfer, *, warned: bool) -> Transfer:
    """Check what must hold after every single step."""
    transfer, decisions = desk.transfer(before.id), desk.decisions(before.id)
    assert [decision.sequence for decision in decisions] == list(range(1, transfer.sequence + 1))
    assert desk.told(before.id) == [decision.sequence for decision in decisions[1:]], "each told, none told twice"
    rulings = [decision.ruling for decision in decisions]
    assert rulings.count(R.ALLOW) <= 1
    assert rulings.count(R.REFUSE) <= 1
    if R.ALLOW in rulings:
        n = rulings.index(R.ALLOW) + 1
        after, arrived = rulings[n:], told_state(desk, decisions[n - 1]) is MessageState.DELIVERED
        assert not after or after[0] is R.HOLD, "what was allowed is held before it is refused"
        assert not (after and arrived), "and only while the core has not acknowledged it"
        assert arrived or after or not warned, "and always then"
    if transfer.state not in {S.PENDING, S.CANCELLED}:
        assert transfer.state is STATE_OF[rulings[-1]]
    if R.ALLOW in rulings[before.sequence :]:
        assert before.tier is not Tier.CRITICAL
        assert before.tier is not Tier.HIGH or before.confirmed_in_app_at is not None
        assert not warned
    assert (transfer.act_at is not None) == (transfer.state in {S.PENDING, S.HELD}), "whatever is open has a date"
    return transfer


def told_state(desk: Desk, decision: Decision) -> MessageState:
    """The state of the message that tells the payment core of it."""
    [message] = [one for one in desk.run(listed, None, 10_000) if one.decision_id == decision.id]
    return message.state


def test_a_graver_transfer_of_the_same_person_makes_the_lesser_ones_as_grave() -> None:
    desk = the_desk()
    small = desk.flag(customer_id="u_both")
    grave = desk.flag(customer_id="u_both", tier=Tier.CRITICAL)
    assert small.case_id == grave.case_id
    yes = said(Outcome.CONSISTENT, small.transfer_id, T0 + MINUTE, 0)
    desk.teach(small.case_id, yes, T0 + MINUTE)
    for minutes in (17, 30, 120):
        desk.run(settle_case, small.case_id, T0 + minutes * MINUTE)
    assert desk.transfer(small.transfer_id).state is S.HELD


def test_a_warning_about_one_transfer_holds_every_other_of_the_case() -> None:
    desk = the_desk()
    first, second = desk.flag(customer_id="u_two"), desk.flag(customer_id="u_two")
    desk.teach(first.case_id, said(Outcome.CONSISTENT, first.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    assert desk.transfer(first.transfer_id).allow_at is not None
    desk.teach(first.case_id, said(Outcome.NOT_ME, second.transfer_id, T0 + 2 * MINUTE, 1), T0 + 2 * MINUTE)
    for transfer_id in (first.transfer_id, second.transfer_id):
        transfer = desk.transfer(transfer_id)
        assert (transfer.state, transfer.allow_at) == (S.HELD, None), "at once, and without a promise"


def test_splitting_one_sum_into_many_does_not_help() -> None:
    desk, policy = the_desk(), POLICY.release
    share = policy.max_day / 2 + 1
    split = [desk.flag(customer_id="u_split", amount=share) for _ in range(2)]
    for opened in split:
        desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    desk.run(settle_case, split[0].case_id, T0 + 40 * MINUTE)
    assert {desk.transfer(opened.transfer_id).state for opened in split} == {S.HELD}
    assert {desk.decisions(opened.transfer_id)[-1].reason for opened in split} == {"above_limit"}


@pytest.mark.parametrize("days", [(0, 0), (0, 1, 2, 3)])
def test_splitting_a_sum_does_not_help_by_waiting_until_the_day_or_the_week_is_over(days: tuple[int, ...]) -> None:
    """The last payment exceeds the limit. Its hold is examined again shortly before it ends, ten days later."""
    desk, ids = Desk(), [TransferId(f"t_{n}") for n in range(len(days))]
    for n, day in enumerate(days):
        at = T0 + timedelta(days=day)
        flagged = desk.flag(n, at, customer_id="u_split", amount=Decimal(16_000), hold_max=at + timedelta(days=10))
        desk.teach(flagged.case_id, said(Outcome.CONSISTENT, ids[n], at + MINUTE, n), at + MINUTE)
        desk.run(settle_case, flagged.case_id, desk.transfer(ids[n]).act_at or at)
    last = T0 + timedelta(days=days[-1])
    desk.run(settle_case, desk.transfer(ids[-1]).case_id, last + HOUR)
    assert desk.transfer(ids[-1]).state is S.HELD
    desk.run(settle_case, desk.transfer(ids[-1]).case_id, last + timedelta(days=9, hours=23))
    assert desk.transfer(ids[-1]).state is S.HELD


def test_a_cancellation_that_crossed_its_event_counts_before_the_decision(desk: Desk) -> None:
    opened = desk.flag(1)
    news = EarlyNews(
        event_id="n_1", transfer_id=opened.transfer_id, kind=TransferNews.CANCELLED_IN_APP, occurred_at=T0,
        received_at=T0, decide_by=None, hold_max=None,
    )  # fmt: skip
    # Both transactions ran at once, so neither saw the other's rows.
    desk.run(lambda unit: unit.inbox.keep_early(news))
    desk.run(settle_case, opened.case_id, opened.decision.decide_by)
    transfer = desk.transfer(opened.transfer_id)
    assert transfer.state is TransferState.CANCELLED
    assert transfer.sequence == opened.decision.sequence, "there is nothing left to decide"


def test_a_decision_is_called_the_same_by_webhook_and_by_pull(desk: Desk) -> None:
    """Also after a user has moved the deadline, which is reported before anything is decided."""
    opened = desk.flag(1)

    def stands_longer(file: CaseFile) -> None:
        [transfer] = file.transfers()
        later = replace(transfer, decide_by=transfer.decide_by + HOUR, settle_at=transfer.settle_at + HOUR)
        extend_standing_hold(file, later, "anna")

    def is_held(file: CaseFile) -> None:
        record_decision(file, file.transfers()[0], Verdict(ruling=Ruling.HOLD, reason="nobody_reached"))

    told = []
    for act in (stands_longer, is_held):
        desk.on(opened.case_id, T0 + MINUTE, act)
        found = desk.run(decision_in_force, opened.transfer_id)
        [sent] = desk.run(take_messages, T0 + MINUTE, 9).messages
        desk.answer(sent, T0 + MINUTE)
        assert found is not None
        posted, pulled = json.loads(sent.envelope.body), decision_made(found.decision, POLICY.hold_basis)
        assert posted["hold_basis"] == pulled.hold_basis == POLICY.hold_basis, "it says why it is lawful"
        told.append((posted["type"], pulled.type))
    assert told == [("decision.made",) * 2, ("decision.changed",) * 2]
