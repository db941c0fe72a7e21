"""Two nodes, or two threads of one, are about to call a customer: the second must not, because of the first call,
which is not committed yet.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine

from tests.storage.interleave import Wish, before, meet, run
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import DIALLING, someone, take_claims, wait
from wakeup.domain.attempt import Attempt, AttemptState, Errand
from wakeup.domain.errors import LockedError
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.party import Role
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.dispatch.claim_attempts import claim_one
from wakeup.usecases.dispatch.start_calls import Started, start_due
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case

OURS = DIALLING.from_numbers
OTHER_NODE = replace(DIALLING, node="other")
MEI = CustomerId("u_1")
MORNING = T0 + 40 * MINUTE


def case_of(engine: Engine, n: int, minutes: int) -> CaseId:
    event = wait(n, T0, customer_id=MEI, minutes=minutes, alternates=(someone(f"+659777000{n}", "u_1"),))
    return run(engine, lambda work: open_case(work, event, T0)).case_id


def two_calls_to_mei(engine: Engine) -> list[AttemptId]:
    """Mei was promised a call about the payment on hold, at her other number; another call is due about a later
    payment.
    """
    held = case_of(engine, 1, minutes=10)
    run(engine, lambda work: settle_case(work, held, T0 + 10 * MINUTE))
    promised = AttemptId("att_promised")

    def promises(work: SqlUnit) -> None:
        other = next(p for p in work.parties.of_case(work.cases.lock(held)) if p.role is Role.ALTERNATE)
        work.attempts.add(
            Attempt(
                id=promised, case_id=held, party_id=other.id, number_index=other.number_index, n=2, due_at=MORNING,
                latest_start=MORNING + 10 * MINUTE, value=1, errand=Errand.APPOINTMENT,
            ),
            T0,
        )  # fmt: skip

    run(engine, promises)
    pending = case_of(engine, 2, minutes=90)
    assert pending != held
    return [promised, run(engine, lambda work: work.attempts.of_case(pending))[0].id]


@pytest.mark.parametrize("alone", [True, False])
def test_a_customer_with_two_telephones_is_not_rung_on_both_at_once(engine: Engine, alone: bool) -> None:
    """Both calls were due in the morning. When a call is started on its own, claim and intent are one transaction."""
    calls = two_calls_to_mei(engine)
    claims = run(engine, lambda work: take_claims(work, MORNING, 9 if not alone else 1))
    rings: list[Wish] = [partial(write_intent, claim=claim, from_numbers=OURS, now=MORNING) for claim in claims]
    if alone:
        rings.append(lambda work: start_due(work, OTHER_NODE, 9, MORNING))
    met = meet(engine, rings[0], rings[1], before("UPDATE attempts"))
    if alone:
        # It waits for no other transaction, because those lines belong to this account.
        assert isinstance(met.second, Started) and met.second.intent is None and not met.waited, met
        [claim] = met.second.claims
        run(engine, lambda work: write_intent(work, claim, OURS, MORNING))
    assert met.stopped and met.waited is not alone, met
    states = sorted(run(engine, lambda work: [work.attempts.get(call).state for call in calls]))
    assert states == [AttemptState.PLANNED, AttemptState.SENDING]


def test_a_claim_by_itself_does_not_wait_for_its_case_with_the_lines_in_hand(engine: Engine) -> None:
    """The transaction that holds the case may want the lines next, as the handling of a POST's response does."""
    case_id = case_of(engine, 1, minutes=30)
    call = run(engine, lambda work: work.attempts.of_case(case_id))[0].id

    def holds(work: SqlUnit) -> None:
        work.cases.lock(case_id)
        work.transfers.of_case(case_id)

    met = meet(engine, holds, lambda work: claim_one(work, DIALLING, call, T0), before("FROM transfers"))
    assert met.stopped and not met.waited and isinstance(met.second, LockedError), met
    assert run(engine, lambda work: claim_one(work, DIALLING, call, T0))
