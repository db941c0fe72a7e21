"""Enrol a customer's guardians as the bank lists them. A change during an incident waits, and the old contact is
told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, Guardian, GuardianEvent, GuardianState, agrees_by
from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.domain.party import Role
from wakeup.domain.states import move
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.customer import remember_list
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.consents import WARD_AGREED, record_consent, take_back_consent, ward_agrees_since
from wakeup.usecases.guardians.guardian_words import OwnNo, own_no
from wakeup.usecases.guardians.invite_guardian import invite, notify_old_contact
from wakeup.usecases.idempotency import is_repeat_event
from wakeup.usecases.records import Customer
from wakeup.usecases.repositories.guardians import Change
from wakeup.usecases.unit import Unit

AT_ONCE, WAITS, SAME = "applied", "waits", "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One guardian as listed by the bank."""

    id: str
    rank: int
    phone: str = field(repr=False)
    region: str
    line_type: str
    zone: str
    """Time zone of the number: an invitation is sent by day."""
    name: str = field(repr=False)
    relation: str | None = field(repr=False)
    locale: str
    minor: bool
    linked: bool
    accounts: tuple[str, ...] = field(repr=False)
    """Account numbers in clear; only their keyed hashes are stored."""
    agreed_at: datetime | None
    """When the customer agreed. Without it the guardian is never contacted."""
    agreed_channel: str
    agreed_wording: str
    confirmed_at: datetime | None
    """When the guardian agreed, if the bank itself asked."""
    confirmed_channel: str
    confirmed_wording: str
    ward: str = field(repr=False)
    """How the invitation names the customer."""

    def to_json(self) -> str:
        """Return the text in which a waiting change is stored. It is compared with a stored one to find repeats."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Self:
        found = json.loads(text)
        times = {name: datetime.fromisoformat(found[name]) for name in ("agreed_at", "confirmed_at") if found[name]}
        return cls(**{**found, **times, "accounts": tuple(found["accounts"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansIn:
    """The bank's list of one customer's guardians, as one message."""

    event_id: str
    content_hash: str
    customer_id: CustomerId
    occurred_at: datetime
    wanted: tuple[Entry, ...]


def replace_guardians(unit: Unit, message: GuardiansIn, now: datetime) -> dict[str, str]:
    """Apply `put_guardians` once per message. A repeat may be older than a newer list, so it changes nothing and
    is answered with the present state. Raises ConflictError if the event id is known with other content, or the
    list is older than the newest one."""
    if not is_repeat_event(unit, message.event_id, message.content_hash, now):
        return put_guardians(unit, message.customer_id, message.wanted, now, message.occurred_at)
    listed = unit.guardians.of_customer(message.customer_id)
    standing = {str(g.id): SAME for g in listed if g.state is not GuardianState.REMOVED}
    return standing | {str(change.guardian_id): WAITS for change in unit.guardians.changes(message.customer_id)}


def put_guardians(
    unit: Unit, customer_id: CustomerId, wanted: Sequence[Entry], now: datetime, occurred_at: datetime | None = None
) -> dict[str, str]:
    """Replace all guardians of a customer. Returns for each what became of it: applied, waits, or unchanged.

    `occurred_at` is when the bank made the list; None if it asks at this moment. Raises ConflictError if the list is
    older than the newest one.
    """
    with ExitStack() as desk:
        files = [desk.enter_context(CaseFile(unit, case, now)) for case in unit.cases.lock_unsettled(customer_id)]
        customer = unit.customers.lock(customer_id)
        if customer is None:
            # The customer is not known yet, or was erased while this transaction waited for the lock.
            if not wanted:
                return {}
            customer = Customer(id=customer_id, seen_at=now, tier=Tier.MEDIUM, tier_at=now)
            unit.customers.add(replace(customer, guardians_listed_at=occurred_at or now))
        else:
            remember_list(unit, customer, occurred_at, now)
        standing = {
            str(g.id): g for g in unit.guardians.of_customer(customer_id) if g.state is not GuardianState.REMOVED
        }
        answers = {entry.id: _want(unit, customer_id, standing.get(entry.id), entry, files, now) for entry in wanted}
        gone = standing.keys() - answers.keys()
        answers |= {identity: _withdraw_entry(unit, standing[identity], files, now) for identity in sorted(gone)}
        return answers | _withdraw(unit, customer_id, answers)


def _withdraw(unit: Unit, customer_id: CustomerId, answers: Mapping[str, str]) -> dict[str, str]:
    """Forget the changes of earlier lists that this list does not make wait: applied later, they would undo it.
    Returns the guardians who were on an earlier list only."""
    outdated = [
        change.guardian_id for change in unit.guardians.changes(customer_id) if answers.get(change.guardian_id) != WAITS
    ]
    for guardian_id in outdated:
        unit.guardians.forget_change(customer_id, guardian_id)
    return {guardian_id: AT_ONCE for guardian_id in outdated if guardian_id not in answers}


def _want(
    unit: Unit, customer_id: CustomerId, old: Guardian | None, entry: Entry, files: list[CaseFile], now: datetime
) -> str:
    # At once, also during a case: it only lessens contact.
    taken_back = _take_back(unit, customer_id, entry, now)
    if old is not None and not _differs(unit, old, entry):
        if not files:
            _invite(unit, old, entry, now)
        return AT_ONCE if taken_back else SAME
    named = {party.bank_id for file in files for party in file.parties(Role.GUARDIAN)}
    if files and not (old is None and entry.agreed_at is None and entry.id in named):
        _wait(unit, customer_id, entry.id, entry.to_json(), old, files, now)
        return WAITS
    # Also during a case where the customer does not agree to a guardian who may be known from an event only.
    apply_entry(unit, customer_id, entry, now)
    return AT_ONCE


def _take_back(unit: Unit, customer_id: CustomerId, entry: Entry, now: datetime) -> bool:
    """Record that the customer withdrew their consent, if it stands and the entry has none. Returns whether it did."""
    return entry.agreed_at is None and take_back_consent(unit, customer_id, GuardianId(entry.id), now)


def _withdraw_entry(unit: Unit, old: Guardian, files: list[CaseFile], now: datetime) -> str:
    if files:
        _wait(unit, old.customer_id, old.id, None, old, files, now)
        return WAITS
    remove(unit, old, now)
    return AT_ONCE


def _wait(
    unit: Unit, customer_id: CustomerId, identity: str, wanted: str | None, old: Guardian | None,
    files: list[CaseFile], now: datetime,
) -> None:  # fmt: skip
    due_at = now + unit.policy.messages.change_waits
    known = [change for change in unit.guardians.changes(customer_id) if change.guardian_id == identity]
    if known and known[0].wanted == wanted:
        return
    unit.guardians.wait(Change(customer_id=customer_id, guardian_id=GuardianId(identity), due_at=due_at, wanted=wanted))
    for file in files:
        file.note("guardian_change_waits", "bank", guardian=identity, due_at=due_at.isoformat())
    if old is not None and old.state is GuardianState.CONFIRMED:
        _tell(unit, old, files, now)
    unit.wakes.add("message")


def _tell(unit: Unit, old: Guardian, files: list[CaseFile], now: datetime) -> None:
    """Tell the old contact of the change, unless one of these cases forbids any contact with the family, or the
    customer does not agree that this guardian is contacted."""
    unagreed = None if ward_agrees_since(unit, old.customer_id, old.id) else "no_consent"
    barred = [(file, reason) for file in files if (reason := guardian_barred(file) or unagreed) is not None]
    for file, reason in barred:
        file.note("guardian_not_told", guardian=old.id, reason=reason)
    if not barred:
        notify_old_contact(unit, old, now)


def _differs(unit: Unit, old: Guardian, entry: Entry) -> bool:
    hashes = tuple(unit.index("account", account) for account in entry.accounts)
    said = (entry.phone, entry.name, entry.relation, entry.locale, entry.minor, entry.linked, entry.rank, hashes)
    known = (old.phone, old.name, old.relation, old.locale, old.minor, old.linked, old.rank, old.accounts)
    newly_confirmed = agrees_by(old) and _told_the_bank(entry, _own_no(unit, old.customer_id, entry))
    return said != known or bool(newly_confirmed) or _newly_agreed(unit, old, entry)


def _newly_agreed(unit: Unit, old: Guardian, entry: Entry) -> bool:
    """True if the entry now carries the customer's leave to contact the guardian and none stood, or an earlier one than
    is known, as when the bank corrects a date. A repeated leave is not new."""
    since = ward_agrees_since(unit, old.customer_id, old.id)
    return entry.agreed_at is not None and (since is None or entry.agreed_at < since)


def apply_entry(unit: Unit, customer_id: CustomerId, entry: Entry, now: datetime) -> None:
    """Store the entry and the consents in it, and send the one invitation if it was not sent yet."""
    old, no = unit.guardians.get(customer_id, GuardianId(entry.id)), _own_no(unit, customer_id, entry)
    fresh = Guardian(
        customer_id=customer_id, id=GuardianId(entry.id), rank=entry.rank, phone=entry.phone,
        number_index=unit.index("number", entry.phone), region=entry.region, line_type=entry.line_type,
        name=entry.name, relation=entry.relation, locale=entry.locale, minor=entry.minor, linked=entry.linked,
        accounts=tuple(unit.index("account", account) for account in entry.accounts), enrolled_at=now,
        number_since=now, state=GuardianState.NAMED if no is None else no.state,
    )  # fmt: skip
    if old is None:
        unit.guardians.add(fresh)
        guardian = fresh
    else:
        guardian = _renewed(old, fresh)
        unit.guardians.save(guardian)
        _take_back(unit, customer_id, entry, now)
        _agree(unit, guardian, now, "changed", "bank", "api", "")
    if entry.agreed_at is not None:
        _agree(unit, guardian, entry.agreed_at, WARD_AGREED, "customer", entry.agreed_channel, entry.agreed_wording)
    at_bank = _told_the_bank(entry, no)
    event = agrees_by(guardian)
    if at_bank is not None and event is not None:
        state = move(GUARDIAN_TRANSITIONS, guardian.state, event)
        guardian = replace(guardian, state=state, confirmed_at=at_bank, code=None)
        unit.guardians.save(guardian)
        _agree(unit, guardian, at_bank, "guardian_agreed", "bank", entry.confirmed_channel, entry.confirmed_wording)
    _invite(unit, guardian, entry, now)


def _invite(unit: Unit, guardian: Guardian, entry: Entry, now: datetime) -> None:
    if entry.agreed_at is not None and guardian.state is GuardianState.NAMED:
        invite(unit, guardian, entry.zone, entry.ward, now)


def _own_no(unit: Unit, customer_id: CustomerId, entry: Entry) -> OwnNo | None:
    return own_no(unit, customer_id, unit.index("number", entry.phone))


def _told_the_bank(entry: Entry, no: OwnNo | None) -> datetime | None:
    """Return when the guardian told the bank yes. None if the guardian told us no after that: their own no
    outlives every list. None also without the customer's consent, which comes first."""
    at = None if entry.agreed_at is None else entry.confirmed_at
    return None if at is not None and no is not None and (at < no.at or at in no.yes_before) else at


