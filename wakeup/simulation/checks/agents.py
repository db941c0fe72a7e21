"""The bank's agents in a simulated day: who works, what they record afterwards, and the checks on calls to them.
The checks read the phone company's ledger, as all checks do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.agent import LANGUAGES, AgentEvent, Skill
from wakeup.domain.outcome import Outcome
from wakeup.domain.policy import People
from wakeup.domain.review import Reason, Review
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.simulator.ledger import Fact, Ledger
from wakeup.usecases.agents.agents import NewAgent, enrol_agent, set_state
from wakeup.usecases.desk.agent_outcome import FoundOut, record_outcome
from wakeup.usecases.review.review import Order
from wakeup.usecases.unit import Unit

AGENTS = {"amy": "+6531580197", "bao": "+6531580183", "cai": "+6531580199", "dan": "+6531580198"}
"""One takes calls, one hangs up half-way, one is a voicemail and one does not answer: chosen by the last two
digits."""
ALONE = People().patience + timedelta(seconds=15)
"""Maximum time for which a customer may be alone in a conference, unless a fault kept us from fetching them."""
ENTERS = timedelta(seconds=15)
"""Maximum time from the promise of an agent to entering the conference: connections are slow, and the prompt comes
first."""
LINE, UNUSABLE = "line-", "$none"

Excused = Callable[[datetime, datetime], bool]


def come_to_work(unit: Unit, now: datetime) -> None:
    """Enrol all agents and make them ready."""
    for n, (name, number) in enumerate(AGENTS.items()):
        staff = Staff(
            id=StaffId(f"usr_{name}"), name=name, person=PersonId(f"p_{n}"), role=StaffRole.AGENT,
            password_hash=UNUSABLE, made_at=now,
        )  # fmt: skip
        unit.staff.add(staff)
        wanted = NewAgent(name=name, address=number, languages=LANGUAGES, skills=(Skill.CRITICAL,))
        enrol_agent(unit, wanted, "root", now)
        set_state(unit, staff.id, AgentEvent.BE_READY, now)


def say_all_is_well(unit: Unit, now: datetime) -> int:
    """Let every agent who talked to a customer record that all is well. That must release nothing (`told.let_go`)."""
    said = 0
    for one in unit.hand_overs.since(datetime.min.replace(tzinfo=now.tzinfo)):
        if one.joined_at is None or one.agent is None:
            continue
        review = unit.reviews.get(one.case_id) or Review(case_id=one.case_id)
        order = Order(staff_id=one.agent, case_id=one.case_id, version=review.version, reason=Reason.WARNED)
        record_outcome(unit, order, FoundOut(outcome=Outcome.CONSISTENT, identified=True), now)
        said += 1
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One call's stay in a conference."""

    call: str
    room: str
    since: datetime
    until: datetime


def left_alone(ledger: Ledger, end: datetime, excused: Excused) -> Iterator[str]:
    """No customer is alone in a conference beyond the limit."""
    stays = [stay for stay in _stays(ledger, end) if stay.room.startswith(LINE)]
    agents = set(AGENTS.values())
    numbers = _numbers(ledger)
    for stay in stays:
        if numbers.get(stay.call) in agents:
            continue
        others = [other for other in stays if other.room == stay.room and other.call != stay.call]
        for since, until in _alone(stay, others):
            if until - since > ALONE and not excused(since, until):
                yield f"{stay.call} was alone in its room for {(until - since).total_seconds():.0f} s"


def rung_again(ledger: Ledger, end: datetime) -> Iterator[str]:
    """No agent is called twice for one wait. Waits that overlap are left out: from outside it cannot be told for
    which of them an agent was called. A customer who was to wait, but whose phone company lost the answer that says so,
    waits in our books until their call ends."""
    numbers, agents = _numbers(ledger), set(AGENTS.values())
    waits = [
        stay for stay in _stays(ledger, end) if stay.room.startswith(LINE) and numbers.get(stay.call) not in agents
    ]
    rings: dict[str, list[datetime]] = defaultdict(list)
    for row in ledger.of("created"):
        if row["to"] in agents:
            rings[row["to"]].append(_at(row))
    unseen = _unanswered(ledger, end)
    for wait in waits:
        others = [one for one in waits if one is not wait] + [one for one in unseen if one.call != wait.call]
        if any(other.since - ENTERS < wait.until and wait.since < other.until for other in others):
            continue
        for number, moments in rings.items():
            if sum(wait.since <= at < wait.until for at in moments) > 1:
                yield f"an agent ({number[-2:]}) was rung twice for {wait.call}"


def _alone(stay: Stay, others: list[Stay]) -> Iterator[tuple[datetime, datetime]]:
    at = stay.since
    for other in sorted(others, key=lambda one: one.since):
        if other.since > at:
            yield at, min(other.since, stay.until)
        at = max(at, other.until)
    if at < stay.until:
        yield at, stay.until


def _stays(ledger: Ledger, end: datetime) -> list[Stay]:
    open_: dict[tuple[str, str], datetime] = {}
    found: list[Stay] = []
    for row in ledger.of("room_entered", "room_left"):
        key = (row["call"], row["room"])
        if row["fact"] == "room_entered":
            open_[key] = _at(row)
        elif key in open_:
            found.append(Stay(call=key[0], room=key[1], since=open_.pop(key), until=_at(row)))
    return found + [Stay(call=call, room=room, since=since, until=end) for (call, room), since in open_.items()]


def _unanswered(ledger: Ledger, end: datetime) -> list[Stay]:
    """Return the rest of each call from a turn of which the phone company got no answer."""
    ended = {row["call"]: _at(row) for row in ledger.of("ended")}
    return [
        Stay(call=row["call"], room="", since=_at(row), until=ended.get(row["call"], end))
        for row in ledger.of("problem")
        if row["kind"] == "voice"
    ]


def _numbers(ledger: Ledger) -> dict[str, str]:
    return {row["call"]: row["to"] for row in ledger.of("created")}


def _at(row: Fact) -> datetime:
    return datetime.fromisoformat(row["at"])
