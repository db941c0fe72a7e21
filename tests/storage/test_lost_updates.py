"""A transaction acts on what it has read, and another node changes it in between: races of two nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.storage.interleave import DEPENDENCIES, Wish, before, meet, run
from tests.storage.test_lock_order import told
from tests.storage.test_warned_at_once import learns
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff
from tests.unit.desk import PHONE, someone, wait
from tests.unit.enrolling import ENTRY
from tests.unit.guardian_steps import DAUGHTER, SON, guardian
from wakeup.domain.bulk import BulkRelease
from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.ids import CaseId, CustomerId, GuardianId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.domain.transfer import Tier, Transfer, TransferState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.console.sign_in import Proven, SessionLimits, begin_session, change_password, close_account
from wakeup.usecases.conversation.call_in import Caller, keep_on_hold, match_call_in
from wakeup.usecases.deciding.bulk_release import Span, ask_bulk, confirm_bulk, preview, release_some
from wakeup.usecases.deciding.overrule import DecisionRef, Released, confirm_release, release
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.idempotency import Inbound
from wakeup.usecases.inputs import MessageIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.receive_event import receive_batch
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.review import Order, claim
from wakeup.usecases.texts.receive_reply import receive_reply

MEI, LI = CustomerId("u_1"), CustomerId("u_2")
ANN, BEN = StaffId("usr_ann"), StaffId("usr_ben")
LATER = T0 + HOUR
OF_M = Span(model="m", since=T0, until=T0 + MINUTE)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    for name in ("ann", "ben"):
        run(engine, lambda work, name: work.staff.add(a_staff(name)), name)
    return engine


def opens(engine: Engine, n: int, now: datetime = T0, **changes: Any) -> CaseId:
    event = wait(n, now, **{"customer_id": MEI, **changes})
    return run(engine, lambda work: open_case(work, event, now)).case_id


def held(engine: Engine, n: int, **changes: Any) -> CaseId:
    """A payment on hold, in a case of its own: later payments open another case."""
    case_id = opens(engine, n, **changes)
    run(engine, lambda work: settle_case(work, case_id, T0 + 31 * MINUTE))
    return case_id


def transfer(engine: Engine, n: int) -> Transfer:
    found = run(engine, lambda work: work.transfers.get(TransferId(f"t_{n}")))
    assert found is not None
    return found


def taken(engine: Engine, who: StaffId, case_id: CaseId, reason: Reason | None = None) -> Order:
    """A person claims the case. Return the order for the next act on it."""

    def work(unit: SqlUnit) -> int:
        review = unit.reviews.get(case_id)
        return claim(unit, Order(staff_id=who, case_id=case_id, version=review.version if review else 0), LATER).version

    return Order(staff_id=who, case_id=case_id, version=run(engine, work), reason=reason)


def waits_for_a_second(engine: Engine) -> tuple[CaseId, Wish]:
    """A critical payment on hold, whose release Ann has requested; and Ben's confirmation."""
    case_id = held(engine, 1, tier=Tier.CRITICAL)
    aim = DecisionRef(transfer_id=TransferId("t_1"), sequence=transfer(engine, 1).sequence)
    anns = taken(engine, ANN, case_id, Reason.PAYEE_CHECKED)
    assert run(engine, lambda work: release(work, anns, aim, LATER)) is Released.SECOND_NEEDED
    bens = taken(engine, BEN, case_id, Reason.PAYEE_CHECKED)
    return case_id, lambda work: confirm_release(work, bens, aim, LATER)


def is_released_by_one(engine: Engine) -> tuple[CaseId, Wish]:
    """A payment on hold, which Ann releases from its page."""
    case_id = held(engine, 1)
    anns = taken(engine, ANN, case_id, Reason.PAYEE_CHECKED)
    [page] = run(engine, lambda work: read_case(work, case_id, LATER)).transfers
    aim = DecisionRef(transfer_id=page.transfer.id, sequence=page.transfer.sequence, binds=page.binds)
    return case_id, lambda work: release(work, anns, aim, LATER)


def is_in_a_wish_of_many(engine: Engine) -> tuple[CaseId, Wish]:
    """A payment on hold that two persons release together with others."""
    case_id = held(engine, 1)
    wish = run(engine, ask_for_all(engine))
    return case_id, confirmed(engine, wish)


def confirmed(engine: Engine, wish: BulkRelease) -> Wish:
    run(engine, lambda work: confirm_bulk(work, BEN, wish.id, LATER))
    return lambda work: release_some(work, BEN, wish.id, 9, LATER)