def _renewed(old: Guardian, fresh: Guardian) -> Guardian:
    """Return the new entry with the old one's history. A guardian who was removed, or has another number, begins anew
    as another contact, which has agreed to nothing yet."""
    if old.number_index == fresh.number_index and old.state is not GuardianState.REMOVED:
        return replace(
            fresh, state=old.state, code=old.code, enrolled_at=old.enrolled_at, number_since=old.number_since,
            invited_at=old.invited_at, confirmed_at=old.confirmed_at,
        )  # fmt: skip
    invited_at = old.invited_at if old.number_index == fresh.number_index else None
    return replace(fresh, invited_at=invited_at)


def remove(unit: Unit, guardian: Guardian, now: datetime) -> None:
    """Remove the entry on the bank's request; its history stays."""
    state = move(GUARDIAN_TRANSITIONS, guardian.state, GuardianEvent.REMOVE)
    unit.guardians.save(replace(guardian, state=state, code=None))
    _agree(unit, guardian, now, "removed", "bank", "api", "")


def changes_due(unit: Unit, now: datetime, limit: int) -> Due[tuple[CustomerId, GuardianId]]:
    """Return the changes that have waited long enough."""
    return if_due(unit.guardians.next_change(), now, lambda: unit.guardians.changes_due(now, limit))


def apply_change(unit: Unit, customer_id: CustomerId, guardian_id: GuardianId, now: datetime) -> None:
    """Apply a change that has waited long enough."""
    unit.customers.lock(customer_id)
    waiting = {change.guardian_id: change for change in unit.guardians.changes(customer_id)}
    change = waiting.get(guardian_id)
    if change is None or change.due_at > now:
        # Another node was quicker, or the bank changed the list again meanwhile.
        return
    unit.guardians.forget_change(customer_id, guardian_id)
    if change.wanted is not None:
        apply_entry(unit, customer_id, Entry.from_json(change.wanted), now)
        return
    standing = unit.guardians.get(customer_id, guardian_id)
    if standing is not None and standing.state is not GuardianState.REMOVED:
        remove(unit, standing, now)


def _agree(unit: Unit, guardian: Guardian, at: datetime, kind: str, by: str, channel: str, wording: str) -> None:
    record_consent(unit, guardian.customer_id, guardian.id, kind, at, by=by, channel=channel, wording=wording)
