"""Parties of a risk event: which may be rung, whose line is suspicious, and what later events change about that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId, PartyId
from wakeup.domain.party import CUSTOMER_ROLES, Party, Payee, Role
from wakeup.domain.policy import Policy
from wakeup.usecases.case.customer import is_unreadable, remember_family_risk
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.named_otherwise import mark_of_news
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import FAMILY_RISK, FlaggedTransfer, Number, Person

UNHURRIED_FROM = 65
"""Age in years from which the voice takes its time. Only the conclusion is stored, not the year of birth."""
SHORTEST_NUMBER = 7
"""Minimum number of digits to compare. Shorter endings of two numbers agree by chance."""


def line_doubts(event: FlaggedTransfer, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Return why the person who answers the customer's number may not be the customer: calls are forwarded, or the
    number or SIM was changed recently."""
    rested = now - policy.release.number_rest
    changed = {"phone_changed": event.phone_changed_at, "sim_swapped": event.sim_swapped_at}
    found = [doubt for doubt, at in changed.items() if at is not None and at > rested]
    return ("forwarding", *found) if event.forwarding else tuple(found)


def suspicious_line(event: FlaggedTransfer, policy: Policy, now: datetime) -> bool:
    """True if anything makes the customer's line suspicious."""
    return bool(line_doubts(event, policy, now))


def build_parties(file: CaseFile, event: FlaggedTransfer) -> list[Party]:
    """Return all parties that have a number.

    The customer's own number is not rung while its line is suspicious, and the payee's number is never rung.
    """
    guardians = [(Role.GUARDIAN, person) for person in event.guardians]
    parties = _with_numbers(file, event, [*_their_own(event), *guardians])
    return [_judged(file, event, party, n) if party.role is Role.GUARDIAN else party for n, party in enumerate(parties)]


def _their_own(event: FlaggedTransfer) -> list[tuple[Role, Person]]:
    """Return the customer's own and alternate numbers, each once, so that what makes the customer's own number
    suspicious also holds where it is named as an alternate."""
    people: dict[str, tuple[Role, Person]] = {}
    for role, person in ((Role.CUSTOMER, event.customer), *((Role.ALTERNATE, one) for one in event.alternates)):
        if person.number is not None:
            people.setdefault(person.number.e164, (role, person))
    return list(people.values())


def _with_numbers(file: CaseFile, event: FlaggedTransfer, people: Iterable[tuple[Role, Person]]) -> list[Party]:
    suspicious = suspicious_line(event, file.unit.policy, file.now)
    parties = []
    for role, person in people:
        if person.number is None:
            continue
        payees = same_number(person.number.e164, event.payee)
        ringable = not payees and not (role is Role.CUSTOMER and suspicious)
        unhurried = role is not Role.GUARDIAN and needs_time(event)
        parties.append(_party(file, role, person, person.number, unhurried=unhurried, ringable=ringable))
    return parties


def add_late_number(file: CaseFile, event: FlaggedTransfer) -> bool:
    """Add the customer's own number, and new alternates, to a case that began without it, when a later event names
    it.

    They are added only while a transfer is pending or held. If the line was suspicious before, the new number is
    not rung either; nor is one that was not to be rung before, such as the payee's own. Returns True if they were
    added.
    """
    still = file.open_transfers()
    if not still or event.customer.number is None or customer_of(file) is not None:
        return False
    known = file.parties()
    theirs = {party.number_index for party in known if party.role in CUSTOMER_ROLES}
    silent = {party.number_index for party in known if not party.ringable}
    doubted = any(t.guarded for t in still)
    new = [
        replace(
            party,
            ringable=party.ringable
            and party.number_index not in silent
            and not (doubted and party.role is Role.CUSTOMER),
        )
        for party in _with_numbers(file, event, _their_own(event))
        if party.role is Role.CUSTOMER or party.number_index not in theirs
    ]
    file.unit.parties.add(new, file.case.customer_id)
    if not new[0].ringable:
        _silence(file, new[0].number_index)
    file.note("number_named", "bank", party=new[0].id, transfer=event.transfer_id)
    for party in known:
        if party.role is Role.GUARDIAN and party.phone == new[0].phone and party.barred is None:
            file.unit.parties.bar(party.id, "customers_number")
            file.note("guardian_left_out", "bank", party=party.id, reason="customers_number")
    return True


def first_people(file: CaseFile, event: FlaggedTransfer) -> Sequence[Party]:
    """Store the parties of the event that opens a case."""
    parties = build_parties(file, event)
    file.unit.parties.add(parties, file.case.customer_id)
    if doubts := line_doubts(event, file.unit.policy, file.now):
        _note_doubts(file, event, next((party for party in parties if party.role is Role.CUSTOMER), None), doubts)
    return parties


def _judged(file: CaseFile, event: FlaggedTransfer, party: Party, n: int) -> Party:
    """Return the guardian with their rank, and barred if the event itself gives a reason."""
    person = next(guardian for guardian in event.guardians if guardian.bank_id == party.bank_id)
    own = event.customer.number
    checks = (
        (not party.ringable or event.payee.account in person.accounts, "payee"),
        (own is not None and own.e164 == party.phone, "customers_number"),
        (person.minor, "minor"),
        (person.linked, "linked"),
    )
    barred = next((reason for found, reason in checks if found), None)
    if barred is not None:
        file.note("guardian_left_out", party=party.id, reason=barred)
    return replace(party, barred=barred, rank=n)


