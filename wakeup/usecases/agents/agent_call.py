"""The call to an agent: they hear who waits, accept with a key, and join the customer in a conference.

The key is needed because a voicemail presses none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wakeup.domain.agent import AgentState
from wakeup.domain.attempt import Attempt
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import TransferId
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import STILL_OPEN, Transfer, TransferState
from wakeup.ivr.turn import Input, Keys, Listen, PersonLeft, Turn
from wakeup.usecases.agents.agents import is_closed
from wakeup.usecases.agents.human_talks import room_of
from wakeup.usecases.agents.offers import accept, part
from wakeup.usecases.case.follow_up import in_doubt, may_be_gone
from wakeup.usecases.case.parties import customer_of, is_anothers
from wakeup.usecases.case.served_turn import served_turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Talk
from wakeup.usecases.speaker import WhisperFacts

TAKES = "1"
_PAUSE_S = 3
"""Seconds between two repetitions of the announcement, so that an agent who picks up late hears it from the
beginning."""


def agent_turn(file: CaseFile, attempt: Attempt, n: int, given: Input) -> Turn | None:
    """Return turn n of a call to an agent."""

    def speak() -> Turn:
        hand_over = file.unit.hand_overs.of_offer(attempt.id)
        turn = _too_late(file, n) if hand_over is None else _next(file, hand_over, attempt, n, given)
        turn = _worded(file, hand_over, turn)
        file.note("agent_turn", "person", attempt=attempt.id, n=n, node=turn.node)
        return turn

    return served_turn(file, attempt, n, given, speak)


def _next(file: CaseFile, hand_over: HandOver, attempt: Attempt, n: int, given: Input) -> Turn:
    language = hand_over.language
    if hand_over.state is HandOverState.WAITING and n == 0:
        file.note("person_answered", attempt=hand_over.attempt_id, n=hand_over.n, call=attempt.call_sid)
    if hand_over.state is HandOverState.WAITING and isinstance(given, Keys) and n > 0:
        agent = file.unit.agents.lock_of_offer(attempt.id)
        if (
            given.digits != TAKES
            or agent is None
            or agent.state is AgentState.ON_CALL
            or is_closed(file.unit, agent.staff_id)
        ):
            return _said("declined", n, language)
        joined = accept(file, hand_over, agent)
        return Turn(n=n, node="joined", utterances=(), room=room_of(file, joined), language=language)
    if hand_over.state is HandOverState.WAITING:
        listen = Listen(timeout_s=_PAUSE_S, speech=False)
        return Turn(n=n, node="whisper", utterances=(), listen=listen, language=language)
    if hand_over.state is HandOverState.JOINED and isinstance(given, PersonLeft):
        part(file, hand_over)
    return _said("over" if hand_over.joined_at is not None else "gone", n, language)


def _too_late(file: CaseFile, n: int) -> Turn:
    """Return the turn for an agent whose offer was passed over. The customer may wait for another agent, or talk to
    one."""
    [*_, newest] = file.unit.hand_overs.of_case(file.case.id)
    return _said("too_late", n, newest.language)


def _said(what: str, n: int, language: str) -> Turn:
    return Turn(n=n, node=what, utterances=(), language=language)


def _worded(file: CaseFile, hand_over: HandOver | None, turn: Turn) -> Turn:
    said = file.unit.speaker.colleague(turn.node, turn.language, _facts(file, hand_over))
    return Turn(
        n=turn.n, node=turn.node, utterances=said, listen=turn.listen, room=turn.room, language=turn.language
    )  # fmt: skip


def _facts(file: CaseFile, hand_over: HandOver | None) -> WhisperFacts:
    """Collect what an agent hears before accepting: who, how grave, what was said, what is at stake. No account
    number."""
    unit = file.unit
    name, talk = ("", None) if hand_over is None else _who_waits(file, hand_over)
    gone = [t.id for t in file.transfers() if talk is not None and t.id in talk.named and may_be_gone(file, t)]
    named = at_stake(file.transfers(), gone, unit.policy)
    last = None if talk is None else talk.conversation
    return WhisperFacts(
        name=name, tier=file.case.tier, typology=named.typology, amount=named.amount, currency=named.currency,
        payee_name=unit.transfers.payee(named).name or "", state=_as_it_may_be(file, named),
        outcome=None if last is None else last.outcome,
        risky=0 if last is None else sum(answer.weight > 0 for answer in last.answers),
        answered=0 if last is None else len(last.answers), handed_on=_handed_on(file, hand_over),
        guardian_of=None if hand_over is None else _guardian_of(file, hand_over),
    )  # fmt: skip


def _as_it_may_be(file: CaseFile, transfer: Transfer) -> TransferState:
    """Return the transfer's state as announced: `allowed` while a recall of the allow is not acknowledged by the
    payment core."""
    return TransferState.ALLOWED if in_doubt(file, transfer) else transfer.state


def _who_waits(file: CaseFile, hand_over: HandOver) -> tuple[str, Talk | None]:
    """Return the waiting person's name and conversation; the case may have had a conversation with another party
    since."""
    unit, customer_id = file.unit, file.case.customer_id
    talk = unit.talks.get(hand_over.attempt_id, customer_id)
    party = unit.parties.get(unit.attempts.get(hand_over.attempt_id).party_id, customer_id)
    return party.name, talk


def _guardian_of(file: CaseFile, hand_over: HandOver) -> str | None:
    """Return the customer's name if a guardian waits; None if the customer does."""
    if not is_anothers(file, hand_over.attempt_id):
        return None
    customer = customer_of(file)
    return "" if customer is None else customer.name


def _handed_on(file: CaseFile, mine: HandOver | None) -> bool:
    """True if another agent had this call before and handed it on."""
    before = None if mine is None else file.unit.hand_overs.get(mine.attempt_id, mine.n - 1)
    return before is not None and before.state is HandOverState.HANDED_ON


def at_stake(transfers: Sequence[Transfer], gone: Collection[TransferId], policy: Policy) -> Transfer:
    """Return the transfer to announce, which the agent then talks about. `transfers`: of the case, oldest first.

    If a transfer the callee was told of has left meanwhile, or may have (`gone`), it is that one, because every
    minute helps. Otherwise it is the largest that is still open, or the last one when none is.
    """
    left = [t for t in transfers if t.id in gone]
    still = left or [t for t in transfers if t.state in STILL_OPEN] or transfers[-1:]
    return max(still, key=lambda t: policy.in_base(t.amount, t.currency) or t.amount)
