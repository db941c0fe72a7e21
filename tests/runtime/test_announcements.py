"""What an agent hears before they take a call."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.runtime.dependencies import announcements
from wakeup.usecases.speaker import WhisperFacts

CUSTOMERS = WhisperFacts(
    name="Mei Chen", tier=Tier.CRITICAL, typology="police_imp", amount=Decimal(5_200), currency="SGD",
    payee_name="Wang Daqiang", state=TransferState.PENDING, outcome=Outcome.AGENT_REQUESTED, risky=2, answered=3,
)  # fmt: skip
GUARDIANS = replace(CUSTOMERS, name="Lin Xiaoming", guardian_of="Mei Chen")


def said(what: str, language: str, facts: WhisperFacts) -> str:
    return " ".join(words.text for words in announcements().colleague(what, language, facts))


@pytest.mark.parametrize(
    ("language", "secrets"),
    [
        ("en", ("Critical", "5,200", "Wang", "not decided", "police impersonation", "asked for", "warning signs")),
        ("zh", ("极高风险", "约五千", "Wang", "未决定", "冒充公检法", "客户要找人工", "可疑")),
    ],
)
def test_of_a_guardian_who_waits_an_agent_hears_who_it_is_and_nothing_of_the_case(
    language: str, secrets: tuple[str, ...]
) -> None:
    told = said("whisper", language, GUARDIANS)
    assert "Lin Xiaoming" in told and "Mei Chen" in told and "1" in told
    for secret in secrets:
        assert secret.lower() in said("whisper", language, CUSTOMERS).lower()
        assert secret.lower() not in told.lower()


@pytest.mark.parametrize(("language", "asks"), [("en", "how this payment came about"), ("zh", "这笔钱的来历")])
def test_no_guardian_is_asked_how_the_payment_came_about(language: str, asks: str) -> None:
    assert asks in said("joined", language, CUSTOMERS)
    assert asks not in said("joined", language, GUARDIANS)