def bar_linked(file: CaseFile, event: FlaggedTransfer) -> None:
    """Exclude guardians whom a later event names as connected with a suspect."""
    linked = [guardian for guardian in event.guardians if guardian.linked]
    known = file.parties(Role.GUARDIAN) if linked else []
    for person in linked:
        _bar_linked(file, person, known)


def _bar_linked(file: CaseFile, person: Person, known: Sequence[Party]) -> None:
    """Bar this guardian under every id and number under which the case, or the bank's guardian list, may still
    choose them."""
    number = None if person.number is None else person.number.e164
    theirs = [p for p in known if person.bank_id == p.bank_id or number == p.phone]
    for party in theirs:
        if party.barred is None:
            file.unit.parties.bar(party.id, "linked")
            file.note("guardian_left_out", "bank", party=party.id, reason="linked")
    by_number = any(number == p.phone for p in theirs)
    if not by_number and person.number is not None and file.open_transfers():
        new = _party(file, Role.GUARDIAN, person, person.number, unhurried=False, ringable=True)
        file.unit.parties.add([replace(new, barred="linked", rank=len(known))], file.case.customer_id)
        file.note("guardian_left_out", "bank", party=new.id, reason="linked")


def needs_time(event: FlaggedTransfer) -> bool:
    """True if the customer is old, or known to need time."""
    old = event.birth_year is not None and event.created_at.year - event.birth_year >= UNHURRIED_FROM
    return old or event.vulnerable


def same_number(e164: str, payee: Payee) -> bool:
    """True if this is the payee's own number, however the bank wrote it."""
    digits = "".join(filter(str.isdigit, payee.phone or "")).lstrip("0")
    return len(digits) >= SHORTEST_NUMBER and e164.endswith(digits)


def customer_of(file: CaseFile) -> Party | None:
    """Return the customer's party, or None if the customer's own number is unknown or cannot be read; alternate numbers
    do not count."""
    return None if is_unreadable(file) else next(iter(file.parties(Role.CUSTOMER)), None)


def to_the_customer(file: CaseFile, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the attempts to any of the customer's numbers. Calls to guardians and agents are not about transfers
    that join meanwhile. None if the numbers cannot be read."""
    theirs = set() if is_unreadable(file) else {p.id for p in file.parties(*CUSTOMER_ROLES)}
    return [attempt for attempt in attempts if attempt.party_id in theirs]


def is_anothers(file: CaseFile, call_id: AttemptId) -> bool:
    """True if this call of the case goes to another person than the customer, such as a guardian."""
    return any(call.id == call_id and file.role_of(call) not in CUSTOMER_ROLES for call in file.calls())


def apply_warnings(file: CaseFile, event: FlaggedTransfer) -> bool:
    """Apply the warnings of a later event: family risk, another number, forwarding, a swapped SIM. Returns what
    `doubt_line` returns."""
    if FAMILY_RISK in event.signals and not file.case.family_risk:
        file.update(replace(file.case, family_risk=True))
        remember_family_risk(file)
        file.note("family_risk", "bank", transfer=event.transfer_id)
    customer = customer_of(file)
    number = event.customer.number
    if customer is not None and number is not None and customer.phone != number.e164:
        # A second number for the same person during an incident may mean an account take-over.
        mark = mark_of_news(file, "other_number", event.transfer_id, number.e164)
        if mark is not None:
            file.alarm("other_number", "bank", transfer=event.transfer_id, named=mark)
    return doubt_line(file, event)


def doubt_line(file: CaseFile, event: FlaggedTransfer) -> bool:
    """Stop automatic releases, and automated calls to the customer's number, if the event says that the line is
    suspicious. Each doubt is noted once in a case. Returns True if the number was rung until now."""
    doubts = line_doubts(event, file.unit.policy, file.now)
    if not doubts:
        return False
    guard(file)
    customer = customer_of(file)
    rung = customer is not None and customer.ringable
    if customer is not None and rung:
        _silence(file, customer.number_index)
    noted = _noted_doubts(file)
    news = tuple(doubt for doubt in doubts if doubt not in noted)
    if news or rung:
        _note_doubts(file, event, customer, news or doubts)
    return rung


def _note_doubts(file: CaseFile, event: FlaggedTransfer, customer: Party | None, doubts: Sequence[str]) -> None:
    party = None if customer is None else customer.id
    file.note("line_suspicious", "bank", party=party, transfer=event.transfer_id, doubts=tuple(doubts))


def _noted_doubts(file: CaseFile) -> set[str]:
    """Return what has been noted of the line in this case."""
    rows = [note.data.get("doubts", ()) for _, _, note in file.unit.views.timeline(file.case.id)
            if note.kind == "line_suspicious"]  # fmt: skip
    return {str(doubt) for doubts in rows if isinstance(doubts, list | tuple) for doubt in doubts}


def _silence(file: CaseFile, number_index: str) -> None:
    """Stop ringing this number as the customer's, under whichever role it was named."""
    for party in file.parties(*CUSTOMER_ROLES):
        if party.number_index == number_index:
            file.unit.parties.silence(party.id)


def _party(file: CaseFile, role: Role, person: Person, number: Number, *, unhurried: bool, ringable: bool) -> Party:
    return Party(
        id=PartyId(file.unit.ids.new("pty")),
        case_id=file.case.id,
        role=role,
        phone=number.e164,
        number_index=file.unit.index("number", number.e164),
        region=number.region,
        line_type=number.line_type,
        zones=number.zones,
        name=person.name,
        locale=person.locale,
        bank_id=person.bank_id,
        consented_at=person.consented_at,
        unhurried=unhurried,
        ringable=ringable,
    )
