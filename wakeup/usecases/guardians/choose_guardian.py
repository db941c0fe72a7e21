"""Choose the next guardian of a case to ask, and record why the others are passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.confirmation import Confirmation, has_said
from wakeup.domain.errors import WakeupError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import Circumstances, Guardian, GuardianState, refusal, unfit
from wakeup.domain.ids import PartyId
from wakeup.domain.naming import same_name
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.usecases.case.parties import customer_of, same_number
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.consents import ward_agrees_since
from wakeup.usecases.repositories.texts import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The next guardian to ask, or the reason why there is none."""

    party: Party | None = None
    reason: str | None = None


def choose_guardian(file: CaseFile, channel: Channel = Channel.SMS) -> Chosen:
    """Choose the first guardian whom nothing speaks against. Each guardian passed over is noted in the timeline
    with the reason, except those who were asked before."""
    reasons = []
    asked = file.unit.confirmations.of_case(file.case.id)
    for party, unfit_for in judged(file, channel):
        reason = unfit_for or _said(asked, party, channel)
        if reason is None:
            return Chosen(party=store_party(file, party))
        reasons.append(reason)
        if reason != "asked_before":
            file.note("guardian_passed_over", guardian=party.bank_id, reason=reason)
    return _nobody(reasons)


def next_to_ask(file: CaseFile) -> Chosen:
    """Return whom `choose_guardian` would choose for an SMS now. Writes nothing, so that a guardian who is known only
    from enrolment has no id yet."""
    reasons = []
    for party, reason in judged(file, Channel.SMS):
        if reason is None:
            return Chosen(party=party)
        reasons.append(reason)
    return _nobody(reasons)


def _nobody(reasons: Sequence[str]) -> Chosen:
    if len(reasons) == 1:
        return Chosen(reason=reasons[0])
    return Chosen(reason="none_eligible" if reasons else "no_guardian")


def is_guardian_to_call(file: CaseFile) -> bool:
    """True if nothing speaks against calling one of the guardians. Writes nothing."""
    try:
        return any(reason is None for _, reason in judged(file, Channel.VOICE))
    except WakeupError:
        # A guardian or payee who cannot be read hinders no call to the customer. The rung itself tells the fault.
        return True


def _said(asked: Sequence[Confirmation], party: Party, channel: Channel) -> str | None:
    return "answered" if channel is Channel.VOICE and has_said(asked, party.number_index) else None


def no_more(file: CaseFile, party: Party) -> str | None:
    """Return why this guardian may not be contacted any more, or None. Asked just before an SMS or a call: the
    guardian may have paused or left since, the customer may have taken their consent back, or the bank may have
    removed the guardian."""
    standing = _standing(file, party)
    if standing is not None and standing.state is not GuardianState.CONFIRMED:
        return f"guardian_{standing.state}"
    return _no_consent(file, party, standing)


def consent_gone(file: CaseFile, party: Party) -> str | None:
    """Return a reason if the customer does not agree any more that this guardian is contacted. Then they get not even
    a word about how to reply."""
    return _no_consent(file, party, _standing(file, party))


def _standing(file: CaseFile, party: Party) -> Guardian | None:
    return _entry_of(file.unit.guardians.of_customer(file.case.customer_id), party)


def _no_consent(file: CaseFile, party: Party, standing: Guardian | None) -> str | None:
    return None if _agreed_at(file, party, standing) else "no_consent"


def guardian_at_hand(file: CaseFile) -> bool:
    """True if a guardian would be chosen for an SMS now. Writes nothing."""
    return next_to_ask(file).party is not None


def judged(file: CaseFile, channel: Channel, *, again: bool = False) -> Iterator[tuple[Party, str | None]]:
    """Yield each guardian in turn, with the reason that speaks against asking them now, or None. `again`:
    guardians who were asked before may be asked again."""
    candidates = list(_candidates(file))
    if not candidates:
        return
    judge = refusal if channel is Channel.SMS else unfit
    own = frozenset(p.phone for p in file.parties(*CUSTOMER_ROLES))
    changing = {change.guardian_id for change in file.unit.guardians.changes(file.case.customer_id)}
    for party, enrolled in candidates:
        around = Circumstances(
            now=file.now,
            customer_numbers=own,
            payee=is_payee(file, party, enrolled),
            opted_out=_opted_out(file, party, channel),
            asked_before=not again and _asked_before(file, party, channel),
            agreed_at=_agreed_at(file, party, enrolled),
            texts_today=_texts_today(file, party) if channel is Channel.SMS else 0,
            number_since=None if enrolled else _number_since(file, party),
            changing=party.bank_id in changing,
        )
        yield party, _unreadable(file, party) or judge(party, enrolled, around, file.unit.policy.messages)


def _unreadable(file: CaseFile, party: Party) -> str | None:
    """Return `unreadable` if the guardian's number is, or if a payee is: the guardian may be the payee."""
    lost = party.unreadable or any(file.unit.transfers.payee(t).unreadable for t in file.transfers())
    return "unreadable" if lost else None


