"""The queries after a late warning and after a guardian's no, on a database of each kind."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine

from tests.storage.test_lock_order import MEI, _do, _released, opened, opened_again
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff
from tests.unit.desk import wait
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.party import Role
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.guard import guard_one
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.review.queue import read_queue
from wakeup.usecases.review.review import Order, claim

LATER = T0 + 3 * MINUTE


def queued(engine: Engine) -> list[str]:
    return [one.waiting.transfer_id for one in _do(engine, lambda work: read_queue(work, LATER)).queued]


def warns(work: SqlUnit, case_id: CaseId) -> None:
    with CaseFile(work, work.cases.lock(case_id), LATER) as file:
        alarm_after_allow(file, WARNED, "callee")


def test_a_warning_in_another_case_queues_a_payment_that_left_until_follow_up(any_engine: Engine) -> None:
    earlier = opened(any_engine)
    _do(any_engine, lambda work: apply_transfer_event(work, _released(), T0))
    later = opened_again(any_engine)
    assert queued(any_engine) == []
    _do(any_engine, lambda work: warns(work, later))
    assert queued(any_engine) == ["t_1"]
    _do(any_engine, lambda work: work.staff.add(a_staff("ann")))
    mine = Order(staff_id=StaffId("usr_ann"), case_id=earlier, version=0)
    _do(any_engine, lambda work: claim(work, mine, LATER))
    said = replace(mine, version=1, reason=Reason.OTHER, text="the bank has stopped it")
    _do(any_engine, lambda work: follow_up(work, said, LATER))
    assert queued(any_engine) == []
    assert _do(any_engine, lambda work: work.cases.lock(earlier).state) is CaseState.SETTLED


def test_a_guarded_payment_guards_the_one_beside_it_even_after_its_release(any_engine: Engine) -> None:
    def guarded(work: SqlUnit) -> bool:
        other = work.transfers.get(TransferId("t_2"))
        assert other is not None
        return work.transfers.guarded_beside(other)

    def guards(work: SqlUnit) -> None:
        with CaseFile(work, work.cases.lock(case_id), T0) as file:
            guard_one(file, next(one for one in file.transfers() if one.id == "t_1"))

    case_id = opened(any_engine)
    _do(any_engine, lambda work: open_case(work, wait(2, customer_id=MEI), T0))
    assert not _do(any_engine, guarded)
    _do(any_engine, guards)
    assert _do(any_engine, guarded)
    _do(any_engine, lambda work: apply_transfer_event(work, _released(), T0))
    assert _do(any_engine, guarded)


def test_a_guardian_who_said_no_is_known_by_number(any_engine: Engine) -> None:
    def stops(work: SqlUnit) -> str:
        case = work.cases.lock(case_id)
        [guardian] = [one for one in work.parties.of_case(case) if one.role is Role.GUARDIAN]
        if silent:
            work.parties.silence(guardian.id)
        return guardian.number_index

    silent, case_id = False, opened(any_engine)
    number = _do(any_engine, stops)
    assert not _do(any_engine, lambda work: work.parties.guardian_stopped(MEI, number))
    silent = True
    _do(any_engine, stops)
    found = [(MEI, number), (CustomerId("u_2"), number), (MEI, "other")]
    assert _do(any_engine, lambda work: [work.parties.guardian_stopped(*one) for one in found]) == [True, False, False]
