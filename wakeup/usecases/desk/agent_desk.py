"""An agent's desk: the case they talk about, the customers who wait, and what the agent does from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.agent import AgentState
from wakeup.domain.attempt import AttemptState
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver, HandOverState, HumanTalkRef
from wakeup.domain.ids import CaseId
from wakeup.domain.listening import Listener
from wakeup.domain.party import Party, Role
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, StaffId, demand
from wakeup.domain.transfer import GONE
from wakeup.usecases.agents.agent_call import at_stake
from wakeup.usecases.agents.agents import AgentNow, read_agents
from wakeup.usecases.agents.human_talks import last_human_talk, own_human_talk
from wakeup.usecases.case.human_talk_notes import is_written_up, write_ups_of
from wakeup.usecases.case.parties import is_anothers
from wakeup.usecases.console.case_view import CaseView, read_case
from wakeup.usecases.desk.reach_out import ELSE, NO_TEXT
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

SPAN = timedelta(hours=24)
SOON = timedelta(seconds=20)
"""A wait that ended with an agent within this time counts as served well."""
AT_WORK = frozenset({AgentState.ON_CALL, AgentState.WRAP_UP})
GENERIC = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """Service figures of the last 24 hours, for customers who asked for a human."""

    asked: int
    joined: int
    soon: int
    """Joined by an agent within 20 s."""
    left: int
    """Hung up before an agent came."""
    longest_s: int
    """Longest wait in seconds of those who were joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The agents, the customers who wait, and the service figures."""

    agents: Sequence[AgentNow]
    waiting: Sequence[HandOver]
    talking: Sequence[HandOver]
    listening: Sequence[Listener]
    """Supervisors in those conversations, or being rung for them."""
    service: ServiceLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNow:
    """What changes on an agent's desk by itself."""

    me: AgentNow | None
    team: Team
    case_id: CaseId | None
    """The case the agent talks about now, or writes up."""
    talk: HandOver | None
    """The agent's own conversation in that case."""
    guests: Sequence[Guest]
    """Guardians who were rung for that conversation."""
    customer_left: bool
    """That conversation is over, and so is the call of the customer or guardian who was in it."""

    @property
    def on_the_line(self) -> str:
        """The name of the conversation in which the agent is now; empty while they are in none."""
        talks = self.me is not None and self.me.agent.state is AgentState.ON_CALL
        return self.talk.ref if talks and self.talk is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """One agent's desk. `case` is the case of the current call from the moment the agent accepts it, or of the last
    call until its outcome is recorded; or it is an earlier case of theirs that was asked for."""

    now: DeskNow
    case: CaseView | None = field(repr=False)
    talk: HandOver | None
    """The agent's own conversation in that case."""
    script: str | None
    """The newest published script for the kind of scam that was announced to the agent."""
    guests: Sequence[Guest]
    """Guardians who were rung for that conversation."""
    written: bool
    """The agent has recorded the outcome of this conversation."""
    at_hand: bool
    """The conversation is the one in which the agent is now, or which they are writing up."""
    unrecorded: Sequence[HandOver]
    """The agent's conversations of the last 24 hours without an outcome, oldest first; without the current one and
    `talk`."""
    guardian: Party | None = field(repr=False)
    """The guardian with whom the agent has that conversation; None if it is the customer."""


def read_team(unit: Unit, now: datetime) -> Team:
    waits = unit.hand_overs.open()
    return Team(
        agents=read_agents(unit, now),
        waiting=[one for one in waits if one.state is HandOverState.WAITING],
        talking=[one for one in waits if one.state is HandOverState.JOINED],
        listening=unit.listeners.open(),
        service=service_of(unit.hand_overs.since(now - SPAN)),
    )


def service_of(waits: Sequence[HandOver]) -> ServiceLevel:
    """Compute the service figures. A wait is counted when it is over."""
    over = [one for one in waits if one.state is not HandOverState.WAITING]
    took = [one.joined_at - one.asked_at for one in over if one.joined_at is not None]
    return ServiceLevel(
        asked=len(over), joined=len(took), soon=sum(wait <= SOON for wait in took),
        left=sum(one.state is HandOverState.ABANDONED for one in over),
        longest_s=round(max(took, default=timedelta()).total_seconds()),
    )  # fmt: skip


def read_desk_now(unit: Unit, staff_id: StaffId, now: datetime) -> DeskNow:
    team = read_team(unit, now)
    me = next((one for one in team.agents if one.agent.staff_id == staff_id), None)
    case_id = me.agent.case_id if me is not None and me.agent.state in AT_WORK else None
    talk = None if case_id is None else last_human_talk(unit, case_id, staff_id)
    return DeskNow(
        me=me, team=team, case_id=case_id, talk=talk, guests=_guests(unit, talk), customer_left=_left(unit, talk)
    )  # fmt: skip


