"""A callee who cannot talk freely is followed up another way, whatever becomes of the payments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, review_of, take
from tests.unit.desk import Desk, said
from tests.unit.test_promised_calls import DUE, SAID, T1, T2, alarms_until
from tests.unit.test_recall import kinds, let_go, messages, nobody_answers
from tests.unit.test_warning_after_allow import LATER, alarms, case_of, news, queued
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import TransferState
from wakeup.ivr.scoring import CANNOT_TALK
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation.cannot_talk import follow_up_another_way
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case


def presses_5(desk: Desk, case_id: CaseId, now: Any = SAID) -> None:
    """The call ends without an answer about the payment."""

    def hear(file: CaseFile) -> None:
        before: Any = SimpleNamespace(flags=frozenset())
        after: Any = SimpleNamespace(flags=frozenset({CANNOT_TALK}))
        [call, *_] = file.calls()
        assert follow_up_another_way(file, call, before, after)
        file.unit.talks.add_evidence(said(Outcome.PARTIAL, T1, now, int(now.timestamp())), case_id)
        settle_file(file)

    desk.on(case_id, now, hear)


def follows_up(desk: Desk, case_id: CaseId, now: Any) -> None:
    take(desk, "ann", case_id, now)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "rang her son"), now)


@pytest.mark.parametrize("how", [TransferNews.CANCELLED_IN_APP, TransferNews.RELEASED])
def test_the_callee_is_followed_up_though_the_payment_is_over_a_minute_later(desk: Desk, how: TransferNews) -> None:
    """The scammer who listens may have the customer's phone in hand."""
    case_id = CaseId(desk.flag(1).case_id)
    presses_5(desk, case_id)
    news(desk, how, T1, SAID + MINUTE)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    assert [transfer for transfer, _ in queued(desk)] == [T1]
    assert alarms_until(desk, DUE + HOUR) == [DUE]
    follows_up(desk, case_id, DUE + HOUR)
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_the_callee_is_followed_up_though_the_hold_has_ended(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    presses_5(desk, case_id)
    for minutes in (30, 360):
        desk.run(settle_case, case_id, T0 + minutes * MINUTE)
    assert desk.transfer(T1).state is TransferState.REFUSED
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]


def test_a_callee_who_was_followed_up_before_the_payment_was_over_waits_no_more(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    presses_5(desk, case_id)
    follows_up(desk, case_id, SAID + MINUTE)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER)
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_a_release_by_staff_ends_the_wait_and_is_not_asked_back(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    presses_5(desk, case_id)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    take(desk, "ann", case_id, T0 + HOUR)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    wish = order(desk, "ann", case_id, Reason.IDENTIFIED_IN_BRANCH, "she came in")
    assert desk.run(release, wish, aim, T0 + HOUR) is Released.RELEASED
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_an_allow_that_is_not_acknowledged_is_recalled_and_the_callee_waits_beyond_the_answer_of_the_core(
    desk: Desk,
) -> None:
    case_id = let_go(desk)
    nobody_answers(desk)
    presses_5(desk, case_id, LATER)
    assert desk.transfer(T1).state is TransferState.HELD and alarms(desk, case_id) == [WARNED]
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    view = desk.run(read_case, case_id, LATER)
    assert view.waits
    desk.deliver(LATER)
    assert case_of(desk, case_id).unheld_at is None
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]


def test_an_allow_of_another_case_of_the_customer_is_recalled(desk: Desk) -> None:
    earlier = let_go(desk)
    nobody_answers(desk)
    case_id = CaseId(desk.flag(2, LATER - MINUTE, customer_id="u_1", phone="+6590000001").case_id)
    assert case_id != earlier
    presses_5(desk, case_id, LATER)
    assert (desk.transfer(T1).state, alarms(desk, earlier)) == (TransferState.HELD, [WARNED])
    assert [sequence for sequence, _ in messages(desk)] == [2, 3]
    assert "allow_called_back" in kinds(desk, earlier)
    assert review_of(desk, case_id).person_wanted_at == LATER and desk.transfer(T2).guarded
