"""Domain values with sensible defaults, and the strategies that vary them. Nothing here touches storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, EvidenceId, PartyId, TransferId
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.policy import Policy, Release
from wakeup.domain.transfer import Tier, Transfer, TransferState

T0 = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""10:00 in Singapore."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RATES = {"USD": Decimal("1.3"), "JPY": Decimal("0.0086")}
LENIENT = Policy(
    rates=RATES,
    release=Release(cooling=timedelta(), max_amount=Decimal(10**12), max_day=Decimal(10**12), max_week=Decimal(10**12)),
)
"""The loosest settings that are allowed. Whatever still holds under them is enforced by code, not by policy."""


def a_transfer(**changes: Any) -> Transfer:
    """An ordinary transfer: medium tier, small, in the base currency, half an hour to decide."""
    usual = {
        "id": TransferId("t_1"),
        "case_id": CaseId("case_1"),
        "customer_id": CustomerId("u_1"),
        "tier": Tier.MEDIUM,
        "amount": Decimal(500),
        "currency": "SGD",
        "typology": "generic",
        "flagged_at": T0,
        "occurred_at": T0,
        "decide_by": T0 + 30 * MINUTE,
        "hold_max": T0 + 48 * HOUR,
        "settle_at": T0 + 30 * MINUTE - timedelta(seconds=2),
        "payee_index": "p_1",
    }
    return Transfer(**{**usual, **changes})


def an_evidence(outcome: Outcome = Outcome.CONSISTENT, **changes: Any) -> Evidence:
    """The best evidence there is: the right party, a live person, about this very transfer."""
    usual = {
        "id": EvidenceId(f"evi_{outcome}"),
        "attempt_id": AttemptId("att_1"),
        "contact": Contact.RIGHT_PARTY,
        "outcome": outcome,
        "score": Decimal(0),
        "live_person": True,
        "named": (TransferId("t_1"),),
        "at": T0 + MINUTE,
    }
    return Evidence(**{**usual, **changes})


def an_attempt(**changes: Any) -> Attempt:
    usual = {
        "id": AttemptId("att_1"),
        "case_id": CaseId("case_1"),
        "party_id": PartyId("pty_1"),
        "number_index": "n_1",
        "n": 1,
        "due_at": T0,
        "latest_start": T0 + 20 * MINUTE,
    }
    return Attempt(**{**usual, **changes})


moments = st.integers(min_value=0, max_value=96 * 3600).map(lambda s: T0 + timedelta(seconds=s))
in_time = st.integers(min_value=0, max_value=20 * 60).map(lambda s: T0 + timedelta(seconds=s))
"""While the window is open: only what is said then can release a transfer."""
amounts = st.decimals(min_value="0.01", max_value="9999999", places=2)
open_states = st.sampled_from([TransferState.PENDING, TransferState.HELD])
tiers = st.sampled_from(Tier)

transfers = st.builds(
    a_transfer,
    tier=tiers,
    state=open_states,
    amount=amounts,
    currency=st.sampled_from(["SGD", "USD", "JPY", "XAU"]),
    guarded=st.booleans(),
    confirmed_in_app_at=st.none() | moments | st.just(T0 - HOUR),
)
releasable = st.builds(
    a_transfer,
    tier=st.sampled_from([Tier.MEDIUM, Tier.HIGH]),
    state=open_states,
    confirmed_in_app_at=st.none() | st.just(T0 - HOUR) | in_time,
)
"""Nothing about these stands against a release."""
evidences = st.builds(
    an_evidence,
    outcome=st.sampled_from(Outcome),
    id=st.integers(0, 10**9).map(lambda n: EvidenceId(f"evi_{n}")),
    contact=st.sampled_from(Contact),
    score=st.sampled_from([Decimal(n) / 2 for n in range(9)]),
    live_person=st.booleans(),
    named=st.sampled_from([(), ("t_1",), ("t_2",), ("t_1", "t_2")]),
    at=moments,
)
agreeable = evidences.filter(lambda e: e.outcome not in PROTECTIVE)
"""None of these argues for the hold. Without them a random set of evidence is nearly always protective."""
qualifying = st.builds(an_evidence, at=in_time) | st.builds(an_evidence, at=moments)
piles = st.lists(evidences, max_size=5) | st.lists(agreeable | qualifying, max_size=5)
releasing = st.builds(
    lambda others, yes: [*others, yes], st.lists(agreeable | qualifying, max_size=3), st.builds(an_evidence, at=in_time)
)
"""With a yes that came in time, as it does in few random sets."""
releases = st.builds(
    Release,
    cooling=st.integers(0, 3600).map(lambda s: timedelta(seconds=s)),
    medium_needs_app=st.booleans(),
    high_may_release=st.booleans(),
    max_amount=amounts | st.just(Decimal(10**12)),
)
policies = st.builds(Policy, release=releases, rates=st.just(RATES))


def may_prove(evidence: Evidence) -> bool:
    """The one kind of evidence that can ever support a release."""
    return (
        evidence.outcome is Outcome.CONSISTENT
        and evidence.contact is Contact.RIGHT_PARTY
        and evidence.live_person
        and "t_1" in evidence.named
    )