def _agreed_at(file: CaseFile, party: Party, enrolled: Guardian | None) -> datetime | None:
    """Return since when the customer agrees. The bank's entry outranks the event that names the same guardian."""
    if enrolled is None:
        return party.consented_at
    return ward_agrees_since(file.unit, enrolled.customer_id, enrolled.id)


def _number_since(file: CaseFile, party: Party) -> datetime | None:
    """Return since when events have named this guardian with this number; None if they never named another number.
    The bank's consent counts as no older than the number, because a scammer may have talked the customer into
    naming another one."""
    if party.bank_id is None:
        return None
    named_with = file.unit.parties.guardian_named_with(file.case.customer_id, party.bank_id)
    return named_with.get(party.number_index) if len(named_with) > 1 else None


def _opted_out(file: CaseFile, party: Party, channel: Channel) -> bool:
    """True if the guardian opted out. STOP by SMS counts for calls as well: a guardian who wants no SMS may want
    no calls either, and is not asked."""
    listed = any(file.unit.do_not_call.holds(party.number_index, way) for way in {channel, Channel.SMS})
    return listed or not party.ringable or (channel is Channel.VOICE and _stopped(file, party))


def _stopped(file: CaseFile, party: Party) -> bool:
    """True if the guardian was told in a call that we do not call them about such things again. An SMS may still
    be sent."""
    return file.unit.parties.guardian_stopped(file.case.customer_id, party.number_index)


def _asked_before(file: CaseFile, party: Party, channel: Channel) -> bool:
    if channel is Channel.SMS:
        return any(c.number_index == party.number_index for c in file.unit.confirmations.of_case(file.case.id))
    theirs = {p.id for p in file.parties(Role.GUARDIAN) if p.number_index == party.number_index}
    return any(attempt.party_id in theirs for attempt in file.calls())


def _texts_today(file: CaseFile, party: Party) -> int:
    return file.unit.texts.sent_since(party.number_index, file.now - timedelta(days=1))


def _candidates(file: CaseFile) -> Iterator[tuple[Party, Guardian | None]]:
    """Yield the guardians that the bank enrolled, by rank, then those that only the event named, in its order."""
    named = sorted(file.parties(Role.GUARDIAN), key=lambda p: (p.rank, p.id))
    enrolled = file.unit.guardians.of_customer(file.case.customer_id)
    for guardian in enrolled:
        if guardian.state is GuardianState.REMOVED:
            continue
        mine = [p for p in named if guardian.id == p.bank_id or guardian.number_index == p.number_index]
        # The enrolled number counts, as we have known it longer: another number in the event may be the scammer's.
        same = (p for p in mine if (p.bank_id, p.number_index) == (guardian.id, guardian.number_index))
        party = next(same, None)
        yield party or _party_of(file, guardian, mine), guardian
    for party in named:
        standing = _entry_of(enrolled, party)
        if standing is None or standing.state is GuardianState.REMOVED:
            yield party, standing


def _entry_of(enrolled: Sequence[Guardian], party: Party) -> Guardian | None:
    """Return the bank's enrolled entry for this guardian: by id, or by number where an event uses another id."""
    named = (one for one in enrolled if one.id == party.bank_id)
    return next(named, None) or next((one for one in enrolled if one.number_index == party.number_index), None)


def _party_of(file: CaseFile, guardian: Guardian, mine: list[Party]) -> Party:
    """Return the party as an event would have named it. A guardian in another region than the customer has calling
    hours of their own."""
    customer = customer_of(file)
    at_home = customer is not None and customer.region == guardian.region
    return Party(
        id=PartyId(""),
        case_id=file.case.id,
        role=Role.GUARDIAN,
        phone=guardian.phone,
        number_index=guardian.number_index,
        region=guardian.region,
        line_type=guardian.line_type,
        zones="" if at_home else file.unit.zones(guardian.phone),
        name=guardian.name,
        locale=guardian.locale,
        bank_id=guardian.id,
        consented_at=guardian.confirmed_at,
        barred=next((p.barred for p in mine if p.barred), None),
        rank=guardian.rank,
    )


def store_party(file: CaseFile, party: Party) -> Party:
    """Return the party as stored. A guardian known only from enrolment joins the case when asked."""
    if party.id:
        return party
    joined = replace(party, id=PartyId(file.unit.ids.new("pty")))
    file.unit.parties.add([joined], file.case.customer_id)
    return joined


def is_payee(file: CaseFile, party: Party, enrolled: Guardian | None) -> bool:
    """True if the guardian is the payee of any of the case's transfers, by account, number or name. A payee is
    never asked."""
    for transfer in file.transfers():
        payee = file.unit.transfers.payee(transfer)
        account = enrolled is not None and transfer.payee_index in enrolled.accounts
        if account or same_number(party.phone, payee) or same_name(party.name, payee.name):
            return True
    return False
