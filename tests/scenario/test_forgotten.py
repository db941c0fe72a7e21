"""A running service erases data by itself: spoken words first, the customer years later, and at once on request.
What arrives late about an erased customer is accepted and stores no personal data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.scenario.talks import RISKY, SAFE, answers, is_told
from tests.scenario.test_guardians import LIN, guardians
from tests.scenario.world import ACCOUNT, FROM, MEI, World, iso
from wakeup.domain.ids import CustomerId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.forget import erase

WHO = CustomerId("u_1")


async def cheated(world: World, n: int = 1) -> None:
    """A call with recorded words, then a cancellation in the app: nothing is left to decide."""
    phone = world.handset(MEI)
    event = world.event(n, customer=WHO, tier="high")
    event["guardians"] = guardians(LIN)
    assert (await world.flag(event)).status == 202
    call = await phone.expect_call(within=10)
    await call.answers()
    await is_told(call)
    await call.presses("1")
    await answers(call, RISKY, SAFE, RISKY)
    await call.presses("1")
    await call.ended()
    await world.news("cancelled_in_app", f"t_{n}")
    await world.sleep(3600)


async def erased(world: World) -> None:
    """Erase the customer days later, when it no longer has to be remembered that a talk had dissuaded them."""

    def forget(unit: SqlUnit) -> None:
        customer = unit.customers.lock(WHO)
        assert customer is not None and customer.shaken_until is not None
        unit.customers.save(replace(customer, shaken_until=world.clock.now()))
        assert erase(unit, WHO, "kim", world.clock.now()).cases == 1

    await world.service.store.run(forget)


async def aged(world: World, days: int) -> None:
    """Move the settlement of every case this far into the past."""

    def age(unit: SqlUnit) -> None:
        for row in unit.connection.exec_driver_sql("SELECT case_id, settled_at FROM retention").all():
            settled = unit.retention.get(row[0])
            case = unit.cases.lock(row[0])
            assert settled is not None
            gone = settled.words_gone
            unit.retention.begin(case, settled.settled_at - timedelta(days=days))
            unit.connection.exec_driver_sql("UPDATE retention SET words_gone = ? WHERE case_id = ?", (gone, row[0]))
        customer = unit.customers.lock(WHO)
        if customer is not None:
            unit.customers.save(replace(customer, shaken_until=None))
        unit.wakes.add("retention")

    await world.service.store.run(age)
    await world.sleep(60)


def kept(world: World, table: str) -> int:
    return int(world._rows(f"SELECT COUNT(*) FROM {table}")[0][0])


async def test_words_go_after_a_month_and_the_customer_after_years(world: World) -> None:
    await cheated(world)
    assert kept(world, "turns") > 3 and kept(world, "talks") == 1
    await aged(world, 29)
    assert not world.timeline("words_deleted")
    await aged(world, 1)
    assert len(world.timeline("words_deleted")) == 1
    assert not kept(world, "turns") and not kept(world, "talks") and not kept(world, "call_events")
    assert kept(world, "customers") == 1
    await aged(world, 1826)
    assert len(world.timeline("customer_erased")) == 1 and not kept(world, "customers")
    assert len(world.timeline("recording_deleted")) == len(world.timeline("call_recorded")) == 1


async def test_late_news_of_an_erased_customer_leaves_no_data(world: World) -> None:
    await cheated(world)
    case_id = (await world.in_force())["case_id"]
    await erased(world)
    label = {
        "type": "label", "event_id": "evt_label", "transfer_id": "t_1", "label": "scam", "recovered": "0",
        "occurred_at": iso(world.clock.now()),
    }  # fmt: skip
    assert (await world.post("/v1/labels", label)).status == 202
    # The erased customer had cancelled this transfer: only the alarm is left to tell staff.
    world.expects("alarm")
    assert (await world.news("released")).status == 202
    company = world.company
    [call] = company.calls.values()
    fields = {"CallSid": call.sid, "AccountSid": ACCOUNT, "CallStatus": "completed", "SequenceNumber": "99",
              "To": MEI, "From": FROM, "Direction": "outbound-api", "CallDuration": "60"}  # fmt: skip
    hook = call.request.status_callback
    assert hook is not None
    assert (await company.webhook(hook, fields, "status", call.sid)).status == 204
    text = next(iter(company.messages.all.values()))
    assert text.status_callback is not None
    receipt = {"MessageSid": text.sid, "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    assert (await company.webhook(text.status_callback, receipt, "sms_status", text.sid)).status == 204
    await world.handset(LIN).texts_back("1 我很担心", FROM)
    await world.sleep(600)
    assert not kept(world, "customers") and not kept(world, "guardians") and not kept(world, "call_events")
    assert (await world.in_force())["case_id"] == case_id, "the decision stays for the bank to see"


async def test_an_erased_customer_is_protected_when_they_are_cheated_again(world: World) -> None:
    await cheated(world)
    await erased(world)
    await cheated(world, 2)
    assert world.core.transfers["t_2"].decision_ids
    assert kept(world, "customers") == 1
