"""Check what must be true after every simulated day, against the simulators' ledgers, never against our own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wakeup.runtime.audit_verify import find_faults
from wakeup.simulation.bank import EXTENDED, Promise
from wakeup.simulation.checks.agents import AGENTS, left_alone, rung_again
from wakeup.simulation.checks.calls import (
    family_told,
    posted_twice,
    rung_after_stop,
    rung_twice,
    written_after_stop,
    written_too_often,
)
from wakeup.simulation.checks.core import core_faults
from wakeup.simulation.checks.disclosure import let_go, said_too_much, scam_freed, worry_freed
from wakeup.simulation.faults import MAX_SKEW_S, Group, Spell
from wakeup.simulation.stage import EPOCH, Stage
from wakeup.simulator.ledger import Fact

SETTLE_MARGIN = timedelta(seconds=2)
CLOCKS = timedelta(seconds=2 * MAX_SKEW_S)
LEASE = timedelta(seconds=20)
"""Another node takes over a dead node's delivery after this time."""
MAX_RETRY = timedelta(seconds=30)
"""Maximum time by which consequences outlast a fault: a stalled answer, and the back-off after it."""
OVER = frozenset({"cancelled_in_app", "released"})
"""News after which there may be nothing left to decide."""
EXPLAINED: dict[str, frozenset[Group]] = {
    "loop_without_store": frozenset({Group.DATABASE}),
    "work_without_store": frozenset({Group.DATABASE}),
    "alarm": frozenset({Group.CARRIER, Group.CORE}),
    "stranger_not_cut": frozenset({Group.CARRIER, Group.PHONE}),
}
"""Error lines that are expected if faults of these groups were injected; any other error line is a violation."""
IN_ORDER = frozenset({"hold_ends", "promise_late", "warned_after_allow", "released_after_cancel"})
"""Causes of alarms that may occur on any day."""
_LONG_DIGITS = re.compile(r"\d{8,}")


@dataclass(slots=True)
class Verdict:
    """The result of the checks."""

    violations: list[str] = field(default_factory=list)
    late_explained: int = 0


def judge(stage: Stage, plan: list[Spell]) -> Verdict:
    """Check every promise, from outside."""
    verdict = Verdict(violations=list(stage.bank.faults))
    first = _first_told(stage)
    for name, promise in stage.bank.promises.items():
        verdict.violations += _decided(stage, name, promise)
        late = _late(stage, plan, name, promise, first.get(name))
        verdict.late_explained += late == ""
        verdict.violations += [late] if late else []
    verdict.violations += [
        *_released(stage),
        *_hasty(stage),
        *core_faults(stage.core),
        *posted_twice(stage.company.ledger),
        *rung_twice(stage.company.ledger),
        *written_after_stop(stage.company.ledger),
        *rung_after_stop(stage.company.ledger),
        *written_too_often(stage.company.ledger),
        *family_told(stage.company.ledger, stage.bank.promises),
        *_log(stage),
        *_history(stage),
        *said_too_much(stage.company.ledger, stage.bank.promises),
        *let_go(stage.core.ledger, stage.bank.promises),
        *left_alone(
            stage.company.ledger, stage.clock.now(), lambda since, until: _kept_away(stage, plan, since, until)
        ),
        *rung_again(stage.company.ledger, stage.clock.now()),
        *scam_freed(stage.core.ledger, stage.bank.labelled()),
        *worry_freed(stage.company.ledger, stage.core.ledger, stage.bank.promises),
    ]
    return verdict


def _first_told(stage: Stage) -> dict[str, Fact]:
    told: dict[str, Fact] = {}
    for row in stage.core.ledger.of("accepted", "out_of_order"):
        told.setdefault(row["transfer"], row)
    return told


def _decided(stage: Stage, name: str, promise: Promise) -> Iterator[str]:
    """An accepted transfer is held from the answer on, and decided in the end."""
    standing = promise.body["decision"]["decision"]
    if standing != "hold" and promise.status == 202:
        yield f"{name}: answered {promise.status} with {standing} instead of a standing hold"
    told = {kind for _, kind in stage.bank.told_news.get(name, ())}
    if not stage.core.transfers[name].decision and not told & OVER:
        yield f"{name}: accepted and never decided"


def _late(stage: Stage, plan: list[Spell], name: str, promise: Promise, first: Fact | None) -> str | None:
    """Return None if the decision was in time, an empty string if a fault explains the delay, otherwise the
    violation. A delay is excused only for a hold, and for the refusal that replaced the hold because the core
    could not be reached before `hold_max`."""
    transfer = stage.core.transfers[name]
    if not transfer.late or transfer.decide_by is None or first is None:
        return None
    told, by = datetime.fromisoformat(first["at"]), transfer.decide_by
    over = told >= datetime.fromisoformat(promise.event["transfer"]["hold_max"]) - CLOCKS
    if first["decision"] != "hold" and not (first["decision"] == "refuse" and over):
        return f"{name}: late and {first['decision']}"
    if promise.answered_at > by - SETTLE_MARGIN or _troubled(stage, plan, by, told):
        return ""
    return f"{name}: decided {(told - by).total_seconds():.3f} s late, and nothing explains it"