def read_desk(
    unit: Unit, staff_id: StaffId, now: datetime, asked: CaseId | None = None, named: HumanTalkRef | None = None
) -> DeskView:
    """Return an agent's desk. `asked`: show this case if the agent has talked in it, with their conversation that is
    `named`, or else the newest; otherwise show the current desk."""
    desk = read_desk_now(unit, staff_id, now)
    unrecorded = human_talks_to_write_up(unit, staff_id, now - SPAN)
    talk = None if asked is None else own_human_talk(unit, asked, staff_id, named)
    if talk is None:
        talk = desk.talk if desk.case_id is not None else _left_open(unit, staff_id, unrecorded, now)
    shown = desk.case_id if talk is None else talk.case_id
    here = {one.ref for one in (talk, desk.talk) if one is not None}
    others = [one for one in unrecorded if one.ref not in here]
    if shown is None:
        return DeskView(
            now=desk, case=None, talk=None, script=None, guests=(), written=False, at_hand=False, unrecorded=others,
            guardian=None,
        )  # fmt: skip
    case = read_case(unit, shown, now)
    return DeskView(
        now=desk, case=case, talk=talk, script=_script(unit, case, talk), guests=_guests(unit, talk),
        written=talk is not None and bool(write_ups_of(case.timeline, talk)),
        at_hand=shown == desk.case_id and talk == desk.talk, unrecorded=others,
        guardian=None if talk is None else _guardian(case, talk),
    )  # fmt: skip


def human_talks_to_write_up(unit: Unit, staff_id: StaffId, since: datetime) -> Sequence[HandOver]:
    """Return the agent's conversations, of those asked for after `since`, whose outcome they have not recorded. Oldest
    first."""
    return [one for one in unit.hand_overs.maybe_to_write_up(staff_id, since) if not is_written_up(unit, one)]


def _left_open(unit: Unit, staff_id: StaffId, unrecorded: Sequence[HandOver], now: datetime) -> HandOver | None:
    """Return the agent's last conversation if its outcome is not recorded yet."""
    had = [one for one in unit.hand_overs.since(now - SPAN) if one.agent == staff_id and one.joined_at is not None]
    return had[-1] if had and had[-1] in unrecorded else None


def _left(unit: Unit, talk: HandOver | None) -> bool:
    if talk is None or talk.state is HandOverState.JOINED:
        return False
    return any(
        call.state is AttemptState.ENDED for call in unit.attempts.of_case(talk.case_id) if call.id == talk.attempt_id
    )


def _guests(unit: Unit, talk: HandOver | None) -> Sequence[Guest]:
    return () if talk is None else unit.guests.of_human_talk(talk.attempt_id, talk.n)


def ask_from_desk(
    unit: Unit, order: Order, now: datetime, *, agreed: bool, named: HumanTalkRef | None = None
) -> Review:
    """Ask a guardian now, with the consent of the customer on the line, given in the talk that is `named`. Raises
    ConflictError on `agreed` or `guardian`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.unchanged()
        agent = unit.agents.lock(work.staff.id)
        if agent is None or agent.state not in AT_WORK or agent.case_id != order.case_id:
            raise NotFoundError("this case is not on your desk")
        talk = last_human_talk(unit, order.case_id, work.staff.id)
        if talk is not None and named not in {None, (talk.attempt_id, talk.n)}:
            raise ConflictError("agreed", "no customer is on the line with you")
        if talk is not None and is_anothers(work.file, talk.attempt_id):
            raise ConflictError("agreed", "the person on the line is not the customer")
        if not agreed:
            raise ConflictError("agreed", "the customer must agree first")
        refused = ask_guardian(work.file, "person")
        if refused is not None:
            raise ConflictError("guardian", NO_TEXT.get(refused, ELSE))
        work.record(Act.GUARDIAN_ASKED, None, agreed=True)
    return work.review


def _guardian(case: CaseView, talk: HandOver) -> Party | None:
    called = {call.party_id for call in case.attempts if call.id == talk.attempt_id}
    return next((party for party in case.parties if party.id in called and party.role is Role.GUARDIAN), None)


def _script(unit: Unit, case: CaseView, talk: HandOver | None) -> str | None:
    """Return the script for the kind of scam that was announced to the agent; the general one where there is none."""
    told = [one.talk for one in case.talks if talk is not None and one.talk.attempt_id == talk.attempt_id]
    named = {transfer_id for one in told for transfer_id in one.named}
    left = {one.transfer.id for one in case.transfers if one.in_doubt or one.transfer.state in GONE}
    about = at_stake([one.transfer for one in case.transfers], named & left, unit.policy)
    for name in (about.typology, GENERIC):
        versions = unit.scripts.versions(name)
        if versions:
            return unit.scripts.content(versions[0].content_hash)
    return None
