"""Two nodes are about to text one number, or one texts and one calls: messages to a number are limited, and the
first is not committed yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.storage import interleave
from tests.storage.interleave import Wish, before, meet, run
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import DIALLING, POLICY, dependencies, take_claims, wait
from tests.unit.sms_desk import SENDER
from wakeup.domain.attempt import AttemptState
from wakeup.domain.errors import LockedError
from wakeup.domain.ids import CaseId, CustomerId, SmsId
from wakeup.domain.sms import Sms, SmsKind, SmsState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.texts.send_texts import start_text

PHONE = "+6590000001"
NOW = T0 + 20 * MINUTE


@pytest.fixture
def engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Calls and SMS are counted together, with a limit of one."""
    calling = replace(POLICY.calling, per_number_3_days={"SG": 1})
    monkeypatch.setattr(interleave, "DEPENDENCIES", dependencies(replace(POLICY, calling=calling)))
    return engine


def case_of(engine: Engine, n: int, customer: str, now: datetime) -> CaseId:
    event = wait(n, now, customer_id=customer, phone=PHONE, minutes=10)
    return run(engine, lambda work: open_case(work, event, now)).case_id


def two_cases(engine: Engine, *customers: str) -> tuple[CaseId, CaseId]:
    """Two cases about the same number; the payment of the first one is on hold by now."""
    held = case_of(engine, 1, customers[0], T0)
    run(engine, lambda work: settle_case(work, held, T0 + 10 * MINUTE))
    return held, case_of(engine, 2, customers[-1], NOW)


def a_text(engine: Engine, case_id: CaseId, customer: str) -> SmsId:
    def writes(work: SqlUnit) -> SmsId:
        sms_id = SmsId(f"sms_{case_id}")
        work.texts.add(
            Sms(
                id=sms_id, case_id=case_id, customer_id=CustomerId(customer), kind=SmsKind.PROMPT,
                number_index=work.index("number", PHONE), region="SG", line_type="mobile", phone=PHONE, body="…",
                template="prompt.zh.1", segments=1, due_at=T0, latest_at=NOW + 10 * MINUTE,
            )
        )  # fmt: skip
        return sms_id

    return run(engine, writes)


def met_and_tried_again(engine: Engine, first: Wish, second: Wish, stop: str) -> None:
    """Run both. If the case or the customer is locked, run the second again, as the loops do."""
    met = meet(engine, first, second, before(stop))
    assert met.stopped and not isinstance(met.first, BaseException), met
    if isinstance(met.second, LockedError):
        run(engine, second)
    else:
        assert met.waited and not isinstance(met.second, BaseException), met


@pytest.mark.parametrize("customers", [("u_1",), ("u_1", "u_2")])
def test_the_later_of_two_texts_to_one_number_counts_the_earlier(
    engine: Engine, customers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cases of one customer, or two customers with the same daughter, where only SMS are limited."""
    messages = replace(POLICY.messages, max_per_number_day=1)
    monkeypatch.setattr(interleave, "DEPENDENCIES", dependencies(replace(POLICY, messages=messages)))
    cases = two_cases(engine, *customers)
    sent = [a_text(engine, case_id, customers[n % len(customers)]) for n, case_id in enumerate(cases)]

    def starts(n: int) -> Wish:
        return lambda work: start_text(work, SENDER, sent[n], NOW + n * MINUTE)

    met_and_tried_again(engine, starts(0), starts(1), "UPDATE sms")
    assert states(engine, sent) == [SmsState.SENDING, SmsState.SUPPRESSED]


@pytest.mark.parametrize("customers", [("u_1",), ("u_1", "u_2")])
@pytest.mark.parametrize("call_first", [True, False])
def test_the_later_of_a_text_and_a_call_to_one_number_counts_the_earlier(
    engine: Engine, call_first: bool, customers: tuple[str, ...]
) -> None:
    held, pending = two_cases(engine, *customers)
    sms_id = a_text(engine, held, customers[0])
    [call] = run(engine, lambda work: take_claims(work, NOW))
    rings: Wish = lambda work: write_intent(work, call, DIALLING.from_numbers, NOW)  # noqa: E731
    writes: Wish = lambda work: start_text(work, SENDER, sms_id, NOW)  # noqa: E731
    if call_first:
        met_and_tried_again(engine, rings, writes, "UPDATE attempts")
    else:
        met_and_tried_again(engine, writes, rings, "UPDATE sms")
    [attempt] = run(engine, lambda work: work.attempts.of_case(pending))
    assert attempt.state is (AttemptState.SENDING if call_first else AttemptState.SUPPRESSED)
    assert states(engine, [sms_id]) == [SmsState.SUPPRESSED if call_first else SmsState.SENDING]


def states(engine: Engine, sms_ids: list[SmsId]) -> list[SmsState]:
    found = run(engine, lambda work: [work.texts.get(sms_id) for sms_id in sms_ids])
    return [sms.state for sms in found if sms is not None]