@pytest.mark.parametrize("released_first", [True, False])
@pytest.mark.parametrize("asked_for", [waits_for_a_second, is_released_by_one, is_in_a_wish_of_many])
def test_a_release_by_staff_and_a_warning_from_another_case_do_not_miss_each_other(
    engine: Engine, asked_for: Callable[[Engine], tuple[CaseId, Wish]], released_first: bool
) -> None:
    """A release checks for warnings before it allows the payment; a warning then checks for released payments. One
    of them must see the other.
    """
    case_id, releases = asked_for(engine)
    other = opens(engine, 2, LATER, customer=someone("+6590000001", MEI))

    def warns(work: SqlUnit) -> None:
        learns(work, other, Outcome.DISTRESS, LATER)

    if released_first:
        met = meet(engine, releases, warns, before("INSERT INTO review_acts"))
    else:
        met = meet(engine, warns, releases, before("SELECT DISTINCT transfers.case_id"))
    assert met.stopped and met.waited and met.anew == 0, met
    assert run(engine, lambda work: work.decisions.was_let_go(TransferId("t_1"))) is released_first
    assert transfer(engine, 1).state is TransferState.HELD, "at the latest it was called back"
    assert len(told(engine, case_id)) == (1 if released_first else 0)


def wants_both_released(engine: Engine) -> Wish:
    for n, who in ((2, LI), (1, MEI)):
        held(engine, n, customer_id=who)
    return ask_for_all(engine)


def ask_for_all(engine: Engine) -> Callable[[SqlUnit], BulkRelease]:
    seen = run(engine, lambda work: preview(work, OF_M, LATER)).digest
    return lambda work: ask_bulk(work, ANN, OF_M, Reason.FALSE_ALARM, "INC-204", seen, LATER)


def releases_both(engine: Engine) -> Wish:
    wish = run(engine, wants_both_released(engine))
    assert isinstance(wish, BulkRelease)
    return confirmed(engine, wish)


def guards_both(engine: Engine) -> Wish:
    """One guardian is asked about the payments of both customers, and then texts STOP."""
    for n, who in ((2, LI), (1, MEI)):
        case_id = opens(engine, n, customer_id=who, guardians=(guardian(),))
        with engine.begin() as connection:
            work = SqlUnit(connection, DEPENDENCIES)
            with CaseFile(work, work.cases.lock(case_id), T0) as file:
                assert ask_guardian(file, "test") is None
    return writes("STOP")


@pytest.mark.parametrize("acts_on", [wants_both_released, releases_both, guards_both])
def test_an_act_on_two_customers_cases_and_a_batch_of_events_lock_them_in_one_order(
    engine: Engine, acts_on: Callable[[Engine], Wish]
) -> None:
    """By the age of their cases Li comes first; by customer id she does not."""
    answer = meets_a_batch(engine, acts_on(engine))
    assert not isinstance(answer, BaseException), answer


def test_what_the_asker_of_a_bulk_release_has_waited_for_is_shown_to_them_first(engine: Engine) -> None:
    refused = meets_a_batch(engine, wants_both_released(engine), Tier.HIGH)
    assert isinstance(refused, ConflictError) and refused.field == "version", refused


def meets_a_batch(engine: Engine, acts: Wish, tier: Tier = Tier.MEDIUM) -> object:
    """`acts` begins while a batch of events about Mei and Li has locked the first of them: one waits for the other,
    and there is no deadlock.
    """
    events = [wait(n, LATER, customer_id=who, phone=f"+659{n - 2:07}", tier=tier) for n, who in ((3, MEI), (4, LI))]

    def comes(work: SqlUnit) -> None:
        receive_batch(work, Inbound(client="bank", webhook_id="msg_1", body_hash="h"), events, LATER)

    met = meet(engine, comes, acts, before("FROM customers WHERE customers.id", times=3))
    assert met.stopped and met.waited and met.anew == 0, met
    return met.second


@pytest.mark.parametrize("waits", [1, 0])
def test_news_that_comes_while_earlier_news_of_its_transfer_is_taken_up_is_not_thrown_away(
    engine: Engine, waits: int
) -> None:
    """Neither the event nor the news sees the other; the settler applies the news at the latest."""
    for _ in range(waits):
        run(engine, tells(TransferNews.CALL_STARTED_IN_APP))
    met = meet(
        engine,
        lambda work: open_case(work, wait(1, T0 + MINUTE), T0 + MINUTE),
        tells(TransferNews.CANCELLED_IN_APP),
        before("DELETE FROM early_news" if waits else "INSERT INTO transfers"),
    )
    assert met.stopped and not met.waited, met
    case_id = transfer(engine, 1).case_id
    run(engine, lambda work: settle_case(work, case_id, T0 + 31 * MINUTE))
    assert transfer(engine, 1).state is TransferState.CANCELLED


def tells(kind: TransferNews, n: int = 1) -> Callable[[SqlUnit], TransferEventResult]:
    news = TransferEventIn(event_id=f"evt_{kind}_{n}", content_hash="h", transfer_id="t_1", kind=kind, occurred_at=T0)
    return lambda work: apply_transfer_event(work, news, T0)


