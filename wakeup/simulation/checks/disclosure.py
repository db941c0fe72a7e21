"""Checks on what families are told in a simulated day, and on the effect of a guardian's worry, against the
simulators' ledgers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote

from wakeup.simulation.bank import Promise
from wakeup.simulator.ledger import Fact, Ledger
from wakeup.simulator.profiles import MAGIC, Profile
from wakeup.simulator.understanding import Choice

TAKEN_WITHIN = timedelta(seconds=30)
"""Maximum time until we have a reply. A decision made before the reply was taken is under way not much longer."""
_CODE = re.compile(r"(?:reply|回复)\D{0,8}(\d\d)\D{0,20}1\W?(?:worried|担心)", re.IGNORECASE)
_WORRY = re.compile(r"^(\d\d)\W*(?:1(?!\d)|可疑|担心|suspicious|worried)", re.IGNORECASE)
"""Only a text that names the code is certainly a reply to that prompt; this check ignores other texts that we may
take for a reply."""
_CHOICES = re.compile(
    r"(?<!\d)\d{3}(?:=| (?=worried|aware|I'll call|unsure|all is well|not yet|yes|no\b))", re.IGNORECASE
)
"""The answers offered to a guardian, such as `791=担心` or `791 worried`: on some day these digits are also the
beginning of an amount."""
_LONG_DIGITS = re.compile(r"\d{7,}")


def said_too_much(ledger: Ledger, promises: dict[str, Promise]) -> Iterator[str]:
    """No SMS names a payee, an account, an amount, a number or a full name, and no URL of ours contains a number."""
    about = _by_number(promises)
    for row in ledger.of("message_created"):
        body = _CHOICES.sub("", row["body"])
        for promise in about.get(row["to"], ()):
            told = [what for what, words in _private(promise).items() if any(word in body for word in words)]
            if told:
                yield f"{row['message']} names {', '.join(told)}"
    digits = {word for promise in promises.values() for word in _private(promise)["a number"]}
    for row in ledger.facts:
        if "url" in row and digits & set(_LONG_DIGITS.findall(unquote(row["url"]))):
            yield f"an address names a number: {row['fact']}"


def worry_freed(company: Ledger, core: Ledger, promises: dict[str, Promise]) -> Iterator[str]:
    """Once a guardian's worry about a customer was taken, no transfer flagged before it is allowed any more."""
    lost = {row["call"] for row in company.of("problem") if row["kind"] == "sms_inbound"}
    worried: dict[str, datetime] = {}
    prompted: dict[str, set[str]] = defaultdict(set)
    for row in company.of("message_created", "message_inbound"):
        if row["fact"] == "message_created":
            prompted[row["to"]].update(_CODE.findall(row["body"]))
        elif row["message"] not in lost and (said := _WORRY.match(row["body"].strip())) is not None:
            if said[1] not in prompted[row["from_"]]:
                continue
            worried.setdefault(row["from_"], _at(row) + TAKEN_WITHIN)
    for row in core.of("accepted"):
        promise = promises.get(row["transfer"])
        if promise is None or row["decision"] != "allow":
            continue
        heard = [worried[g["phone"]] for g in promise.event["guardians"] if g["phone"] in worried]
        if any(promise.answered_at < at < _at(row) for at in heard):
            yield f"{row['transfer']}: allowed after a guardian's worry"


def scam_freed(core: Ledger, labelled: Mapping[str, datetime]) -> Iterator[str]:
    """Once a transfer is labelled a scam, no timer releases it, and an allow on its way to the core is recalled.
    `labelled`: transfer → when the bank's label was accepted."""
    for row in core.of("accepted"):
        at = labelled.get(row["transfer"])
        if at is not None and row["decision"] == "allow" and at + TAKEN_WITHIN < _at(row):
            yield f"{row['transfer']}: allowed after the bank's word that it is a scam"


def let_go(core: Ledger, promises: dict[str, Promise]) -> Iterator[str]:
    """A transfer is allowed only if a callee who makes the payment themselves, for a story without marks of a
    scam, says so. Nothing that a guardian, a machine or silence says is a release."""
    for row in core.of("accepted"):
        promise = promises.get(row["transfer"])
        if promise is not None and row["decision"] == "allow":
            customer = promise.event["customer"]
            numbers = [customer["phone"], *customer["alternate_phones"]]
            if not any(_honest(MAGIC[number[-2:]]) for number in numbers):
                yield f"{row['transfer']}: allowed, and nobody who answers there would say that all is well"


def _honest(who: Profile) -> bool:
    return Choice.PROCEED in who.wants and not (who.risky or who.controlled)


def _by_number(promises: dict[str, Promise]) -> dict[str, list[Promise]]:
    found: dict[str, list[Promise]] = defaultdict(list)
    for promise in promises.values():
        customer = promise.event["customer"]
        numbers = [customer["phone"], *customer["alternate_phones"], *(g["phone"] for g in promise.event["guardians"])]
        for number in numbers:
            found[number].append(promise)
    return found


def _private(promise: Promise) -> dict[str, list[str]]:
    event = promise.event
    customer, transfer = event["customer"], event["transfer"]
    whole = transfer["amount"].partition(".")[0]
    phones = [customer["phone"], *customer["alternate_phones"], *(g["phone"] for g in event["guardians"])]
    return {
        "the payee": [transfer["payee"]["name"]],
        "an account": [transfer["payee"]["account"]],
        "an amount": [whole, f"{int(whole):,}"] if len(whole) > 2 else [],
        "a number": [phone.removeprefix("+") for phone in phones],
        "a full name": [person["name"] for person in (customer, *event["guardians"]) if len(person["name"]) > 2],
    }


def _at(row: Fact) -> datetime:
    return datetime.fromisoformat(row["at"])
