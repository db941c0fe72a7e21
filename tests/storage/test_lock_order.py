"""Locks are taken in one order: case, customer, then the account's lines and the single SMS.

One transaction holds a case and another one wants it. While the second waits, it may not hold anything that the
first could want next; otherwise each waits for the other until PostgreSQL kills one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, text

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff
from tests.unit.desk import dependencies, someone, wait
from tests.unit.sms_desk import start_next
from wakeup.domain.errors import LockedError, NotFoundError, OvertakenError
from wakeup.domain.ids import CaseId, CustomerId, GuardianId, SmsId, TransferId
from wakeup.domain.review import Reason
from wakeup.domain.sms import Sms, SmsKind, SmsState
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier
from wakeup.storage.engine import make_engine
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.customer import raise_next_tiers
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.guardians.enrol_guardians import apply_change, put_guardians
from wakeup.usecases.idempotency import Inbound
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.receive_event import receive_batch
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.climb import climb
from wakeup.usecases.repositories.guardians import Change
from wakeup.usecases.review.review import Order, claim
from wakeup.usecases.texts.send_texts import Sender

T = TypeVar("T")
MEI, SENDER = CustomerId("u_1"), Sender(account="AC", from_="+6531580001")
DEPENDENCIES = dependencies()
PATIENCE = 20_000
"""Queries of the list of waiting backends before a test gives up; each takes about a millisecond."""


def unit(connection: Connection) -> SqlUnit:
    return SqlUnit(connection, DEPENDENCIES)


def opened(engine: Engine) -> CaseId:
    """A case of Mei's, with an SMS that is due."""
    with engine.begin() as connection:
        work = unit(connection)
        case = open_case(work, wait(1, customer_id=MEI, guardians=(someone("+6598886666", "g_1"),)), T0).case_id
        work.texts.add(
            Sms(
                id=SmsId("sms_1"), case_id=case, customer_id=MEI,
                kind=SmsKind.PROMPT, number_index="n", region="SG", line_type="mobile", phone="+6598886666",
                body="…", template="prompt.zh.1", segments=1, due_at=T0, latest_at=T0 + 20 * MINUTE,
            )
        )  # fmt: skip
        work.guardians.wait(Change(customer_id=MEI, guardian_id=GuardianId("g_9"), due_at=T0, wanted=None))
    return case


def joins(work: SqlUnit) -> None:
    open_case(work, wait(2, T0 + MINUTE, customer_id=MEI), T0 + MINUTE)


def rises(work: SqlUnit) -> None:
    again = wait(1, customer_id=MEI, event_id="again", content_hash="other", tier=Tier.CRITICAL)
    open_case(work, again, T0 + MINUTE)


def enrols(work: SqlUnit) -> None:
    put_guardians(work, MEI, [], T0 + MINUTE)


@pytest.mark.parametrize("wish", [joins, rises, enrols])
def test_a_use_case_that_waits_for_a_case_holds_no_lock_that_its_holder_may_want(
    engine: Engine, wish: Callable[[SqlUnit], None]
) -> None:
    case = opened(engine)
    with engine.connect() as first, ThreadPoolExecutor(1) as other:
        with first.begin():
            holder = unit(first)
            with CaseFile(holder, holder.cases.lock(case), T0 + MINUTE) as file:
                waiting = other.submit(_do, engine, wish)
                assert _waits(engine, first, waiting), "it never asked for the case"
                first.execute(text("SET LOCAL lock_timeout = '1s'"))
                raise_next_tiers(file)
                holder.lines.lock("sms:AC")
                holder.texts.save(_sms(holder))
        waiting.result(10)


def test_a_warning_waits_for_no_other_case_of_the_customer(engine: Engine) -> None:
    """The transaction that holds the earlier case may want this one next, so only the alarm is raised."""
    earlier = opened(engine)
    _do(engine, lambda work: apply_transfer_event(work, _released(), T0))
    later = opened_again(engine)
    with engine.connect() as first:
        with first.begin():
            holder = unit(first)
            holder.cases.lock(earlier)
            _do(engine, lambda work: warns(work, later))
        assert told(engine, earlier) == []
        assert told(engine, later) == [{"case": earlier, "alarm": True}]
    _do(engine, lambda work: warns(work, later))
    assert told(engine, earlier) == [{"case": later, "alarm": True}]


