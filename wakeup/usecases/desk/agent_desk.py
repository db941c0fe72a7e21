"""What an agent has before them: the case they talk about, and who waits for people. And what they do from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.agent import AgentState
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import CaseId
from wakeup.domain.listening import Listener
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, StaffId, demand
from wakeup.usecases.agents.agents import AgentNow, read_agents
from wakeup.usecases.console.case_view import CaseView, read_case
from wakeup.usecases.desk.reach_out import ELSE, NO_TEXT
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

SPAN = timedelta(hours=24)
SOON = timedelta(seconds=20)
"""A wait that ended with somebody within this time counts as served well."""
AT_WORK = frozenset({AgentState.ON_CALL, AgentState.WRAP_UP})
GENERIC = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How customers who asked for a person fared in the last 24 hours."""

    asked: int
    joined: int
    soon: int
    """Joined within 20 s."""
    left: int
    """Hung up before anybody came."""
    longest_s: int
    """Of those who were joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who takes calls, who waits for them, and how it goes."""

    agents: Sequence[AgentNow]
    waiting: Sequence[HandOver]
    talking: Sequence[HandOver]
    listening: Sequence[Listener]
    """Supervisors in those talks, or on their way."""
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """One agent's desk. `case` is there from the moment they take the call until they are done with it; or it is an
    earlier one of theirs that was asked for."""

    me: AgentNow | None
    team: Team
    case: CaseView | None = field(repr=False)
    talk: HandOver | None
    """Theirs, of that case."""
    script: str | None
    """The content of the script for this kind of scam, as it was published last."""
    guests: Sequence[Guest]
    """Guardians who were rung for that talk."""
    written: bool
    """They wrote down what this talk has come to."""
    at_hand: bool
    """The case is that of the customer they talk to, or talked to last."""


def read_team(unit: Unit, now: datetime) -> Team:
    waits = unit.hand_overs.open()
    return Team(
        agents=read_agents(unit, now),
        waiting=[one for one in waits if one.state is HandOverState.WAITING],
        talking=[one for one in waits if one.state is HandOverState.JOINED],
        listening=unit.listeners.open(),
        service=service_of(unit.hand_overs.since(now - SPAN)),
    )


def service_of(waits: Sequence[HandOver]) -> Service:
    """Whoever waits still is counted when the wait is over."""
    over = [one for one in waits if one.state is not HandOverState.WAITING]
    took = [one.joined_at - one.asked_at for one in over if one.joined_at is not None]
    return Service(
        asked=len(over), joined=len(took), soon=sum(wait <= SOON for wait in took),
        left=sum(one.state is HandOverState.ABANDONED for one in over),
        longest_s=round(max(took, default=timedelta()).total_seconds()),
    )  # fmt: skip


def read_desk(unit: Unit, staff_id: StaffId, now: datetime, asked: CaseId | None = None) -> DeskView:
    """`asked`: the desk for this case, if they talked to its customer; otherwise it is the desk as it stands."""
    team = read_team(unit, now)
    me = next((one for one in team.agents if one.agent.staff_id == staff_id), None)
    at_hand = me.agent.case_id if me is not None and me.agent.state in AT_WORK else None
    talk = None if asked is None else _talk_of(unit, asked, staff_id)
    shown = at_hand if talk is None else asked
    if shown is None:
        return DeskView(
            me=me, team=team, case=None, talk=None, script=None, guests=(), written=False, at_hand=False
        )  # fmt: skip
    case = read_case(unit, shown, now)
    talk = talk or _talk_of(unit, shown, staff_id)
    since = now if talk is None or talk.joined_at is None else talk.joined_at
    written = any(one.act is Act.TALKED and one.by == staff_id and one.at >= since for one in case.acts)
    guests = () if talk is None else unit.guests.of_talk(talk.attempt_id, talk.n)
    return DeskView(
        me=me, team=team, case=case, talk=talk, script=_script(unit, case), guests=guests, written=written,
        at_hand=shown == at_hand,
    )  # fmt: skip


def _talk_of(unit: Unit, case_id: CaseId, staff_id: StaffId) -> HandOver | None:
    """Their newest talk with this case's customer."""
    talks = reversed(unit.hand_overs.of_case(case_id))
    return next((one for one in talks if one.agent == staff_id and one.joined_at is not None), None)


def ask_from_desk(unit: Unit, order: Order, now: datetime, *, agreed: bool) -> Review:
    """The customer on the line agrees that a guardian is asked now. Raises ConflictError on `agreed` or `guardian`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.unchanged()
        agent = unit.agents.get(work.staff.id)
        if agent is None or agent.state not in AT_WORK or agent.case_id != order.case_id:
            raise NotFoundError("this case is not at your desk")
        if not agreed:
            raise ConflictError("agreed", "the customer must agree first")
        refused = ask_guardian(work.file, "person")
        if refused is not None:
            raise ConflictError("guardian", NO_TEXT.get(refused, ELSE))
        work.record(Act.GUARDIAN_ASKED, None, agreed=True)
    return work.review


def _script(unit: Unit, case: CaseView) -> str | None:
    """Of the gravest payment's kind of scam; the general one where there is none of its own."""
    kinds = [one.transfer.typology for one in case.transfers if one.transfer.act_at is not None]
    for name in (*kinds, GENERIC):
        versions = unit.scripts.versions(name)
        if versions:
            return unit.scripts.content(versions[0].content_hash)
    return None
