"""One node erases a customer while another node is about to write data of that customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, text

from tests.storage.interleave import DEPENDENCIES, before, meet, run
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import wait
from tests.unit.enrolling import ENTRY
from tests.unit.guardian_steps import DAUGHTER, guardian
from wakeup.domain.ids import CustomerId, SmsId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.inputs import MessageIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.personal_data.forget import Erased, erase, erase_overdue
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.usecases.texts.send_texts import Sender, record_sending, start_text

MEI = CustomerId("u_1")
YEARS_LATER = T0 + DEPENDENCIES.policy.retention.records + timedelta(days=1)


def test_a_customer_is_not_erased_while_the_bank_names_new_guardians(
    engine: Engine,
) -> None:
    """The bank was told that the guardians are accepted. The customers to erase were listed before, and the list
    may be long.
    """
    run(engine, lambda work: put_guardians(work, MEI, [ENTRY], T0))

    def names(work: SqlUnit) -> None:
        put_guardians(work, MEI, [ENTRY, another], YEARS_LATER)

    another = replace(ENTRY, id="g_2", phone="+6598765433")
    met = meet(
        engine, names, lambda work: erase_overdue(work, MEI, "system", YEARS_LATER), before("INSERT INTO guardians")
    )
    assert met.stopped and met.waited and met.second is None, met
    assert len(run(engine, lambda work: work.guardians.of_customer(MEI))) == 2


def test_the_text_of_a_guardian_whose_ward_is_erased_at_this_moment_is_a_stranger_s(engine: Engine) -> None:
    """The reply is written but not committed, so the erasure missed it, with the guardian's number and the case in
    it.
    """
    asked(engine)
    message = MessageIn(message_sid="SM1", from_=DAUGHTER, body="1")
    met = meet(
        engine,
        lambda work: receive_reply(work, message, T0 + HOUR),
        lambda work: erase(work, MEI, "root", T0 + HOUR),
        before("FOR UPDATE"),
    )
    assert isinstance(met.second, Erased) and met.stopped and not met.waited, met
    assert met.first == "unknown_sender"
    with engine.begin() as connection:
        assert connection.execute(text("SELECT customer_id, case_id FROM replies")).all() == [(None, None)]


def asked(engine: Engine) -> None:
    """A guardian was asked about Mei's payment, which she then cancelled."""
    case_id = run(engine, lambda work: open_case(work, wait(1, T0, guardians=(guardian(),)), T0)).case_id

    def asks(work: SqlUnit) -> SmsId:
        with CaseFile(work, work.cases.lock(case_id), T0) as file:
            assert ask_guardian(file, "test") is None
        return work.texts.of_case(case_id)[0].id

    sms, sender = run(engine, asks), Sender(account="AC", from_="+6531580001")
    assert run(engine, lambda work: start_text(work, sender, sms, T0)).order is not None
    sent = Placement(proof=PostResult.ACCEPTED, call_sid="SM0")
    run(engine, lambda work: record_sending(work, sender, sms, sent, T0))
    news = TransferEventIn(
        event_id="gone", content_hash="h", transfer_id="t_1", kind=TransferNews.CANCELLED_IN_APP,
        occurred_at=T0,
    )  # fmt: skip
    run(engine, lambda work: apply_transfer_event(work, news, T0 + MINUTE))
