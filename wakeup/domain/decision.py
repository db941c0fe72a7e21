"""`decide`: the decision table as one pure function, total over the evidence, the transfer, the tier and the policy.

The strongest evidence picks the ruling; the protective effects of all evidence are united. A release needs
`consistent` evidence about exactly this transfer, from the right party and a live person, and no protective evidence
at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wakeup.domain.fast_dataclass import fast_init, replace
from wakeup.domain.ids import CaseId, DecisionId, EvidenceId, TransferId
from wakeup.domain.outcome import PRIORITY, PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.policy import COOLING_FLOOR, Policy
from wakeup.domain.transfer import Tier, Transfer, TransferState, highest


class Ruling(StrEnum):
    """What we tell the payment core."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


class Effect(StrEnum):
    """What must happen besides the ruling. Effects only ever add protection."""

    REVIEW = "review"
    PERSON = "person_within_10_min"
    GUARDIAN = "guardian"
    POLICE_QUEUE = "police_queue"
    STOP_PAYMENT = "stop_payment"
    NEXT_RUNG = "next_rung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of `decide`. `allow_at` is set while a hold will turn into a release by itself."""

    ruling: Ruling
    reason: str
    effects: frozenset[Effect] = frozenset()
    allow_at: datetime | None = None
    rests_on: tuple[EvidenceId, ...] = ()
    conclusive: bool = False
    """No further call could change it, so it may be sent before the deadline."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One numbered, append-only decision about one transfer."""

    id: DecisionId
    transfer_id: TransferId
    case_id: CaseId
    sequence: int
    ruling: Ruling
    reason: str
    decided_by: str
    """`system`, or the account that held, extended or released it; two accounts are joined by +."""
    decided_at: datetime
    decide_by: datetime
    hold_until: datetime
    policy_version: str
    rests_on: tuple[EvidenceId, ...]
    effects: tuple[Effect, ...]


RELEASED_BY_PERSON = "released_by_person"
"""Reason of an allow by staff."""
IN_TALK = "in_talk"
"""Reason of a hold while a talk with an agent may still bring a warning."""
LOOK_AGAIN = timedelta(minutes=1)
"""How long after it a release that waits for a talk is looked at again."""
_REVIEW, _PERSON, _GUARDIAN = Effect.REVIEW, Effect.PERSON, Effect.GUARDIAN
_SUSPICIOUS: Mapping[Tier, frozenset[Effect]] = {
    Tier.CRITICAL: frozenset({_PERSON, _GUARDIAN, Effect.POLICE_QUEUE}),
    Tier.HIGH: frozenset({_PERSON, _GUARDIAN}),
    Tier.MEDIUM: frozenset({_REVIEW}),
}
_CALL_FOR_HELP: Mapping[Outcome, frozenset[Effect]] = {
    Outcome.NOT_ME: frozenset({_PERSON, _REVIEW}),
    Outcome.DISTRESS: frozenset({_PERSON, _REVIEW}),
    Outcome.ALREADY_PAID: frozenset({Effect.STOP_PAYMENT, _PERSON, _REVIEW}),
}


def effects_of(outcome: Outcome, tier: Tier) -> frozenset[Effect]:
    """The protective effects of one outcome at one tier."""
    match outcome:
        case Outcome.CONTRADICTED | Outcome.COACHED | Outcome.PERSISTS:
            return _SUSPICIOUS[tier]
        case Outcome.NOT_ME | Outcome.DISTRESS | Outcome.ALREADY_PAID:
            return _CALL_FOR_HELP[outcome]
        case Outcome.DISSUADED | Outcome.KEEP_HOLD | Outcome.UNDECIDED | Outcome.GUARDIAN_WORRIED:
            return frozenset({_REVIEW})
        case Outcome.CONSISTENT:
            return frozenset({_REVIEW}) if tier is Tier.CRITICAL else frozenset()
        case Outcome.AGENT_REQUESTED | Outcome.CALLBACK_VERIFY | Outcome.OPT_OUT:
            return frozenset({_PERSON, Effect.NEXT_RUNG})
        case Outcome.PARTIAL | Outcome.HUNG_UP | Outcome.NO_INPUT:
            return frozenset({Effect.NEXT_RUNG})


