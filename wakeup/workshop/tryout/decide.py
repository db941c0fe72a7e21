"""Compute what the service would decide after one played call, with the function that the service itself uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from wakeup.domain.decision import Verdict, decide
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, EvidenceId, TransferId
from wakeup.domain.outcome import Evidence
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import Tier, Transfer
from wakeup.ivr.scoring import Findings

AMOUNT = Decimal(500)
"""Amount in the policy's base currency: small enough that the call decides and no limit does."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Any time will do: only its distance to the deadline counts."""
_TRANSFER = TransferId("sample")


def verdicts(found: Findings, policy: Policy) -> dict[Tier, Verdict]:
    """Return the decision at each tier if this call were the only evidence."""
    evidence = Evidence(
        id=EvidenceId("sample"),
        attempt_id=AttemptId("sample"),
        contact=found.contact,
        outcome=found.outcome,
        score=found.score,
        live_person=found.live_person,
        named=(_TRANSFER,) if found.transfer_named else (),
        at=NOW,
    )
    return {tier: decide(_transfer(tier, policy), [evidence], policy, NOW, tier) for tier in Tier}


def _transfer(tier: Tier, policy: Policy) -> Transfer:
    decide_by = NOW + timedelta(minutes=30)
    return Transfer(
        id=_TRANSFER,
        case_id=CaseId("sample"),
        customer_id=CustomerId("sample"),
        tier=tier,
        amount=AMOUNT,
        currency=policy.base_currency,
        typology="generic",
        flagged_at=NOW - timedelta(minutes=5),
        occurred_at=NOW - timedelta(minutes=5),
        decide_by=decide_by,
        hold_max=NOW + timedelta(days=2),
        settle_at=decide_by,
        payee_index="sample",
    )
