"""Take an SMS sent to us. It affects a case only through a matching open confirmation, and then only to protect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wakeup.domain.confirmation import ANSWERABLE, Confirmation, GuardianAnswer
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.reply import ParsedReply, ReplyKind, parse_reply
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.guardian_words import answer_invitation, change_mind
from wakeup.usecases.inputs import MessageIn
from wakeup.usecases.repositories.texts import Channel, Received
from wakeup.usecases.texts.answer_prompt import record_reply, send_hint, stop_texts, withdraw
from wakeup.usecases.unit import Unit

MAX_PER_HOUR = 20
"""SMS per number and hour. No human in earnest sends more; two machines that answer each other do."""
_OURS = frozenset({ReplyKind.PAUSE, ReplyKind.RESUME, ReplyKind.LEAVE})
"""Acts by which guardians change their own enrolment; the phone company does not know them."""


def receive_reply(unit: Unit, message: MessageIn, now: datetime) -> str:
    """Take one SMS, once. Returns what it was taken as, for counting. No reply is returned to the sender from here."""
    number = unit.index("number", message.from_)
    received = Received(message_sid=message.message_sid, number_index=number, received_at=now, taken_as="new")
    if not unit.texts.receive(received):
        return "repeat"
    taken = _taken(unit, received, message, parse_reply(message.body))
    unit.texts.took(taken)
    return taken.taken_as


def _taken(unit: Unit, received: Received, message: MessageIn, heard: ParsedReply) -> Received:
    number, now = received.number_index, received.received_at
    coded = unit.confirmations.coded(number)
    if message.stops:
        # STOP is always obeyed, however many SMS came before.
        return _stop(unit, received, coded)
    if unit.texts.received_since(number, now - timedelta(hours=1)) > MAX_PER_HOUR and not _new_worry(coded, heard):
        return replace(received, taken_as="flood")
    if taken_as := _between_them_and_the_carrier(unit, number, message, heard):
        return replace(received, taken_as=taken_as)
    guardians = unit.guardians.of_number(number)
    if not coded and not guardians:
        return replace(received, taken_as="unknown_sender")
    if heard.act in {ReplyKind.LEAVE, ReplyKind.PAUSE} or (guardians and heard.act is ReplyKind.RESUME):
        return _withdraw(unit, received, heard.act, coded, guardians)
    return _matched(unit, received, message.body, heard, coded, guardians)


def _between_them_and_the_carrier(unit: Unit, number: str, message: MessageIn, heard: ParsedReply) -> str | None:
    """Handle START and HELP, in whatever words the phone company accepts for them. Returns None for words that may
    also be meant for us, such as a plain "yes" or 恢复."""
    if heard.act is ReplyKind.START or message.starts:
        unit.do_not_call.remove(number, Channel.SMS)
    if heard.answer is not None or heard.consent is not None or heard.act in _OURS:
        return None
    if heard.act is ReplyKind.START or message.starts:
        return "start"
    # The phone company has already answered HELP; a second answer would only confuse.
    return "help" if message.helped else None


def _stop(unit: Unit, received: Received, coded: Sequence[Confirmation]) -> Received:
    _lock(unit, coded)
    unit.do_not_call.add(received.number_index, Channel.SMS, "stop", received.received_at)
    for confirmation in coded:
        with _case_of(unit, confirmation, received.received_at) as file:
            stop_texts(file, unit.confirmations.get(confirmation.id))
    return replace(received, taken_as="stop")


def _withdraw(
    unit: Unit, received: Received, act: ReplyKind, coded: Sequence[Confirmation], guardians: Sequence[Guardian]
) -> Received:
    """Apply pause, resume or leave for every customer of this guardian, and to the prompts open now."""
    listed = {guardian.customer_id for guardian in guardians if guardian.state is not GuardianState.REMOVED}
    # Include prompts to guardians named only by an event, or removed since they were asked: the SMS may have meant
    # the payment.
    asked = [] if act is ReplyKind.RESUME else coded
    _lock(unit, asked, guardians)
    if act is ReplyKind.LEAVE and any(confirmation.customer_id not in listed for confirmation in coded):
        # Only an event names the guardian for this customer: there is no enrolment to leave, and nothing else
        # would prevent another prompt.
        taken = _stop(unit, received, coded)
        change_mind(unit, guardians, act, received.received_at)
        return taken
    taken_as = change_mind(unit, guardians, act, received.received_at)
    for confirmation in asked:
        with _case_of(unit, confirmation, received.received_at) as file:
            withdraw(file, unit.confirmations.get(confirmation.id), act)
    return replace(received, taken_as=taken_as)


def _matched(
    unit: Unit, received: Received, body: str, heard: ParsedReply, coded: Sequence[Confirmation],
    guardians: Sequence[Guardian],
) -> Received:  # fmt: skip
    """Find the prompt or invitation that the SMS is about, by its code, or without a code if only one can be
    meant. A worry counts for every prompt it can mean."""
    prompts = [confirmation for confirmation in coded if confirmation.state in ANSWERABLE]
    invitations = [guardian for guardian in guardians if guardian.code is not None]
    meant = _meant(prompts, heard)
    invited = [g for g in invitations if heard.code in {None, g.code}]
    if heard.answer is GuardianAnswer.WORRIED and meant:
        return _worried(unit, received, body, heard, meant)
    if len(meant) + len(invited) == 1 and invited:
        return replace(received, taken_as=answer_invitation(unit, invited[0], heard, received.received_at))
    if len(meant) == 1 and not invited:
        return _about(unit, received, body, heard, meant[0])
    if not prompts:
        return replace(received, taken_as="nothing_open")
    # Another code, or none while several prompts are open: nothing changes, and the guardian gets a hint about the
    # newest prompt.
    return _about(unit, received, body, None, prompts[-1])


def _meant(coded: Sequence[Confirmation], heard: ParsedReply) -> list[Confirmation]:
    """Return the prompts that the SMS can answer: the one with its code, or all if it has no code."""
    return [c for c in coded if c.state in ANSWERABLE and heard.code in {None, c.code}]


def _new_worry(coded: Sequence[Confirmation], heard: ParsedReply) -> bool:
    """True if the SMS is a worry that is not recorded yet. Like STOP it is accepted however many SMS came before,
    but only once, because the sender may be a machine."""
    return heard.answer is GuardianAnswer.WORRIED and any(
        c.answer is not GuardianAnswer.WORRIED for c in _meant(coded, heard)
    )


def _worried(unit: Unit, received: Received, body: str, heard: ParsedReply, meant: Sequence[Confirmation]) -> Received:
    """Record a worry that may be about several prompts as an answer to each: better to hold too many transfers
    than to release the wrong one."""
    _lock(unit, meant)
    return [_about(unit, received, body, heard, confirmation) for confirmation in meant][-1]


def _about(unit: Unit, received: Received, body: str, heard: ParsedReply | None, meant: Confirmation) -> Received:
    """Apply the SMS to one prompt. `heard` is None if it is unclear what was meant."""
    with _case_of(unit, meant, received.received_at) as file:
        confirmation = unit.confirmations.get(meant.id)
        if confirmation.number_index != received.number_index:
            # The customer was erased meanwhile: nothing about them may be stored again.
            return replace(received, taken_as="unknown_sender")
        answer = None if heard is None else heard.answer
        if answer is not None:
            taken_as = record_reply(file, confirmation, answer)
        else:
            taken_as = "other_code" if heard is None else "not_understood"
            send_hint(file, confirmation, taken_as)
    return replace(
        received, taken_as=taken_as, customer_id=meant.customer_id, case_id=meant.case_id, confirmation_id=meant.id,
        body=body,
    )  # fmt: skip


def _lock(unit: Unit, confirmations: Sequence[Confirmation], guardians: Sequence[Guardian] = ()) -> None:
    """Lock customer by customer, first the cases and then the customer, in the order that a batch of events uses.
    `guardians` adds customers about whom something is written although no prompt of theirs is open."""
    theirs = {(one.customer_id, one.case_id) for one in confirmations}
    for customer_id in sorted({*(whose for whose, _ in theirs), *(guardian.customer_id for guardian in guardians)}):
        for case_id in sorted(case_id for whose, case_id in theirs if whose == customer_id):
            unit.cases.lock(case_id)
        unit.customers.lock(customer_id)


def _case_of(unit: Unit, confirmation: Confirmation, now: datetime) -> CaseFile:
    return CaseFile(unit, unit.cases.lock(confirmation.case_id), now)