def _troubled(stage: Stage, plan: list[Spell], by: datetime, told: datetime) -> bool:
    """True if something that can delay a decision happened between the time it was due and its delivery."""
    due = by - SETTLE_MARGIN
    reasons = {Group.CORE, Group.DATABASE, Group.NETWORK}
    spans = [(spell.begins, spell.ends, MAX_RETRY) for spell in plan if spell.group in reasons]
    spans += [(absence.since, absence.until, LEASE) for node in stage.nodes for absence in node.absences]
    return any(_moment(begins) <= told and due <= _moment(ends) + after for begins, ends, after in spans)


def _kept_away(stage: Stage, plan: list[Spell], since: datetime, until: datetime) -> bool:
    """True if something that can keep us from fetching a waiting customer happened in the meantime."""
    reasons = {Group.DATABASE, Group.NETWORK, Group.CARRIER, Group.PHONE}
    spans = [(spell.begins, spell.ends) for spell in plan if spell.group in reasons]
    spans += [(absence.since, absence.until) for node in stage.nodes for absence in node.absences]
    return any(_moment(begins) <= until and since <= _moment(ends) + MAX_RETRY for begins, ends in spans)


def _moment(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=min(seconds, 10**7))


def _released(stage: Stage) -> Iterator[str]:
    """Silence is never permission, and nothing said on the phone releases a critical transfer."""
    talked = {row["call"] for row in stage.company.ledger.of("pressed", "said")}
    spoke = {row["to"] for row in stage.company.ledger.of("created") if row["call"] in talked}
    for row in stage.core.ledger.of("accepted"):
        promise = stage.bank.promises.get(row["transfer"])
        if row["decision"] != "allow":
            continue
        if promise is None:
            yield f"{row['transfer']}: allowed, though we never accepted it"
            continue
        tier = promise.event["risk"]["tier"]
        confirmed = any(kind == "confirmed_in_app" for _, kind in stage.bank.told_news.get(row["transfer"], ()))
        if tier == "critical":
            yield f"{row['transfer']}: critical, and allowed"
        if tier == "high" and not confirmed:
            yield f"{row['transfer']}: high, allowed, and not confirmed in the app"
        if promise.event["customer"]["phone"] not in spoke:
            yield f"{row['transfer']}: allowed, and nobody said anything"


def _hasty(stage: Stage) -> Iterator[str]:
    """A window that was extended in time is used: "nobody reached" is not decided before its new end."""
    for row in stage.core.ledger.of("accepted", "out_of_order"):
        extended = any(kind == EXTENDED for _, kind in stage.bank.told_news.get(row["transfer"], ()))
        by = stage.core.transfers[row["transfer"]].decide_by
        if not extended or by is None or row["reason"] != "nobody_reached":
            continue
        early = by - SETTLE_MARGIN - CLOCKS - datetime.fromisoformat(row["at"])
        if early > timedelta():
            yield f"{row['transfer']}: given up {early.total_seconds():.1f} s before its extended window ends"


def _log(stage: Stage) -> Iterator[str]:
    """The log holds no error that no fault explains, and no personal data."""
    private = _private(stage)
    names = re.compile("|".join(map(re.escape, sorted(private.names)))) if private.names else None
    for line in stage.log:
        foreseen = line.get("cause") in IN_ORDER or EXPLAINED.get(line["event"], frozenset()) & stage.groups
        if line["level"] in {"error", "critical"} and not foreseen:
            yield f"logged at {line['at']:.3f} by {line['node']}: {_short(line)}"
        text = str(line)
        if any(digits in private.digits for digits in _LONG_DIGITS.findall(text)):
            yield f"a number in the log at {line['at']:.3f}: {line['event']}"
        if names is not None and names.search(text):
            yield f"a name in the log at {line['at']:.3f}: {line['event']}"


@dataclass(frozen=True, slots=True)
class _Private:
    digits: frozenset[str]
    names: frozenset[str]


def _private(stage: Stage) -> _Private:
    digits: set[str] = set()
    names: set[str] = set()
    for promise in stage.bank.promises.values():
        customer, payee = promise.event["customer"], promise.event["transfer"]["payee"]
        people = [customer, *promise.event["guardians"]]
        phones = [*(one["phone"] for one in people), *customer["alternate_phones"]]
        digits |= {phone.removeprefix("+") for phone in phones} | {payee["account"]}
        names |= {one["name"] for one in people} | {payee["name"]}
    digits |= {number.removeprefix("+") for number in AGENTS.values()}
    return _Private(frozenset(digits), frozenset(names))


def _short(line: dict[str, Any]) -> str:
    facts = {name: value for name, value in line.items() if name not in {"at", "node", "level"}}
    return str(facts)[-1500:]


def _history(stage: Stage) -> Iterator[str]:
    """`wakeup audit verify` finds no fault, against each node's anchors."""
    for node in stage.nodes:
        settings = node.settings
        url, key = settings.database_url.get_secret_value(), settings.keys.audit.get_secret_value()
        anchors = stage.folder / f"anchors{node.number}.jsonl"
        yield from (f"audit: {fault}" for fault in find_faults(url, key, anchors, node=settings.node.name))
