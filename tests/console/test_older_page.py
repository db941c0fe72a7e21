"""Two windows: what a page from before a call for help records is refused, with what was typed and what has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.desk import said, wait
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.party import Payee
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.intake.open_case import open_case

TYPED = {"reason": "customer_reached", "text": "she was safe at noon"}
TOLD = "somebody has asked for a human since this page was made"


async def calls_for_help(console: ConsoleClient, case_id: CaseId) -> None:
    def hear(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            record_evidence(file, "callee", said(Outcome.DISTRESS, TransferId("t_1"), console.moment, 1))
            settle_file(file)

    await console.store.run(hear)


async def wanted(console: ConsoleClient, case_id: CaseId) -> bool:
    case = await console.store.read(lambda unit: unit.views.case(case_id))
    assert case is not None
    return case.person_due_at is not None


async def test_a_contact_recorded_on_an_older_page_is_refused_and_may_be_sent_again(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, kim = await console.flag(), browsers()
    await kim.sign_in("kim")
    await kim.send(case_id, "claim", "claim")
    old = (await kim.get(f"/console/cases/{case_id}")).hidden("follow")
    await calls_for_help(console, case_id)
    refused = await kim.post(f"/console/cases/{case_id}/follow-up", {**old, **TYPED})
    assert refused.status == 409 and TOLD in refused.plain and TYPED["text"] in refused.text
    assert "Outcome: distress" in refused.plain, "the page shows what has come"
    assert await wanted(console, case_id)
    again = {**refused.hidden("follow"), **TYPED}
    assert (await kim.post(f"/console/cases/{case_id}/follow-up", again)).status == 303
    assert not await wanted(console, case_id)


async def test_a_page_of_an_older_version_counts_as_older_than_every_call_for_help(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, kim = await console.flag(), browsers()
    await kim.sign_in("kim")
    await kim.send(case_id, "claim", "claim")
    await calls_for_help(console, case_id)
    form = {**(await kim.get(f"/console/cases/{case_id}")).hidden("follow"), **TYPED}
    del form["seen"]
    chinese = await kim.post(f"/console/cases/{case_id}/follow-up", form, **{"Accept-Language": "zh"})
    assert chinese.status == 409 and "此页面打开后，有人要求人工处理" in chinese.plain
    assert await wanted(console, case_id)


async def bank_sends_again(console: ConsoleClient, **changes: Any) -> None:
    again = replace(wait(1, tier=Tier.CRITICAL), **{"event_id": "again", "content_hash": "other", **changes})
    await console.store.run(open_case, again, console.moment)


async def test_no_release_is_asked_for_or_confirmed_from_a_page_without_the_banks_warning(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann, ben = await console.flag(), browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    await ann.send(case_id, "claim", "claim")
    why = {"reason": "payee_checked", "text": "rang her landlord"}
    old = {**(await ann.get(f"/console/cases/{case_id}")).hidden("release-t_1"), **why}
    await bank_sends_again(console, sim_swapped_at=console.moment)
    refused = await ann.post(f"/console/cases/{case_id}/release", old)
    assert refused.status == 409 and "what a release rests on has changed since this page was made" in refused.plain
    assert "rang her landlord" in refused.text and "The line is suspicious" in refused.plain
    form = {**refused.hidden("release-t_1"), **why}
    bare = {name: value for name, value in form.items() if name != "binds"}
    chinese = await ann.post(f"/console/cases/{case_id}/release", bare, **{"Accept-Language": "zh"})
    assert chinese.status == 409 and "放行所依据的情况有了变化" in chinese.plain, "of an older version"
    asked = await ann.post(f"/console/cases/{case_id}/release", form)
    assert asked.headers["Location"].endswith("&said=second_needed")
    await ben.send(case_id, "claim", "claim")
    second = {**(await ben.get(f"/console/cases/{case_id}")).hidden("confirm-t_1"), **why}
    await bank_sends_again(console, event_id="third", payee=Payee(name="Mule", account="another"))
    late = await ben.post(f"/console/cases/{case_id}/confirm", second)
    assert late.status == 409 and await console.state() == "held"
    assert "<title>Not done:" in late.text and 'class="notice good"' not in late.text
    assert "The transfer has changed since the release was asked for." in late.plain
    assert "rang her landlord" in late.text, "what the second person typed is kept"
    after = await ben.get(f"/console/cases/{case_id}")
    assert "asks for a release" not in after.plain and "closed the request to release: lapsed" in after.plain


async def test_a_confirmation_that_comes_too_late_says_that_nothing_was_released(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann, ben = await console.flag(), browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    why = {"reason": "payee_checked", "text": "rang her landlord"}
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "release-t_1", "release", **why)
    console.moment += console.policy.review.second_within - timedelta(minutes=1)
    await ben.send(case_id, "claim", "claim")
    second = {**(await ben.get(f"/console/cases/{case_id}")).hidden("confirm-t_1"), **why}
    console.moment += timedelta(minutes=1)
    late = await ben.post(f"/console/cases/{case_id}/confirm", second)
    assert late.status == 409 and "The request was too old. Ask for the release again." in late.plain
    assert "rang her landlord" in late.text and await console.state() == "held"


async def test_the_page_says_beside_amount_and_payee_that_the_bank_has_named_others(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(), browsers()
    await ann.sign_in("ann")
    page = f"/console/cases/{case_id}"
    words = (
        ("This is the amount that the bank named first.", "这是银行最初报的金额"),
        ("This is the payee that the bank named first.", "这是银行最初报的收款人"),
    )
    before = (await ann.get(page)).plain
    assert not any(english in before for english, _ in words)
    changes: tuple[dict[str, Any], ...] = (
        {"amount": Decimal(99_999)},
        {"payee": Payee(name="Mule", account="another")},
    )
    for n, change in enumerate(changes):
        await bank_sends_again(console, **{"event_id": f"again_{n}", **change})
        plain, chinese = (await ann.get(page)).plain, (await ann.get(page, **{"Accept-Language": "zh"})).plain
        assert [english in plain for english, _ in words] == [True, n == 1]
        assert [translated in chinese for _, translated in words] == [True, n == 1]


async def test_a_form_that_is_sent_twice_is_recorded_once_and_blames_nobody_else(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, kim = await console.flag(), browsers()
    await kim.sign_in("kim")
    await kim.send(case_id, "claim", "claim")
    for form, act, status in (("follow", "follow-up", 409), ("note", "note", 303)):
        sent = {**(await kim.get(f"/console/cases/{case_id}")).hidden(form), **TYPED}
        assert (await kim.post(f"/console/cases/{case_id}/{act}", sent)).status == 303
        again = await kim.post(f"/console/cases/{case_id}/{act}", sent)
        assert again.status == status and "somebody else has changed" not in again.plain
        assert ("you have changed this case yourself meanwhile" in again.plain) is (status == 409)
    acts = await console.store.read(lambda unit: [n.kind for _, _, n in unit.views.timeline(case_id)])
    assert (acts.count("review_followed_up"), acts.count("review_noted")) == (1, 1)
    await kim.send(case_id, "note", "note", text=TYPED["text"])
    acts = await console.store.read(lambda unit: [n.kind for _, _, n in unit.views.timeline(case_id)])
    assert acts.count("review_noted") == 2, "from a page that shows the first it is another note"


async def test_what_was_typed_is_kept_though_a_colleague_has_made_its_form_needless(
    console: ConsoleClient, browsers: Browsers
) -> None:
    """One supervisor withdraws the request while the other writes why they confirm it."""
    case_id, ann, ben = await console.flag(), browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    why = {"reason": "payee_checked", "text": "rang her on her <own> number"}
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "release-t_1", "release", **{**why, "text": "her landlord"})
    await ben.send(case_id, "claim", "claim")
    old = (await ben.get(f"/console/cases/{case_id}")).hidden("confirm-t_1")
    await ann.send(case_id, "refuse-t_1", "refuse", reason="not_convinced")
    late = await ben.post(f"/console/cases/{case_id}/confirm", {**old, **why})
    assert late.status == 409 and "this release is no longer asked for" in late.plain
    assert "rang her on her &lt;own&gt; number" in late.text and await console.state() == "held"
    refused = await ben.send(case_id, "note", "note", text=" ")
    assert refused.status == 409 and "stray-title" not in refused.text, "its form is there"