def _released() -> TransferEventIn:
    return TransferEventIn(
        event_id="gone", content_hash="h", transfer_id=TransferId("t_1"), kind=TransferNews.RELEASED,
        occurred_at=T0,
    )  # fmt: skip


def opened_again(engine: Engine) -> CaseId:
    with engine.begin() as connection:
        return open_case(unit(connection), wait(3, T0 + MINUTE, customer_id=MEI), T0 + MINUTE).case_id


def warns(work: SqlUnit, case_id: CaseId) -> None:
    work.connection.execute(text("SET LOCAL lock_timeout = '1s'"))
    with CaseFile(work, work.cases.lock(case_id), T0 + 2 * MINUTE) as file:
        alarm_after_allow(file, WARNED, "callee")


def told(engine: Engine, case_id: CaseId) -> list[dict[str, Any]]:
    asked = text("SELECT data FROM timeline WHERE case_id = :case AND kind = :kind ORDER BY n")
    with engine.begin() as connection:
        return [json.loads(data) for data in connection.execute(asked, {"case": case_id, "kind": WARNED}).scalars()]


def test_a_change_that_is_due_waits_for_its_customer_with_empty_hands(engine: Engine) -> None:
    opened(engine)
    with engine.connect() as first, ThreadPoolExecutor(1) as other:
        with first.begin():
            holder = unit(first)
            holder.customers.lock(MEI)
            waiting = other.submit(_do, engine, lambda work: apply_change(work, MEI, GuardianId("g_9"), T0 + MINUTE))
            assert _waits(engine, first, waiting), "it never asked for the customer"
            first.execute(text("SET LOCAL lock_timeout = '1s'"))
            holder.guardians.forget_change(MEI, GuardianId("g_9"))
        waiting.result(10)


LATE = T0 + 20 * MINUTE
CRITICAL: dict[str, Any] = {"customer_id": MEI, "tier": Tier.CRITICAL, "forwarding": True}


def warns_with_another(work: SqlUnit) -> None:
    open_case(work, wait(3, LATE, **CRITICAL), LATE)


def warns_again(work: SqlUnit) -> None:
    open_case(work, wait(1, event_id="again", content_hash="other", **CRITICAL), LATE)


@pytest.mark.parametrize("wish", [warns_with_another, warns_again])
@pytest.mark.parametrize("released", [True, False])
def test_a_warning_reaches_the_case_that_came_while_it_waited(
    engine: Engine, wish: Callable[[SqlUnit], None], released: bool
) -> None:
    case = opened(engine)
    with engine.begin() as connection:
        closed(unit(connection), case, released=released)
    with engine.connect() as first, ThreadPoolExecutor(1) as other:
        with first.begin():
            # Its window is over before the event arrives: the case is in review at once.
            late = open_case(unit(first), wait(2, customer_id=MEI, minutes=10), LATE)
            waiting = other.submit(_do, engine, wish)
            assert _waits(engine, first, waiting), "it never asked for the customer"
        with pytest.raises(OvertakenError):
            waiting.result(10)
    _do(engine, wish)
    with engine.begin() as connection:
        work = unit(connection)
        transfer = work.transfers.get(late.transfer_id)
        assert transfer is not None and transfer.guarded
        assert work.cases.lock(late.case_id).tier is Tier.CRITICAL


def closed(work: SqlUnit, case: CaseId, *, released: bool) -> None:
    """Mei's first case is over, or in review."""
    if released:
        news = TransferEventIn(
            event_id="gone", content_hash="h", transfer_id=TransferId("t_1"), occurred_at=T0,
            kind=TransferNews.RELEASED,
        )  # fmt: skip
        apply_transfer_event(work, news, T0 + MINUTE)
    settle_case(work, case, T0 + 30 * MINUTE)