def test_only_one_of_two_calls_at_once_from_the_announced_number_is_matched(engine: Engine) -> None:
    """The other call forges the customer's number. It used to replace the first call, whose key then held no
    payment.
    """
    opens(engine, 1, phone=PHONE)
    run(engine, tells(TransferNews.CALL_STARTED_IN_APP))
    theirs, forged = (Caller(call_sid=f"CA{n:032}", from_=PHONE) for n in (1, 2))
    met = meet(
        engine,
        lambda work: match_call_in(work, theirs, T0 + MINUTE),
        lambda work: match_call_in(work, forged, T0 + MINUTE),
        before("UPDATE call_ins"),
    )
    assert met.stopped and met.waited, met
    assert (met.first, met.second) == (True, False)
    assert run(engine, lambda work: keep_on_hold(work, theirs, T0 + MINUTE))
    assert transfer(engine, 1).state is TransferState.HELD


def test_a_call_that_is_announced_while_an_earlier_one_is_answered_is_greeted(engine: Engine) -> None:
    opens(engine, 1, phone=PHONE)
    run(engine, tells(TransferNews.CALL_STARTED_IN_APP))
    earlier, later = (Caller(call_sid=f"CA{n:032}", from_=PHONE) for n in (1, 2))
    assert run(engine, lambda work: match_call_in(work, earlier, T0 + MINUTE))
    met = meet(
        engine,
        tells(TransferNews.CALL_STARTED_IN_APP, n=2),
        lambda work: keep_on_hold(work, earlier, T0 + MINUTE),
        before("INSERT INTO call_ins"),
    )
    assert met.stopped and met.waited and met.second is True, met
    assert transfer(engine, 1).state is TransferState.HELD
    assert run(engine, lambda work: match_call_in(work, later, T0 + MINUTE))


@pytest.mark.parametrize("word", ["LEAVE", "PAUSE"])
@pytest.mark.parametrize("list_first", [True, False])
def test_a_guardian_s_word_and_a_list_of_the_bank_s_do_not_undo_each_other(
    engine: Engine, word: str, list_first: bool
) -> None:
    """Each use case writes back the whole entry as it read it."""
    agreed = replace(ENTRY, confirmed_at=T0 - HOUR)
    run(engine, lambda work: put_guardians(work, MEI, [agreed], T0))

    def lists(work: SqlUnit) -> None:
        put_guardians(work, MEI, [replace(agreed, rank=2)], LATER)

    ahead, behind = (lists, writes(word)) if list_first else (writes(word), lists)
    met = meet(engine, ahead, behind, before("UPDATE guardians"))
    stands = listed(engine)
    assert (stands.rank, stands.state) == (2, GuardianState.LEFT if word == "LEAVE" else GuardianState.PAUSED)
    assert met.stopped and met.waited, met


def test_an_invitation_is_not_answered_by_a_guardian_who_has_the_number_no_more(engine: Engine) -> None:
    run(engine, lambda work: put_guardians(work, MEI, [ENTRY], T0))

    def lists(work: SqlUnit) -> None:
        put_guardians(work, MEI, [replace(ENTRY, phone=SON)], LATER)

    met = meet(engine, lists, writes("1"), before("UPDATE guardians"))
    assert met.stopped and met.waited and met.second == "nothing_open", met
    stands = listed(engine)
    assert (stands.phone, stands.state) == (SON, GuardianState.INVITED)


def listed(engine: Engine) -> Guardian:
    found = run(engine, lambda work: work.guardians.get(MEI, GuardianId("g_1")))
    assert found is not None
    return found


def writes(body: str) -> Wish:
    message = MessageIn(message_sid="SM1", from_=DAUGHTER, body=body, stops=body == "STOP")
    return lambda work: receive_reply(work, message, LATER)


@pytest.mark.parametrize("closed_first", [True, False])
def test_an_account_that_is_closed_while_its_password_is_changed_is_closed_and_has_the_new_one(
    engine: Engine, closed_first: bool
) -> None:
    run(engine, lambda work: work.staff.add(a_staff("root", StaffRole.ADMIN)))

    def closes(work: SqlUnit) -> None:
        close_account(work, StaffId("usr_root"), ANN, LATER)

    met = meet(engine, *((closes, changes) if closed_first else (changes, closes)), before("UPDATE staff"))
    ann = run(engine, lambda work: work.staff.get(ANN))
    assert (ann.disabled_at, ann.password_hash) == (LATER, "$new")
    assert met.stopped and met.waited, met


def test_a_new_password_ends_the_session_that_begins_by_the_old_one_at_this_moment(engine: Engine) -> None:
    def comes_in(work: SqlUnit) -> None:
        begin_session(work, Proven(staff_id=ANN, password_hash="$none"), "s", SessionLimits(), LATER)

    met = meet(engine, comes_in, changes, before("INSERT INTO sessions"))
    assert run(engine, lambda work: work.staff.sessions(ANN)) == []
    assert met.stopped and met.waited, met
    with pytest.raises(NotProvenError):
        run(engine, comes_in)


def changes(work: SqlUnit) -> None:
    """Ann has a new password."""
    change_password(work, "ann", "$new", "root", LATER)
