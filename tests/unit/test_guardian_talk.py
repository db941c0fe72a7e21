"""What a call to a guardian finds becomes guardian evidence, which supports a hold or nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from wakeup.domain.outcome import PROTECTIVE, Contact, Outcome
from wakeup.ivr.scoring import Findings
from wakeup.usecases.guardian_answers.guardian_talk import as_evidence

FOUND = Findings(
    contact=Contact.RIGHT_PARTY, outcome=Outcome.CONSISTENT, score=Decimal(0), live_person=True, transfer_named=True,
    cannot_talk=False, finished=True, fault=None,
)  # fmt: skip


@pytest.mark.parametrize("contact", Contact)
def test_no_guardian_is_the_customer(contact: Contact) -> None:
    for outcome in Outcome:
        found = as_evidence(replace(FOUND, contact=contact, outcome=outcome))
        assert not found.transfer_named and found.contact is not Contact.RIGHT_PARTY, outcome
        assert found.outcome in {
            Outcome.GUARDIAN_WORRIED, Outcome.DISTRESS, Outcome.AGENT_REQUESTED, Outcome.PARTIAL, Outcome.HUNG_UP,
            Outcome.NO_INPUT,
        }  # fmt: skip
        if found.outcome in PROTECTIVE:
            assert found.outcome is outcome or outcome is Outcome.KEEP_HOLD, "nothing is made worse than it was"


def test_worry_holds_and_everything_else_a_script_could_find_says_nothing() -> None:
    assert as_evidence(replace(FOUND, outcome=Outcome.KEEP_HOLD)).outcome is Outcome.GUARDIAN_WORRIED
    for outcome in (Outcome.CONSISTENT, Outcome.DISSUADED, Outcome.NOT_ME, Outcome.OPT_OUT, Outcome.CALLBACK_VERIFY):
        assert as_evidence(replace(FOUND, outcome=outcome)).outcome is Outcome.PARTIAL