def test_a_batch_about_one_customer_does_not_overtake_itself(migrated_url: str) -> None:
    engine = make_engine(migrated_url)
    opened(engine)
    events = [wait(n, LATE, customer_id=MEI) for n in (2, 3)]
    with engine.begin() as connection:
        inbound = Inbound(client="bank", webhook_id="msg_1", body_hash="h")
        taken = receive_batch(unit(connection), inbound, events, LATE)
    assert [one.new for one in taken if isinstance(one, Accepted)] == [True, True]
    engine.dispose()


def _do(engine: Engine, wish: Callable[[SqlUnit], T]) -> T:
    with engine.begin() as connection:
        return wish(unit(connection))


def _sms(work: SqlUnit) -> Sms:
    found = work.texts.get(SmsId("sms_1"))
    assert found is not None
    return found


def _waits(engine: Engine, holder: Connection, who: Future[Any]) -> bool:
    """True if the other transaction waits for what this connection holds, and did not end without it."""
    pid = holder.scalar(text("SELECT pg_backend_pid()"))
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))")
    # Each query runs in its own transaction: within one transaction the list of backends stays as the first query saw
    # it.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as eyes:
        return any(eyes.scalar(asked, {"pid": pid}) for _ in range(PATIENCE) if not who.done())


@pytest.mark.parametrize("wish", [settle_case, climb])
def test_a_loop_that_comes_again_soon_does_not_wait_for_a_locked_case(
    engine: Engine, wish: Callable[[SqlUnit, CaseId, datetime], int]
) -> None:
    case = opened(engine)
    with engine.begin() as first:
        unit(first).cases.lock(case)
        with pytest.raises(LockedError):
            _do(engine, lambda work: wish(work, case, T0 + MINUTE))
    _do(engine, lambda work: wish(work, case, T0 + MINUTE))
    with pytest.raises(NotFoundError):
        _do(engine, lambda work: wish(work, CaseId("case_unknown"), T0 + MINUTE))


def test_a_text_that_another_node_has_in_hand_is_not_waited_for(engine: Engine) -> None:
    """The next SMS is sent first. Before, one node of three wrote, and two waited for the same SMS."""
    case = opened(engine)
    with engine.begin() as first:
        unit(first).cases.lock(case)
        with pytest.raises(LockedError):
            _do(engine, lambda work: start_next(work, SENDER, T0 + MINUTE))
    _do(engine, lambda work: start_next(work, SENDER, T0 + MINUTE))
    assert _do(engine, lambda work: _sms(work).state) is SmsState.SENDING


def test_the_later_of_two_releases_at_once_waits_and_counts_the_earlier(engine: Engine) -> None:
    """Each amount is below the daily sum that needs two persons, and both together are above it."""
    _do(engine, lambda work: work.staff.add(a_staff("ann")))
    held, now = [held_for_days(engine, n) for n in (1, 2)], T0 + 30 * HOUR
    assert held[0] != held[1]
    with engine.connect() as first, ThreadPoolExecutor(1) as other:
        with first.begin():
            assert releases(unit(first), 1, held[0], now) is Released.RELEASED
            later = other.submit(_do, engine, lambda work: releases(work, 2, held[1], now))
            assert _waits(engine, first, later), "it never asked for the customer"
        assert later.result(10) is Released.SECOND_NEEDED


def held_for_days(engine: Engine, n: int) -> CaseId:
    """A separate case of Mei's, with a transfer that was flagged the day before and is on hold; Ann has claimed it."""
    at = T0 + n * HOUR
    event = wait(n, at, customer_id=MEI, amount=Decimal(8_000), hold_max=T0 + 96 * HOUR)
    case_id = _do(engine, lambda work: open_case(work, event, at).case_id)
    _do(engine, lambda work: settle_case(work, case_id, at + 31 * MINUTE))
    mine = Order(staff_id=StaffId("usr_ann"), case_id=case_id, version=0)
    _do(engine, lambda work: claim(work, mine, T0 + 30 * HOUR))
    return case_id


def releases(work: SqlUnit, n: int, case_id: CaseId, now: datetime) -> Released:
    wish = Order(staff_id=StaffId("usr_ann"), case_id=case_id, version=1, reason=Reason.PAYEE_CHECKED)
    return release(work, wish, DecisionRef(transfer_id=TransferId(f"t_{n}"), sequence=2), now)
