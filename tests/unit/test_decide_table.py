"""The decision table (docs/deciding.md), row by row and cell by cell."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise, product

import pytest

from tests.unit.builders import HOUR, LENIENT, MINUTE, T0, a_transfer, an_evidence
from wakeup.domain.decision import Effect, Ruling, Verdict, decide
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import PRIORITY, PROTECTIVE, Contact, Outcome
from wakeup.domain.policy import COOLING_FLOOR, Policy, Release
from wakeup.domain.transfer import Tier, TransferState, highest, one_up

Said, E = Outcome, Effect
POLICY = Policy()
LATE = T0 + 3 * HOUR
"""A time at which every cooling period is over."""
TIERS = list(Tier)


def ruled(outcome: Outcome, tier: Tier, policy: Policy = POLICY, **changes: object) -> Verdict:
    transfer = a_transfer(tier=tier, state=TransferState.HELD, **changes)
    return decide(transfer, [an_evidence(outcome)], policy, LATE)


@pytest.mark.parametrize(("outcome", "tier"), list(product([Said.DISSUADED, Said.KEEP_HOLD, Said.UNDECIDED], TIERS)))
def test_a_customer_who_gives_up_or_doubts_is_held(outcome: Outcome, tier: Tier) -> None:
    verdict = ruled(outcome, tier)
    assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, outcome)
    assert verdict.conclusive, "the core may know at once"


@pytest.mark.parametrize(
    ("tier", "effects"),
    [
        (Tier.CRITICAL, {E.PERSON, E.GUARDIAN, E.POLICE_QUEUE}),
        (Tier.HIGH, {E.PERSON, E.GUARDIAN}),
        (Tier.MEDIUM, {E.REVIEW}),
    ],
)
@pytest.mark.parametrize("outcome", [Said.CONTRADICTED, Said.COACHED, Said.PERSISTS])
def test_a_customer_who_sounds_like_a_victim_is_held_and_helped(
    outcome: Outcome, tier: Tier, effects: set[Effect]
) -> None:
    verdict = ruled(outcome, tier)
    assert verdict.ruling is Ruling.HOLD
    assert verdict.effects == effects | {E.REVIEW}
    assert verdict.conclusive


@pytest.mark.parametrize("tier", TIERS)
def test_not_me_and_distress_bring_a_person_at_every_tier(tier: Tier) -> None:
    for outcome in (Said.NOT_ME, Said.DISTRESS):
        assert ruled(outcome, tier).ruling is Ruling.HOLD
        assert E.PERSON in ruled(outcome, tier).effects


@pytest.mark.parametrize("tier", TIERS)
def test_already_paid_asks_to_stop_the_payment(tier: Tier) -> None:
    verdict = ruled(Said.ALREADY_PAID, tier)
    assert verdict.ruling is Ruling.HOLD
    assert {E.STOP_PAYMENT, E.PERSON} <= verdict.effects


@pytest.mark.parametrize(
    ("outcome", "tier"),
    list(
        product(
            [Said.AGENT_REQUESTED, Said.CALLBACK_VERIFY, Said.OPT_OUT, Said.HUNG_UP, Said.PARTIAL, Said.NO_INPUT], TIERS
        )
    ),
)
def test_a_call_that_taught_nothing_is_held_and_the_next_rung_begins(outcome: Outcome, tier: Tier) -> None:
    verdict = ruled(outcome, tier)
    assert verdict.ruling is Ruling.HOLD
    assert E.NEXT_RUNG in verdict.effects
    assert not verdict.conclusive, "a later call may still teach something"


@pytest.mark.parametrize(("contact", "tier"), list(product(sorted(set(Contact) - {Contact.RIGHT_PARTY}), TIERS)))
def test_a_third_party_or_a_machine_is_no_yes_and_the_next_rung_begins(contact: Contact, tier: Tier) -> None:
    transfer = a_transfer(tier=tier, confirmed_in_app_at=T0 + MINUTE)
    verdict = decide(transfer, [an_evidence(contact=contact)], LENIENT, LATE)
    assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, "consistent_not_proven")
    assert E.NEXT_RUNG in verdict.effects


@pytest.mark.parametrize("tier", TIERS)
def test_no_contact_is_a_hold(tier: Tier) -> None:
    verdict = decide(a_transfer(tier=tier), [], LENIENT, LATE)
    assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, "nobody_reached")
    assert E.NEXT_RUNG in verdict.effects


def test_consistent_at_critical_is_held_for_review_whatever_else_is_true() -> None:
    verdict = ruled(Said.CONSISTENT, Tier.CRITICAL, LENIENT, confirmed_in_app_at=T0 + MINUTE)
    assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, "person_releases")
    assert E.REVIEW in verdict.effects


def test_consistent_at_high_needs_the_app_and_then_time() -> None:
    without = ruled(Said.CONSISTENT, Tier.HIGH)
    assert (without.ruling, without.reason) == (Ruling.HOLD, "app_confirmation_missing")
    tapped = T0 + 10 * MINUTE
    transfer, proof = a_transfer(tier=Tier.HIGH, confirmed_in_app_at=tapped), [an_evidence()]
    cool_at = tapped + POLICY.release.cooling
    early = decide(transfer, proof, POLICY, cool_at - timedelta(microseconds=1))
    assert (early.ruling, early.reason, early.allow_at) == (Ruling.HOLD, "cooling", cool_at)
    assert decide(transfer, proof, POLICY, cool_at).ruling is Ruling.ALLOW


def test_a_tap_from_before_the_flag_confirms_nothing() -> None:
    verdict = ruled(Said.CONSISTENT, Tier.HIGH, confirmed_in_app_at=T0 - timedelta(seconds=1))
    assert verdict.reason == "app_confirmation_missing"
    assert ruled(Said.CONSISTENT, Tier.HIGH, confirmed_in_app_at=T0).ruling is Ruling.ALLOW


def test_a_bank_may_leave_high_to_people() -> None:
    policy = Policy(release=Release(high_may_release=False))
    assert ruled(Said.CONSISTENT, Tier.HIGH, policy, confirmed_in_app_at=T0 + MINUTE).reason == "person_releases"


def test_consistent_at_medium_cools_and_is_allowed() -> None:
    transfer, proof = a_transfer(), an_evidence()
    cool_at = proof.at + POLICY.release.cooling
    early = decide(transfer, [proof], POLICY, cool_at - timedelta(microseconds=1))
    assert (early.ruling, early.allow_at) == (Ruling.HOLD, cool_at)
    verdict = decide(transfer, [proof], POLICY, cool_at)
    assert (verdict.ruling, verdict.reason, verdict.rests_on) == (Ruling.ALLOW, "consistent", (proof.id,))
    asked = Policy(release=Release(medium_needs_app=True))
    assert decide(transfer, [proof], asked, cool_at).reason == "app_confirmation_missing"


def test_a_second_yes_starts_the_cooling_anew() -> None:
    first, second = an_evidence(), an_evidence(at=T0 + 9 * MINUTE)
    verdict = decide(a_transfer(), [second, first], POLICY, T0 + 17 * MINUTE)
    assert verdict.allow_at == second.at + POLICY.release.cooling


@pytest.mark.parametrize(
    ("amount", "currency"), [("20000.01", "SGD"), ("15384.62", "USD"), ("0.01", "XAU"), ("9999999999999.999", "SGD")]
)
def test_above_the_limit_or_in_an_unknown_currency_a_person_decides(amount: str, currency: str) -> None:
    policy = Policy(rates={"USD": Decimal("1.3")})
    verdict = ruled(Said.CONSISTENT, Tier.MEDIUM, policy, amount=Decimal(amount), currency=currency)
    assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, "above_limit")
    assert E.REVIEW in verdict.effects
    assert ruled(Said.CONSISTENT, Tier.MEDIUM, policy, amount=Decimal(20000)).ruling is Ruling.ALLOW


def test_a_yes_speaks_only_for_the_transfer_that_was_named_by_a_live_right_party() -> None:
    doubtful = [
        an_evidence(named=()),
        an_evidence(named=(TransferId("t_2"),)),
        an_evidence(live_person=False),
        an_evidence(contact=Contact.UNVERIFIED_HUMAN),
        an_evidence(contact=Contact.SUSPECTED_FORWARDED),
    ]
    for evidence in doubtful:
        assert decide(a_transfer(), [evidence], LENIENT, LATE).reason == "consistent_not_proven"
    guarded = decide(a_transfer(guarded=True), [an_evidence()], LENIENT, LATE)
    assert guarded.ruling is Ruling.HOLD


@pytest.mark.parametrize("wish", [Said.AGENT_REQUESTED, Said.CALLBACK_VERIFY, Said.OPT_OUT])
def test_a_wish_for_a_person_or_for_quiet_outweighs_an_earlier_or_later_yes(wish: Outcome) -> None:
    for at in (T0, T0 + 2 * MINUTE):
        verdict = decide(a_transfer(), [an_evidence(), an_evidence(wish, at=at)], LENIENT, LATE)
        assert (verdict.ruling, verdict.reason) == (Ruling.HOLD, wish)


@pytest.mark.parametrize("nothing", [Said.PARTIAL, Said.HUNG_UP, Said.NO_INPUT])
def test_a_later_call_that_taught_nothing_does_not_undo_the_yes(nothing: Outcome) -> None:
    verdict = decide(a_transfer(), [an_evidence(), an_evidence(nothing, at=T0 + 2 * MINUTE)], LENIENT, LATE)
    assert verdict.ruling is Ruling.ALLOW


def test_evidence_after_the_settlement_only_adds_protection() -> None:
    held = a_transfer(state=TransferState.HELD)
    in_time = decide(held, [an_evidence(at=held.settle_at)], LENIENT, LATE)
    assert in_time.ruling is Ruling.ALLOW
    after = held.settle_at + timedelta(microseconds=1)
    too_late = decide(held, [an_evidence(at=after)], LENIENT, LATE)
    assert (too_late.ruling, too_late.allow_at) == (Ruling.HOLD, None)
    warned = decide(held, [an_evidence(), an_evidence(Said.COACHED, at=after)], LENIENT, LATE)
    assert warned.reason == Said.COACHED


def test_at_hold_max_a_hold_is_refused_with_all_that_was_learned() -> None:
    held = a_transfer(state=TransferState.HELD, tier=Tier.CRITICAL)
    told = an_evidence(Said.ALREADY_PAID)
    before = decide(held, [told], POLICY, held.hold_max - timedelta(microseconds=1))
    assert before.ruling is Ruling.HOLD
    verdict = decide(held, [told], POLICY, held.hold_max)
    assert (verdict.ruling, verdict.reason, verdict.rests_on) == (Ruling.REFUSE, "hold_max_reached", (told.id,))
    assert E.STOP_PAYMENT in verdict.effects, "the money is safe here; what was paid before is not"


def test_a_pending_transfer_past_hold_max_is_held_first_and_never_allowed() -> None:
    pending = a_transfer()
    verdict = decide(pending, [an_evidence()], LENIENT, pending.hold_max)
    assert (verdict.ruling, verdict.conclusive) == (Ruling.HOLD, True)


def test_the_case_lends_its_tier_and_never_lowers_one() -> None:
    proof = [an_evidence()]
    assert decide(a_transfer(), proof, LENIENT, LATE, Tier.CRITICAL).reason == "person_releases"
    assert decide(a_transfer(tier=Tier.CRITICAL), proof, LENIENT, LATE, Tier.MEDIUM).reason == "person_releases"
    assert highest(Tier.MEDIUM, Tier.HIGH) is Tier.HIGH
    assert [one_up(tier) for tier in (Tier.MEDIUM, Tier.HIGH, Tier.CRITICAL)] == [
        Tier.HIGH, Tier.CRITICAL, Tier.CRITICAL,
    ]  # fmt: skip


def test_the_order_of_evidence_is_the_designed_one() -> None:
    order = [
        Said.NOT_ME, Said.DISTRESS, Said.ALREADY_PAID, Said.COACHED, Said.PERSISTS, Said.CONTRADICTED,
        Said.UNDECIDED, Said.KEEP_HOLD, Said.DISSUADED, Said.GUARDIAN_WORRIED, Said.CONSISTENT,
    ]  # fmt: skip
    assert sorted(order, key=PRIORITY.__getitem__) == order
    assert set(order) - {Said.CONSISTENT} == PROTECTIVE
    for stronger, weaker in pairwise(order):
        verdict = decide(a_transfer(), [an_evidence(weaker), an_evidence(stronger)], POLICY, LATE)
        assert verdict.reason == stronger


def test_no_policy_lets_a_release_cool_for_less_than_the_floor() -> None:
    proof = an_evidence()
    just_before = proof.at + COOLING_FLOOR - timedelta(microseconds=1)
    assert decide(a_transfer(), [proof], LENIENT, just_before).ruling is Ruling.HOLD
    assert decide(a_transfer(), [proof], LENIENT, proof.at + COOLING_FLOOR).ruling is Ruling.ALLOW
