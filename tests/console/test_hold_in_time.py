"""An allow that is on its way to the payment core can still be held from the page of its case."""

from __future__ import annotations

from datetime import timedelta

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.desk import said
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.deliver import record_delivery, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ports import Delivery, Receipt

T1 = TransferId("t_1")
BUTTON = "Hold this transfer"


async def let_go(console: ConsoleClient) -> CaseId:
    """The talk went well and the service allowed the payment, but the payment core has not received that."""
    case_id = await console.flag(tier=Tier.MEDIUM, held=False)

    def learn(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            unit.talks.add_evidence(said(Outcome.CONSISTENT, T1, console.moment, 1), case_id)
            settle_file(file)

    await console.store.run(learn)
    console.moment += timedelta(minutes=17)
    await console.store.run(settle_case, case_id, console.moment)
    assert await console.state() == "allowed"
    return case_id


async def deliver(console: ConsoleClient) -> None:
    for sent in (await console.store.run(take_messages, console.moment, 9)).messages:
        told = Delivery(receipt=Receipt.DELIVERED, status=200)
        await console.store.run(record_delivery, sent, told, console.moment)


async def test_an_allow_on_its_way_to_the_core_is_held_from_the_page(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await let_go(console), browsers()
    await ann.sign_in("ann")
    page = await ann.get(f"/console/cases/{case_id}")
    assert BUTTON in page.plain and "The payment core has not acknowledged the release yet." in page.plain
    assert (await ann.send(case_id, "hold-t_1", "hold", reason="scam_likely")).status == 303
    assert await console.state() == "held"
    page = await ann.get(f"/console/cases/{case_id}")
    assert "The money may have left." in page.plain, "until the core answers the hold"


async def test_an_acknowledged_allow_has_no_button_and_an_old_page_says_why(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await let_go(console), browsers()
    await ann.sign_in("ann")
    old = (await ann.get(f"/console/cases/{case_id}")).hidden("hold-t_1")
    await deliver(console)
    assert BUTTON not in (await ann.get(f"/console/cases/{case_id}")).plain
    late = await ann.post(f"/console/cases/{case_id}/hold", {**old, "reason": "scam_likely"})
    assert late.status == 409 and "the transfer is already allowed" in late.plain
    assert await console.state() == "allowed"
