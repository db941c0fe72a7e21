"""The judge's checks about disclosure find what they look for, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from wakeup.simulation.bank import Promise
from wakeup.simulation.checks.disclosure import let_go, said_too_much, scam_freed, worry_freed
from wakeup.simulator.ledger import Ledger

MEI, LIN = "+6591234567", "+6598881185"
EVENT: dict[str, Any] = {
    "customer": {"phone": MEI, "alternate_phones": [], "name": "陈美玲"},
    "transfer": {"id": "t_1", "amount": "5200.00", "payee": {"name": "Wong Trading", "account": "0123456789"}},
    "guardians": [{"phone": LIN, "name": "Lin Wei Chen"}],
}
PROMISES = {"t_1": Promise(event=EVENT, answered_at=T0, status=202, body={})}


class Ledgers:
    """Two ledgers on one clock."""

    def __init__(self) -> None:
        self.now = T0
        self.company, self.core = Ledger(self._moment), Ledger(self._moment)

    def _moment(self) -> datetime:
        return self.now

    def text(self, body: str, to: str = LIN) -> None:
        self.company.add("message_created", message="SM1", to=to, from_="+65", body=body)

    def reply(self, body: str, message: str = "SM2") -> None:
        self.company.add("message_inbound", message=message, from_=LIN, body=body)

    def allowed(self, after: timedelta = 5 * MINUTE) -> None:
        self.now += after
        self.core.add("accepted", transfer="t_1", decision="allow")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("a payment to Wong Trading", "the payee"),
        ("to 0123456789", "an account"),
        ("of 5,200 dollars", "an amount"),
        ("ring 6591234567", "a number"),
        ("陈美玲 chose you", "a full name"),
        ("陈*玲 chose you, reply 47 1=worried", None),
        ("a payment of yours is on hold", None),
        ("of 793 dollars", "an amount"),
        ("reply 791=worried, 793=I will call", None),
        ("Reply 791 worried, 792 aware, 793 I'll call, 794 unsure", None),
        ("your 793 not yet paid, 793 dollars", "an amount"),
    ],
)
def test_a_text_that_names_a_payee_an_amount_or_a_customer_is_found(body: str, what: str | None) -> None:
    ledgers = Ledgers()
    ledgers.text(body)
    transfer = {**EVENT["transfer"], "amount": "793.62"} if "793" in body else EVENT["transfer"]
    promise = Promise(event={**EVENT, "transfer": transfer}, answered_at=T0, status=202, body={})
    assert list(said_too_much(ledgers.company, {"t_1": promise})) == ([f"SM1 names {what}"] if what else [])


@pytest.mark.parametrize(("path", "found"), [("att_019a/0/tag", 0), ("%2B6591234567/0", 1), ("0123456789", 0)])
def test_an_address_holds_no_number(path: str, found: int) -> None:
    ledgers = Ledgers()
    ledgers.company.add("post_received", url=f"http://x/twilio/voice/{path}", to=MEI)
    assert len(list(said_too_much(ledgers.company, PROMISES))) == found


@pytest.mark.parametrize("reply", ["47 1", "471", "47可疑", " 47, worried"])
def test_a_release_after_a_worry_is_found(reply: str) -> None:
    ledgers = Ledgers()
    ledgers.text("reply 47 1=worried")
    ledgers.reply(reply)
    ledgers.allowed()
    assert list(worry_freed(ledgers.company, ledgers.core, PROMISES)) == ["t_1: allowed after a guardian's worry"]


def story(*, prompted: bool = True, reply: str = "47 1", lost: bool = False, **allowed: Any) -> Ledgers:
    ledgers = Ledgers()
    if prompted:
        ledgers.text("reply 47 1=worried")
    ledgers.reply(reply)
    if lost:
        ledgers.company.add("problem", call="SM2", kind="sms_inbound", code=11200)
    ledgers.allowed(**allowed)
    return ledgers


@pytest.mark.parametrize(
    "ledgers",
    [
        story(prompted=False),
        story(reply="47 2"),
        story(reply="47 4"),
        story(reply="48 1"),
        story(reply="47 12"),
        story(lost=True),
        story(after=MINUTE / 6),
    ],
)
def test_a_release_without_an_accepted_worry_before_it_is_no_fault(ledgers: Ledgers) -> None:
    """No question was asked, or the reply was another or never accepted, or a decision was already being delivered."""
    assert list(worry_freed(ledgers.company, ledgers.core, PROMISES)) == []


@pytest.mark.parametrize(("after", "found"), [(5 * MINUTE, 1), (MINUTE / 6, 0)])
def test_a_release_after_the_bank_s_word_that_it_is_a_scam_is_found(after: timedelta, found: int) -> None:
    ledgers = Ledgers()
    ledgers.allowed(after)
    assert len(list(scam_freed(ledgers.core, {"t_1": T0, "t_2": T0}))) == found


@pytest.mark.parametrize(
    ("number", "alternates", "found"),
    [
        ("+6591234551", [], 0),
        ("+6591234582", [], 0),
        ("+6591234564", ["+6591234551"], 0),
        ("+6591234550", [], 1),
        ("+6591234552", [], 1),
        ("+6591234553", [], 1),
        ("+6591234564", [], 1),
        ("+6591234567", ["+6591234550"], 1),
    ],
)
def test_a_release_that_no_customer_could_confirm_is_found(number: str, alternates: list[str], found: int) -> None:
    """An honest customer who insists gets their payment. One who heeds the warning, is coached or away, or a
    machine, has not confirmed it."""
    customer = {"phone": number, "alternate_phones": alternates, "name": "Mei"}
    promises = {"t_1": Promise(event=EVENT | {"customer": customer}, answered_at=T0, status=202, body={})}
    ledgers = Ledgers()
    ledgers.reply("47 2")
    ledgers.allowed()
    assert len(list(let_go(ledgers.core, promises))) == found