def decide(
    transfer: Transfer,
    evidence: Sequence[Evidence],
    policy: Policy,
    now: datetime,
    tier: Tier | None = None,
    *,
    over_limits: bool = False,
    in_talk: bool = False,
) -> Verdict:
    """Return what the payment core should do with this transfer, as far as is known now.

    `tier` is the case's tier and counts when it is higher than the transfer's own. `over_limits`: the sums of a day or
    a week forbid an automatic release. `in_talk`: an agent may still be told more, so a release waits. Never raises;
    without evidence it holds.
    """
    tier = highest(transfer.tier, tier or transfer.tier)
    effects = frozenset().union(*(_effects(e, tier) for e in evidence))
    rests_on = tuple(e.id for e in evidence)
    if now >= transfer.hold_max:
        # A pending transfer is held first and refused at its next check: nothing is allowed from here on.
        ruling = Ruling.REFUSE if transfer.state is TransferState.HELD else Ruling.HOLD
        return Verdict(
            ruling=ruling, reason="hold_max_reached", effects=effects | {_REVIEW}, rests_on=rests_on, conclusive=True
        )
    if not evidence:
        return Verdict(ruling=Ruling.HOLD, reason="nobody_reached", effects=frozenset({Effect.NEXT_RUNG, _REVIEW}))
    leading = min(evidence, key=lambda e: (PRIORITY[e.outcome], e.at))
    proof = _proof_of_release(transfer, evidence)
    if leading.outcome is Outcome.CONSISTENT and proof is not None:
        if over_limits:
            return Verdict(ruling=Ruling.HOLD, reason="above_limit", effects=effects | {_REVIEW}, rests_on=rests_on)
        earned = _release(transfer, tier, proof, policy, now, effects, rests_on)
        waits = in_talk and earned.ruling is Ruling.ALLOW
        return replace(earned, ruling=Ruling.HOLD, reason=IN_TALK, allow_at=now + LOOK_AGAIN) if waits else earned
    reason = leading.outcome.value if leading.outcome is not Outcome.CONSISTENT else _why_not_proven(transfer)
    return Verdict(
        ruling=Ruling.HOLD,
        reason=reason,
        effects=effects | {_REVIEW},
        rests_on=rests_on,
        # A guardian's fear justifies the hold, but the customer must be warned: calls go on until the deadline.
        conclusive=leading.outcome in PROTECTIVE and leading.outcome is not Outcome.GUARDIAN_WORRIED,
    )


def _effects(evidence: Evidence, tier: Tier) -> frozenset[Effect]:
    """Return the effects of one piece of evidence. Unless the right party answered, they must still be reached."""
    effects = effects_of(evidence.outcome, tier)
    return effects if evidence.contact is Contact.RIGHT_PARTY else effects | {Effect.NEXT_RUNG}


def _proof_of_release(transfer: Transfer, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the newest evidence that may release exactly this transfer.

    None if there is none, if the transfer is guarded, or if any evidence is protective.
    """
    if transfer.guarded or any(e.outcome in PROTECTIVE for e in evidence):
        return None
    proofs = [
        e
        for e in evidence
        if e.outcome is Outcome.CONSISTENT
        and e.contact is Contact.RIGHT_PARTY
        and e.live_person
        and transfer.id in e.named
        and e.by is None
        # What a conversation teaches after settlement can only add protection.
        and e.at <= transfer.settle_at
    ]
    return max(proofs, key=lambda e: e.at, default=None)


def _why_not_proven(transfer: Transfer) -> str:
    return "release_guarded" if transfer.guarded else "consistent_not_proven"


def _release(
    transfer: Transfer,
    tier: Tier,
    proof: Evidence,
    policy: Policy,
    now: datetime,
    effects: frozenset[Effect],
    rests_on: tuple[EvidenceId, ...],
) -> Verdict:
    release, confirmed = policy.release, _confirmed_in_app_at(transfer)
    amount = policy.in_base(transfer.amount, transfer.currency)
    if amount is None or amount > release.max_amount:
        return Verdict(ruling=Ruling.HOLD, reason="above_limit", effects=effects | {_REVIEW}, rests_on=rests_on)
    if tier is Tier.CRITICAL or (tier is Tier.HIGH and not release.high_may_release):
        return Verdict(ruling=Ruling.HOLD, reason="person_releases", effects=effects | {_REVIEW}, rests_on=rests_on)
    if (tier is Tier.HIGH or release.medium_needs_app) and confirmed is None:
        return Verdict(ruling=Ruling.HOLD, reason="app_confirmation_missing", effects=effects, rests_on=rests_on)
    allow_at = max(proof.at, confirmed or proof.at) + max(release.cooling, COOLING_FLOOR)
    if now < allow_at:
        return Verdict(ruling=Ruling.HOLD, reason="cooling", effects=effects, allow_at=allow_at, rests_on=rests_on)
    return Verdict(ruling=Ruling.ALLOW, reason="consistent", effects=effects, rests_on=rests_on)


def _confirmed_in_app_at(transfer: Transfer) -> datetime | None:
    """Return when the transfer was confirmed in the app after it was flagged, or None.

    A tap from before the flag approved the payment as it was then; it says nothing about the warning. Which tap counts
    is found when the bank tells of it (`usecases.intake.app_confirmation`); versions before that stored every one.
    """
    confirmed = transfer.confirmed_in_app_at
    return confirmed if confirmed is not None and confirmed >= transfer.flagged_at else None
