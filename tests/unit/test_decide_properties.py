"""What no set of evidence, in any order, under any policy, may ever decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from tests.unit.builders import (
    HOUR,
    LENIENT,
    MINUTE,
    T0,
    a_transfer,
    an_evidence,
    evidences,
    may_prove,
    moments,
    open_states,
    piles,
    policies,
    qualifying,
    releasable,
    releasing,
    tiers,
    transfers,
)
from wakeup.domain.decision import Ruling, decide, effects_of
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.policy import COOLING_FLOOR, Policy
from wakeup.domain.transfer import Tier, Transfer, TransferState, highest

Pile = Sequence[Evidence]
FIRST_FOUND = settings(phases=[Phase.generate], max_examples=2_000, database=None)


@given(
    transfer=transfers, said=evidences, state=st.sampled_from(TransferState), now=moments, tier=st.none() | tiers,
    policy=policies,
)  # fmt: skip
def test_decide_returns_a_ruling_and_a_reason_for_every_input(
    transfer: Transfer, said: Evidence, state: TransferState, now: datetime, tier: Tier | None, policy: Policy
) -> None:
    verdict = decide(replace(transfer, state=state), [said], policy, now, tier)
    assert verdict.ruling in Ruling
    assert verdict.reason
    assert verdict.rests_on == (said.id,)


@pytest.mark.parametrize("contact", Contact)
def test_no_cell_is_empty_and_only_one_kind_of_cell_can_lead_to_a_release(contact: Contact) -> None:
    states = (TransferState.PENDING, TransferState.HELD)
    for outcome, score, tier, state in product(Outcome, range(9), Tier, states):
        said = an_evidence(outcome, contact=contact, score=Decimal(score) / 2)
        transfer = a_transfer(tier=tier, state=state, confirmed_in_app_at=T0 + MINUTE)
        verdict = decide(transfer, [said], LENIENT, T0 + HOUR)
        may = may_prove(said) and tier is not Tier.CRITICAL
        assert (verdict.ruling is Ruling.ALLOW) == may, (outcome, score, tier, state)
        assert verdict.effects or may
        assert effects_of(outcome, tier) <= verdict.effects


@given(
    transfer=transfers | releasable.map(lambda t: replace(t, tier=Tier.CRITICAL)), pile=piles | releasing, now=moments,
    policy=policies | st.just(LENIENT), tier=st.none() | tiers,
)  # fmt: skip
def test_nothing_said_ever_releases_a_critical_transfer(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy, tier: Tier | None
) -> None:
    verdict = decide(transfer, pile, policy, now, tier)
    if highest(transfer.tier, tier or transfer.tier) is Tier.CRITICAL:
        assert verdict.ruling is not Ruling.ALLOW
        assert verdict.allow_at is None, "nor will it by waiting"


@given(
    transfer=releasable.map(lambda t: replace(t, tier=Tier.HIGH)), pile=releasing, now=moments,
    policy=policies | st.just(LENIENT),
)  # fmt: skip
def test_a_high_one_needs_the_app_after_the_flag_and_time_after_both(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy
) -> None:
    if decide(transfer, pile, policy, now).ruling is not Ruling.ALLOW:
        return
    tapped = transfer.confirmed_in_app_at
    assert tapped is not None
    assert tapped >= transfer.flagged_at
    said = max(e.at for e in pile if may_prove(e) and e.at <= transfer.settle_at)
    assert now - max(tapped, said) >= max(policy.release.cooling, COOLING_FLOOR)


@given(transfer=transfers | releasable, pile=piles | releasing, spoke=evidences, now=moments, data=st.data())
def test_one_protective_word_anywhere_keeps_the_hold(
    transfer: Transfer, pile: Pile, spoke: Evidence, now: datetime, data: st.DataObject
) -> None:
    assume(spoke.outcome in PROTECTIVE)
    mixed = data.draw(st.permutations([*pile, spoke]))
    verdict = decide(transfer, mixed, LENIENT, now)
    assert verdict.ruling is not Ruling.ALLOW
    assert verdict.allow_at is None


@given(transfer=transfers | releasable, pile=piles | releasing, now=moments, policy=policies, data=st.data())
def test_the_order_in_which_things_were_said_changes_nothing(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(pile))
    one, other = decide(transfer, pile, policy, now), decide(transfer, mixed, policy, now)
    assert (one.ruling, one.effects, one.allow_at) == (other.ruling, other.effects, other.allow_at)
    assert set(one.rests_on) == set(other.rests_on) == {e.id for e in pile}


@given(
    transfer=transfers | releasable,
    pile=piles | releasing,
    more=evidences,
    now=moments,
    policy=policies | st.just(LENIENT),
)
def test_more_evidence_only_adds_effects_and_never_permits_unless_it_is_the_yes_itself(
    transfer: Transfer, pile: Pile, more: Evidence, now: datetime, policy: Policy
) -> None:
    assume(pile and not may_prove(more))
    before, after = decide(transfer, pile, policy, now), decide(transfer, [*pile, more], policy, now)
    assert before.effects <= after.effects
    if before.ruling is not Ruling.ALLOW:
        assert after.ruling is not Ruling.ALLOW
    if before.allow_at is None:
        assert after.allow_at is None
    tier = highest(transfer.tier)
    assert effects_of(more.outcome, tier) <= after.effects, "whatever was said, its protection is there"


@given(transfer=transfers, pile=piles, yes=qualifying, now=moments, policy=policies)
def test_even_the_yes_itself_takes_no_protection_away(
    transfer: Transfer, pile: Pile, yes: Evidence, now: datetime, policy: Policy
) -> None:
    after = decide(transfer, [*pile, yes], policy, now)
    for said in pile:
        assert effects_of(said.outcome, transfer.tier) <= after.effects


@given(transfer=transfers, pile=piles, now=moments, policy=policies)
def test_refused_is_a_hold_at_hold_max_and_nothing_else(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy
) -> None:
    refused = decide(transfer, pile, policy, now).ruling is Ruling.REFUSE
    assert refused == (transfer.state is TransferState.HELD and now >= transfer.hold_max)


def test_the_properties_of_decide_also_try_releases() -> None:
    """Otherwise those that say what must be true of a release would be true of nothing."""
    for tier in (Tier.MEDIUM, Tier.HIGH):
        tried = st.tuples(st.builds(replace, releasable, tier=st.just(tier)), releasing, policies, moments)
        find(tried, lambda one: decide(*one).ruling is Ruling.ALLOW, settings=FIRST_FOUND)


@given(
    transfer=transfers | releasable | releasable.map(lambda t: replace(t, guarded=True)), pile=releasing, now=moments,
    policy=st.just(LENIENT) | policies,
)  # fmt: skip
def test_every_release_has_a_named_yes_a_known_amount_and_no_guard(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy
) -> None:
    verdict = decide(transfer, pile, policy, now)
    if verdict.ruling is Ruling.ALLOW:
        amount = policy.in_base(transfer.amount, transfer.currency)
        assert amount is not None
        assert amount <= policy.release.max_amount
        assert not transfer.guarded
        assert any(may_prove(e) for e in pile)
        assert now < transfer.hold_max


stricter = st.tuples(st.integers(0, 3600), st.booleans(), st.booleans(), st.integers(1, 100))


@given(
    transfer=releasable, now=moments, policy=policies | st.just(LENIENT), stricter=stricter, pile=releasing,
)  # fmt: skip
def test_a_stricter_policy_never_permits_more(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy, stricter: tuple[int, bool, bool, int]
) -> None:
    seconds, app, no_high, share = stricter
    loose = policy.release
    tight = replace(
        policy,
        release=replace(
            loose,
            cooling=loose.cooling + timedelta(seconds=seconds),
            medium_needs_app=loose.medium_needs_app or app,
            high_may_release=loose.high_may_release and not no_high,
            max_amount=loose.max_amount / share,
        ),
    )
    if decide(transfer, pile, tight, now).ruling is Ruling.ALLOW:
        assert decide(transfer, pile, policy, now).ruling is Ruling.ALLOW


@given(
    transfer=transfers | releasable, pile=piles | releasing, now=moments, policy=policies | st.just(LENIENT),
    case_tier=tiers, state=open_states,
)  # fmt: skip
def test_a_higher_tier_never_permits_more(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy, case_tier: Tier, state: TransferState
) -> None:
    transfer = replace(transfer, state=state)
    if decide(transfer, pile, policy, now, case_tier).ruling is Ruling.ALLOW:
        assert decide(transfer, pile, policy, now).ruling is Ruling.ALLOW


@given(transfer=transfers | releasable, pile=piles | releasing, now=moments, policy=policies | st.just(LENIENT))
def test_a_promise_of_release_is_kept_at_its_moment_and_not_before(
    transfer: Transfer, pile: Pile, now: datetime, policy: Policy
) -> None:
    promised = decide(transfer, pile, policy, now).allow_at
    if promised is not None and promised < transfer.hold_max:
        assert promised > now
        assert decide(transfer, pile, policy, promised - timedelta(microseconds=1)).ruling is Ruling.HOLD
        assert decide(transfer, pile, policy, promised).ruling is Ruling.ALLOW
