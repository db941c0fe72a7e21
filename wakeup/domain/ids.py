"""A type for each kind of id, so that a case id is never passed as a transfer id."""

from __future__ import annotations

from typing import NewType

CaseId = NewType("CaseId", str)
TransferId = NewType("TransferId", str)
"""The bank's own id of the transfer."""
CustomerId = NewType("CustomerId", str)
"""The bank's own id of the customer."""
PartyId = NewType("PartyId", str)
AttemptId = NewType("AttemptId", str)
CallSid = NewType("CallSid", str)
"""The provider's id of a call: opaque text of at most 64 characters."""
DecisionId = NewType("DecisionId", str)
EvidenceId = NewType("EvidenceId", str)
MessageId = NewType("MessageId", str)
ConfirmationId = NewType("ConfirmationId", str)
SmsId = NewType("SmsId", str)
GuardianId = NewType("GuardianId", str)
"""The bank's own id of a guardian."""
