"""Checks on what was posted to the phone company: each call and SMS once, one live call per number, and nothing to
a number that opted out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from wakeup.domain.policy import Messages
from wakeup.simulation.bank import Promise
from wakeup.simulator.ledger import Fact, Ledger
from wakeup.simulator.messages import STOP_WORDS

NOT_PLACED = frozenset({"429", "refuse"})
"""After these faults the phone company has certainly done nothing, and the same request may be posted again."""
HEARD_WITHIN = timedelta(seconds=30)
"""Maximum time until we know of a STOP: a slow connection, and a slow database behind it."""
_POSTS = frozenset({"post_received", "message_post_received"})


def posted_twice(ledger: Ledger) -> Iterator[str]:
    """One POST per attempt and per SMS, except after a certain refusal."""
    posts: Counter[str] = Counter()
    before: Fact = {"fact": ""}
    for row in ledger.facts:
        if row["fact"] in _POSTS:
            posts[_path(row)] += 1
        elif before["fact"] in _POSTS and (row["fact"] == "post_refused" or row.get("kind") in NOT_PLACED):
            # A fault or refusal is recorded directly after its POST, before anything else can happen.
            posts[_path(before)] -= 1
        before = row
    yield from (f"posted {n} times: {url.rpartition('/')[0]}" for url, n in posts.items() if n > 1)


def _path(row: Fact) -> str:
    return urlsplit(row["url"]).path


def rung_twice(ledger: Ledger) -> Iterator[str]:
    """One live call per number, from its creation, ringing or not, to its end."""
    live: dict[str, str] = {}
    numbers = {row["call"]: row["to"] for row in ledger.of("created")}
    for row in ledger.of("created", "ended"):
        number = numbers.get(row["call"], "")
        if row["fact"] == "ended":
            live.pop(number, None)
        elif number in live:
            yield f"{row['call']} was created while {live[number]} lived, both to one number"
        else:
            live[number] = row["call"]
    rings = ledger.summary()["duplicate_rings"]
    if rings:
        yield f"the phone company counts {rings} duplicate rings"


def written_after_stop(ledger: Ledger) -> Iterator[str]:
    """A number that wrote STOP gets no more SMS. If we never received the STOP, the phone company reports it in
    answer to the next SMS."""
    unheard = {row["call"] for row in ledger.of("problem") if row["kind"] == "sms_inbound"}
    stopped: dict[str, Fact] = {}
    late: Counter[str] = Counter()
    for row in ledger.of("message_inbound", "message_post_received"):
        if row["fact"] == "message_inbound":
            if row["body"].strip().upper() in STOP_WORDS:
                stopped.setdefault(row["from_"], row)
        elif row["to"] in stopped and _at(row) > _at(stopped[row["to"]]) + HEARD_WITHIN:
            late[row["to"]] += 1
    for number, stop in stopped.items():
        if late[number] > (stop["message"] in unheard):
            yield f"{late[number]} texts to {number} after STOP"


def rung_after_stop(ledger: Ledger) -> Iterator[str]:
    """A number that wrote STOP is not called either, if we received the STOP."""
    unheard = {row["call"] for row in ledger.of("problem") if row["kind"] == "sms_inbound"}
    stopped: dict[str, datetime] = {}
    for row in ledger.of("message_inbound", "post_received"):
        if row["fact"] == "post_received":
            if row["to"] in stopped and _at(row) > stopped[row["to"]]:
                yield f"{row['to']} was rung after STOP"
        elif row["body"].strip().upper() in STOP_WORDS and row["message"] not in unheard:
            stopped.setdefault(row["from_"], _at(row) + HEARD_WITHIN)


def written_too_often(ledger: Ledger) -> Iterator[str]:
    """No number gets more SMS than the daily maximum. A simulated day is no longer than a day."""
    most = Messages().max_per_number_day
    counts = Counter(row["to"] for row in ledger.of("message_created"))
    yield from (f"{n} texts to {number} in a day" for number, n in counts.items() if n > most)


def family_told(ledger: Ledger, promises: dict[str, Promise]) -> Iterator[str]:
    """No family member learns of a blackmail."""
    secret = {
        guardian["phone"]
        for promise in promises.values()
        if promise.event["risk"]["typology"] == "extortion"
        for guardian in promise.event["guardians"]
    }
    for row in ledger.of("message_created", "created"):
        if row["to"] in secret:
            yield f"{row['to']} was told of a blackmail"


def _at(row: Fact) -> datetime:
    return datetime.fromisoformat(row["at"])
