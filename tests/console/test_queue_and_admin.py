"""The review queue over HTTP, and what administrators see and do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.builders import T0
from tests.unit.desk import said
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.to_do import Urgency, loss_key, urgency_of
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.secret_ages import note_secrets
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.deliver import record_delivery, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.ladder.climb import escalate_to_person, escalate_to_police
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.records import MessageState
from wakeup.usecases.repositories.texts import Channel
from wakeup.web.parts import Verified

HOUR = timedelta(hours=1)


def test_the_class_goes_before_the_money_and_money_by_the_hour() -> None:
    leaving = loss_key(Urgency.MONEY_LEAVING, Decimal(1), 5 * HOUR)
    large, small, soon, unknown = (
        loss_key(Urgency.HELD, value, left)
        for value, left in ((Decimal(9000), 5 * HOUR), (Decimal(10), 5 * HOUR), (Decimal(3000), HOUR), (None, HOUR))
    )
    assert sorted([large, small, soon, unknown, leaving]) == [leaving, unknown, soon, large, small]


def test_every_effect_has_its_class() -> None:
    from wakeup.domain.decision import Effect

    assert urgency_of({Effect.STOP_PAYMENT, Effect.PERSON}, asked=True) is Urgency.MONEY_LEAVING
    assert urgency_of({Effect.PERSON, Effect.GUARDIAN}, asked=True) is Urgency.PERSON_PROMISED
    assert urgency_of({Effect.PERSON}, asked=True, wanted=True) is Urgency.PERSON_PROMISED
    assert urgency_of({Effect.REVIEW}, asked=True, wanted=True) is Urgency.PERSON_WANTED
    assert urgency_of({Effect.REVIEW}, asked=True) is Urgency.SECOND_WAITED_FOR
    assert urgency_of({Effect.GUARDIAN}, asked=False) is Urgency.SUSPICIOUS
    assert urgency_of({Effect.REVIEW}, asked=False) is Urgency.HELD


async def test_the_worst_case_comes_first_and_a_check_stands_beside_the_outcome(
    console: ConsoleClient, browsers: Browsers
) -> None:
    plain = await console.flag(1, Tier.MEDIUM, amount=Decimal(9000), hold_max=T0 + timedelta(days=2))
    console.moment = T0
    worst = await console.flag(2, Tier.MEDIUM, held=False, hold_max=T0 + timedelta(days=2))

    def learn(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(worst), T0) as file:
            unit.talks.add_evidence(said(Outcome.ALREADY_PAID, TransferId("t_2"), T0, 1), worst)
            settle_file(file)

    await console.store.run(learn)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/queue")
    assert page.text.index(f"/cases/{worst}") < page.text.index(f"/cases/{plain}")
    assert "money leaving" in page.plain
    silent = await kim.send(worst, "check", "check", reason="wrong_talk")
    assert silent.status == 409 and "say what was wrong" in silent.plain
    assert (await kim.send(worst, "check", "check", reason="agreed")).status == 303
    assert "checked the outcome: agreed." in (await kim.get(f"/console/cases/{worst}")).plain
    assert await console.state(2) == "held"


async def test_a_pending_case_that_wants_a_human_is_queued_before_one_that_is_only_held(
    console: ConsoleClient, browsers: Browsers
) -> None:
    plain = await console.flag(1, Tier.CRITICAL, amount=Decimal(90000))
    console.moment = T0
    wanted = await console.flag(2, Tier.CRITICAL, amount=Decimal(10), held=False)
    kim = browsers()
    await kim.sign_in("kim")
    assert f"/cases/{wanted}" not in (await kim.get("/console/queue")).text, "the machine still works on it"

    def rungs(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(wanted), T0) as file:
            assert escalate_to_person(file) is escalate_to_police(file) is None

    await console.store.run(rungs)
    assert await console.state(2) == "pending"
    page = await kim.get("/console/queue")
    assert page.text.index(f"/cases/{wanted}") < page.text.index(f"/cases/{plain}")
    assert "person wanted" in page.plain and "police wanted" in page.plain
    seen = (await kim.get(f"/console/cases/{wanted}")).plain
    assert "Follow-up by a colleague needed since" in seen and "To be handed to the police since" in seen
    assert (await kim.send(wanted, "claim", "claim")).status == 303
    assert (await kim.send(wanted, "police", "police", reason="scam_likely")).status == 303
    seen = (await kim.get(f"/console/cases/{wanted}")).plain
    assert "In the police queue since" in seen and "To be handed to the police" not in seen
    assert "police wanted" not in (await kim.get("/console/queue")).plain


async def test_a_customer_who_was_reached_is_promised_no_person_any_more_until_there_is_a_newer_decision(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()

    def learns(unit: SqlUnit, outcome: Outcome, n: int) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            unit.talks.add_evidence(said(outcome, TransferId("t_1"), console.moment, n), case_id)
            settle_file(file)

    await console.store.run(learns, Outcome.COACHED, 1)
    await ann.sign_in("ann")
    assert "person promised" in (await ann.get("/console/queue")).plain
    seen = await ann.get(f"/console/cases/{case_id}")
    assert "To be done a human talks to the customer within 10 minutes · police queue" in seen.plain
    await ann.send(case_id, "claim", "claim")
    wrote = {"reason": "customer_reached", "text": "talked to her son beside her"}
    done = await ann.send(case_id, "follow", "follow-up", **wrote)
    seen = await ann.get(done.headers["Location"])
    assert "The contact is recorded." in seen.plain and "To be done police queue" in seen.plain
    assert "person promised" not in (await ann.get("/console/queue")).plain
    console.moment += timedelta(minutes=5)
    await console.store.run(learns, Outcome.ALREADY_PAID, 2)
    assert "money leaving" in (await ann.get("/console/queue")).plain
    assert "a human talks to the customer within 10 minutes" in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_a_case_that_was_checked_is_not_sampled_again(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    sample = await console.store.read(lambda unit: unit.views.unchecked(T0, 10))
    assert [one.case_id for one in sample] == [case_id]
    kim = browsers()
    await kim.sign_in("kim")
    await kim.send(case_id, "check", "check", reason="agreed")
    assert await console.store.read(lambda unit: unit.views.unchecked(T0, 10)) == []


async def test_a_payment_allowed_before_a_warning_is_queued_until_staff_follow_it_up(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(1, Tier.MEDIUM)

    def warn(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            record_decision(file, file.transfers()[0], Verdict(ruling=Ruling.ALLOW, reason="released_by_person"), "ann")
            settle_file(file)
        for sent in take_messages(unit, console.moment, 9).messages:
            taken = Delivery(receipt=Receipt.DELIVERED)
            record_delivery(unit, sent, taken, console.moment)
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            alarm_after_allow(file, WARNED, "callee")

    await console.store.run(warn)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/queue")
    assert re.search(r"money leaving .* allowed released by a person", page.plain), page.plain
    assert (await kim.send(case_id, "claim", "claim")).status == 303
    done = {"reason": "other", "text": "the bank has stopped it"}
    assert (await kim.send(case_id, "follow", "follow-up", **done)).status == 303
    assert "No cases are waiting for review." in (await kim.get("/console/queue")).plain


async def test_an_unanswered_wish_disappears_after_its_time_and_can_be_said_again(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann, why = browsers(), {"reason": "payee_checked", "text": "her landlord"}
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    assert (await ann.send(case_id, "release-t_1", "release", **why)).status == 303
    console.moment += timedelta(minutes=9)
    assert (await ann.send(case_id, "claim", "claim")).status == 303
    assert "second waited for" in (await ann.get("/console/queue")).plain
    console.moment += timedelta(minutes=6)
    queue = (await ann.get("/console/queue")).plain
    assert "second waited for" not in queue and "held critical" in queue
    assert (await ann.send(case_id, "claim", "claim")).status == 303
    assert "Confirm the release" not in (await ann.get(f"/console/cases/{case_id}")).plain
    assert (await ann.send(case_id, "release-t_1", "release", **why)).status == 303
    assert "second waited for" in (await ann.get("/console/queue")).plain


async def test_a_promised_call_hides_no_release_that_waits_for_a_second_person(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()

    def promise(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            unit.talks.add_evidence(said(Outcome.NOT_ME, TransferId("t_1"), console.moment, 1), case_id)
            settle_file(file)

    await console.store.run(promise)
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    assert "releases that wait for a second person 0" in (await ben.get("/console/queue")).plain
    await ann.send(case_id, "claim", "claim")
    await ann.send(case_id, "release-t_1", "release", reason="payee_checked", text="her landlord")
    queue = (await ben.get("/console/queue")).plain
    assert "releases that wait for a second person 1" in queue
    row = queue[queue.index("person promised") :]
    assert "ann asks for a release. A second person can confirm until Nov 22 03:15:00 15:00" in row, row[:200]


async def test_a_dead_letter_is_sent_again_and_an_account_closed(console: ConsoleClient, browsers: Browsers) -> None:
    await console.flag()

    def die(unit: SqlUnit) -> str:
        message = unit.outbox.listed(None, 1)[0]
        unit.outbox.save(replace(message, state=MessageState.DEAD, settled_at=console.moment))
        return str(message.id)

    message = await console.store.run(die)
    root, aud, kim = browsers(), browsers(), browsers()
    for browser, name in ((root, "root"), (aud, "aud"), (kim, "kim")):
        await browser.sign_in(name)
    read_only = await aud.get("/console/admin")
    assert message in read_only.plain and "Send again" not in read_only.plain
    assert (await kim.get("/console/admin")).status == 403
    csrf = (await root.get("/console/admin")).csrf
    assert (await root.post("/console/admin/replay", {"csrf": csrf, "message": message})).status == 303
    again = await console.store.read(lambda unit: unit.outbox.listed("due", 9))
    assert [one.id for one in again] == [message]
    assert (await root.post("/console/admin/replay", {"csrf": csrf, "message": message})).status == 409
    closing = {"csrf": csrf, "staff": "usr_kim", "on": "no"}
    assert (await root.post("/console/admin/accounts", closing)).status == 303
    assert (await kim.get()).status == 401
    assert (await root.post("/console/admin/sessions", {"csrf": csrf, "staff": "usr_aud"})).status == 303
    assert (await aud.get()).status == 401
    found = await root.get("/console/admin?q=replayed")
    assert "message replayed" in found.plain and "account closed" not in found.plain


async def test_a_verification_begins_apart_and_its_last_result_is_shown(
    console: ConsoleClient, browsers: Browsers
) -> None:
    aud = browsers()
    await aud.sign_in("aud")
    page = await aud.get("/console/admin")
    assert not re.search("has been running|No row was altered|Faults:", page.plain)
    pressed = await aud.post("/console/admin/verify", {"csrf": page.csrf})
    assert (pressed.status, console.verification.begun) == (303, 1)
    last = Verified(ended_at=console.moment)
    for state, words in (
        (
            replace(last, running_since=console.moment, done=2_000, cases=90_000),
            r"running since: .*2000 / 90000.*No row",
        ),
        (last, "No row was altered. "),
        (
            replace(last, count=3, faults=("altered case_1 3",)),
            r"Faults: 3 .*altered case_1 3 All of them: wakeup audit",
        ),
        (replace(last, failed="OperationalError"), "The check came to no end: OperationalError"),
    ):
        console.verification.now = state
        assert re.search(words, (await aud.get("/console/admin")).plain), words


async def test_only_sessions_that_count_still_are_shown_and_the_next_to_sign_in_forgets_the_others(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann, root, aud = browsers(), browsers(), browsers()
    for _ in range(2):
        await browsers().sign_in("kim")
    await ann.sign_in("ann")
    await root.sign_in("root")
    assert re.search(r"kim agent .{0,80}? 2 last seen", (await root.get("/console/admin")).plain)
    console.moment += timedelta(minutes=29)
    await ann.get()
    await root.get()
    console.moment += timedelta(minutes=1)
    page = (await root.get("/console/admin")).plain
    assert re.search(r"kim agent .{0,80}? 0 –", page), page[:900]
    assert re.search(r"ann supervisor .{0,80}? 1 last seen", page)
    assert len(await console.store.read(lambda unit: unit.staff.sessions(None))) == 4
    await aud.sign_in("aud")
    left = await console.store.read(lambda unit: unit.staff.sessions(None))
    assert sorted(one.staff_id for one in left) == ["usr_ann", "usr_aud", "usr_root"]
    console.moment += timedelta(minutes=28)
    assert (await ann.get()).status == 200, "hers is none of them"


async def test_a_bulk_release_over_http_takes_two_persons(console: ConsoleClient, browsers: Browsers) -> None:
    for n in (1, 2):
        console.moment = T0
        await console.flag(n, Tier.MEDIUM, model="v7", hold_max=T0 + timedelta(days=2))
    ann, ben, kim = browsers(), browsers(), browsers()
    for browser, name in ((ann, "ann"), (ben, "ben"), (kim, "kim")):
        browser.cookies["zone"] = "Asia/Singapore"
        await browser.sign_in(name)
    assert (await kim.get("/console/bulk")).status == 403
    span = {"model": "v7", "since": "2026-11-22T09:59", "until": "2026-11-22T10:30"}
    page = await ann.get(f"/console/bulk?{urlencode(span)}")
    assert "Would be released 2" in page.plain and "SGD 1,000.00" in page.plain.replace("\xa0", " ")
    wish = {**page.hidden("bulk"), "reason": "false_alarm"}
    bare = await ann.post("/console/bulk", wish)
    assert bare.status == 409 and "must be a ticket number" in bare.plain
    assert (await ann.post("/console/bulk", {**wish, "ticket": "INC-204"})).status == 303
    shown = await ben.get("/console/bulk")
    assert "INC-204" in shown.plain
    answer = {"csrf": shown.csrf, "wish": re.findall(r'name="wish" value="([^"]+)"', shown.text)[0]}
    own = await ann.post("/console/bulk/confirm", {**answer, "csrf": page.csrf})
    assert own.status == 409 and "a second person must confirm" in own.plain
    assert (await ben.post("/console/bulk/confirm", answer)).status == 303
    assert [await console.state(1), await console.state(2)] == ["allowed", "allowed"]


async def test_supervisors_keep_the_do_not_call_list_and_it_shows_no_customer(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann, kim = browsers(), browsers()
    await ann.sign_in("ann")
    await kim.sign_in("kim")
    page = await ann.get("/console/do-not-call")
    assert "The list is empty." in page.plain
    assert "Add a number" not in (await kim.get("/console/do-not-call")).plain
    sent = {"csrf": page.csrf, "form": "on", "why": "asked_by_phone", "by_voice": "yes"}
    wrong = await ann.post("/console/do-not-call", {**sent, "phone": "9123"})
    assert wrong.status == 409 and "A number with country code" in wrong.plain and 'value="9123"' in wrong.text
    bare = await ann.post("/console/do-not-call", {**sent, "phone": "+65 9000 0077", "by_voice": ""})
    assert bare.status == 409 and "choose at least one" in bare.plain
    assert (await ann.post("/console/do-not-call", {**sent, "phone": "+65 9000 0077"})).status == 303
    listed = await ann.get("/console/do-not-call")
    assert "asked by phone" in listed.plain and "0077" not in listed.text
    [name] = re.findall(r'name="form" value="(off-[^"]+)"', listed.text)
    off = listed.hidden(name)
    silent = await ann.post("/console/do-not-call/off", off)
    assert silent.status == 409 and "choose a reason" in silent.plain
    assert (await ann.post("/console/do-not-call/off", {**off, "off": "changed_their_mind"})).status == 303
    assert "The list is empty." in (await ann.get("/console/do-not-call")).plain


async def test_looking_a_number_up_puts_nothing_on_the_list(console: ConsoleClient, browsers: Browsers) -> None:
    ann, kim = browsers(), browsers()
    await ann.sign_in("ann")
    await kim.sign_in("kim")
    page = await kim.get("/console/do-not-call")
    assert "put it on once more" not in page.plain and "Look it up" in page.plain
    looked = {**page.hidden("look"), "phone": "+65 9000 0077"}
    free = await kim.post("/console/do-not-call/look", looked)
    assert free.status == 200 and "This number is not on the list." in free.plain
    assert "The list is empty." in free.plain and 'value="+65 9000 0077"' in free.text
    wrong = await kim.post("/console/do-not-call/look", {**looked, "phone": "9000"})
    assert wrong.status == 409 and "A number with country code" in wrong.plain
    await console.store.run(
        lambda unit: unit.do_not_call.add(unit.index("number", "+6590000077"), Channel.SMS, "stop", console.moment)
    )
    found = await kim.post("/console/do-not-call/look", looked)
    assert "This number is on the list: texts" in found.plain and "opted out by text" in found.plain
    supervisors = await ann.get("/console/do-not-call")
    assert "takes effect at once" in supervisors.plain and "Look it up" in supervisors.plain
    for form in ("look", "on"):
        supervisors.hidden(form)
        assert f'<input id="{form}-phone" name="phone"' in supervisors.text, "each form has its own number"


async def test_administrators_see_the_ages_of_secrets_and_where_calls_may_go(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await console.store.run(note_secrets, [("WAKEUP_KEYS__TAG", "aa")], console.moment)
    console.moment += timedelta(days=100)
    root = browsers()
    await root.sign_in("root")
    page = (await root.get("/console/admin")).plain
    assert "WAKEUP_KEYS__TAG Nov 22, 2026 02:00:00 100" in page and "WAKEUP_KEYS__DATA – –" in page
    assert "SG mobile mobile" in page and "Everything not listed here is refused." in page


async def test_the_numbers_as_page_and_as_csv(console: ConsoleClient, browsers: Browsers) -> None:
    await console.flag(1, typology="romance")
    await console.flag(2, typology="=cmd|calc")
    vera = browsers()
    await vera.sign_in("vera")
    page = await vera.get("/console/numbers?days=1")
    assert page.status == 200 and "<svg" in page.text and "0 / 2" in page.plain
    sheet = await vera.get("/console/numbers.csv?days=1")
    assert sheet.headers["Content-Type"].startswith("text/csv")
    assert '"typology","romance","cases","1",""' in sheet.text
    assert '"typology","\'=cmd|calc","cases","1",""' in sheet.text
    assert '"channel","nobody","stopped_last","1000.00",""' in sheet.text and "held at the deadline 2" in page.plain
    assert '"guardians","worried","scams_stopped","0","0"' in sheet.text
    for nonsense in ("x", "%C2%B2", "0019999", "07", "-7"):
        page = await vera.get(f"/console/numbers?days={nonsense}")
        assert page.status == 200 and 'days=7" aria-current' in page.text, nonsense
