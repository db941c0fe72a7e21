"""What administrators see and do: accounts, sessions, dead messages, the administration log. None of it changes a
transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import MessageId
from wakeup.domain.policy import Policy
from wakeup.domain.staff import Right, Session, Staff, StaffId
from wakeup.usecases.acting import acting
from wakeup.usecases.console.secret_ages import Fingerprint, SecretAge, secret_ages
from wakeup.usecases.console.sign_in import SessionLimits, counts_still
from wakeup.usecases.deciding.deliver import listed, replay
from wakeup.usecases.records import MessageState, Note, OutboxMessage
from wakeup.usecases.unit import Unit

MAX_LETTERS, MAX_NOTES, LOOKED_AT = 100, 100, 5000


MOVED = "agent_moved"
"""The note that agents leave with every change of their state, many times a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWanted:
    """Filter of the administration log."""

    search: str = ""
    """What a note contains in kind, author or data."""
    moves: bool = False
    """Also the changes of agents' states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    staff: tuple[Staff, ...]
    sessions: Mapping[StaffId, tuple[Session, ...]]
    """Sessions that are still valid."""
    with_factor: frozenset[StaffId]
    dead: tuple[OutboxMessage, ...]
    log: tuple[tuple[int, datetime, Note], ...]
    policy: Policy
    secrets: tuple[SecretAge, ...]
    used: Mapping[str, int]
    """Calls of the last hour, by region that has a budget of its own."""


def read_administration(
    unit: Unit, wanted: LogWanted, fingerprints: Sequence[Fingerprint], session_limits: SessionLimits, now: datetime
) -> Administration:
    """Return the administration page, with the newest notes that are wanted of the log."""
    sessions: dict[StaffId, tuple[Session, ...]] = {}
    for session in (one for one in unit.staff.sessions(None) if counts_still(one, session_limits, now)):
        sessions[session.staff_id] = (*sessions.get(session.staff_id, ()), session)
    notes = [row for row in unit.admin.newest(LOOKED_AT) if _is_wanted(row[2], wanted)]
    return Administration(
        staff=tuple(unit.staff.all()),
        sessions=sessions,
        with_factor=unit.sign_ins.with_factor(),
        dead=tuple(listed(unit, MessageState.DEAD, MAX_LETTERS)),
        log=tuple(notes[:MAX_NOTES]),
        policy=unit.policy,
        secrets=tuple(secret_ages(unit, fingerprints)),
        used={region: unit.budgets.used(region, now) for region in unit.policy.calling.per_hour},
    )


def replay_message(unit: Unit, by: StaffId, message_id: str, now: datetime) -> OutboxMessage:
    """Queue a dead message again. Raises NotFoundError, or ConflictError when it is not dead."""
    who = acting(unit, by, Right.REPLAY)
    return replay_noted(unit, message_id, who.name, now)


def replay_noted(unit: Unit, message_id: str, by: str, now: datetime) -> OutboxMessage:
    """Do the same as `replay`, and record it in the administration log."""
    message = replay(unit, MessageId(message_id), now)
    unit.admin.add("message_replayed", by, now, message=message.id, transfer=message.transfer_id)
    unit.wakes.add("board")
    return message


def _is_wanted(note: Note, wanted: LogWanted) -> bool:
    if note.kind == MOVED and not wanted.moves:
        return False
    text = wanted.search.strip().lower()
    return not text or any(text in str(part).lower() for part in (note.kind, note.by, *note.data.values()))
