"""A text that came to us. Only a matching open confirmation lets it touch a case, and then only to protect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wakeup.domain.confirmation import ANSWERABLE, Answer, Confirmation
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.reply import ParsedReply, ReplyKind, parse_reply
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.guardian_words import answer_invitation, change_mind
from wakeup.usecases.inputs import MessageIn
from wakeup.usecases.repositories.correspondence import Channel, Received
from wakeup.usecases.texts.answer_prompt import record_reply, send_hint, stop_texts, withdraw
from wakeup.usecases.unit import Unit

MAX_PER_HOUR = 20
"""Nobody writes more in earnest; two machines that answer each other do."""
_OURS = frozenset({ReplyKind.PAUSE, ReplyKind.RESUME, ReplyKind.LEAVE})
"""What guardians wish for themselves, of which the phone company knows nothing."""


def take_reply(unit: Unit, message: MessageIn, now: datetime) -> str:
    """Take one text, once. Answers what it was taken as, for counting; nothing goes back to the sender from here."""
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
        # Always heard, however much was written before.
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
    """START and HELP, in whatever words the phone company takes for them; None for what tells us something as well, as
    a plain "yes" or 恢复 may."""
    if heard.act is ReplyKind.START or message.starts:
        unit.do_not_call.remove(number, Channel.SMS)
    if heard.answer is not None or heard.consent is not None or heard.act in _OURS:
        return None
    if heard.act is ReplyKind.START or message.starts:
        return "start"
    # The phone company has said how to get help; a second answer would only confuse.
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
    """Pause, resume or leave: for everybody they guard, and for what they are asked just now."""
    listed = {guardian.customer_id for guardian in guardians if guardian.state is not GuardianState.REMOVED}
    # Of whom only an event names, or who was taken away since they were asked, too: it may have meant the payment.
    asked = [] if act is ReplyKind.RESUME else coded
    _lock(unit, asked, guardians)
    if act is ReplyKind.LEAVE and any(confirmation.customer_id not in listed for confirmation in coded):
        # There only an event names them: there is no entry to leave, and nothing else would keep them from being asked.
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
    """By its code, or without one if only one thing can be meant. A worry is about everything it can mean."""
    prompts = [confirmation for confirmation in coded if confirmation.state in ANSWERABLE]
    invitations = [guardian for guardian in guardians if guardian.code is not None]
    meant = _meant(prompts, heard)
    invited = [g for g in invitations if heard.code in {None, g.code}]
    if heard.answer is Answer.WORRIED and meant:
        return _worried(unit, received, body, heard, meant)
    if len(meant) + len(invited) == 1 and invited:
        return replace(received, taken_as=answer_invitation(unit, invited[0], heard, received.received_at))
    if len(meant) == 1 and not invited:
        return _about(unit, received, body, heard, meant[0])
    if not prompts:
        return replace(received, taken_as="nothing_open")
    # Another code, or none while several things are open: nothing changes, and the newest prompt explains itself.
    return _about(unit, received, body, None, prompts[-1])


def _meant(coded: Sequence[Confirmation], heard: ParsedReply) -> list[Confirmation]:
    """The prompts it can be an answer to: the one of its code, or without a code each."""
    return [c for c in coded if c.state in ANSWERABLE and heard.code in {None, c.code}]


def _new_worry(coded: Sequence[Confirmation], heard: ParsedReply) -> bool:
    """Heard however much was written before, like STOP; but only once, for it may be a machine that writes."""
    return heard.answer is Answer.WORRIED and any(c.answer is not Answer.WORRIED for c in _meant(coded, heard))


def _worried(unit: Unit, received: Received, body: str, heard: ParsedReply, meant: Sequence[Confirmation]) -> Received:
    """About several it speaks for the hold of each: too many are held rather than the wrong one let go."""
    _lock(unit, meant)
    return [_about(unit, received, body, heard, confirmation) for confirmation in meant][-1]


def _about(unit: Unit, received: Received, body: str, heard: ParsedReply | None, meant: Confirmation) -> Received:
    """`heard` is None when it cannot be told what was meant."""
    with _case_of(unit, meant, received.received_at) as file:
        confirmation = unit.confirmations.get(meant.id)
        if confirmation.number_index != received.number_index:
            # Whose payment it was is erased meanwhile: nothing of them is kept again.
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
    """Customer by customer, their cases and then themselves: so does a batch of events. `guardians` tell of whom
    something is written though nobody asks about them."""
    theirs = {(one.customer_id, one.case_id) for one in confirmations}
    for customer_id in sorted({*(whose for whose, _ in theirs), *(guardian.customer_id for guardian in guardians)}):
        for case_id in sorted(case_id for whose, case_id in theirs if whose == customer_id):
            unit.cases.lock(case_id)
        unit.customers.get(customer_id)


def _case_of(unit: Unit, confirmation: Confirmation, now: datetime) -> CaseFile:
    return CaseFile(unit, unit.cases.lock(confirmation.case_id), now)
