"""Repository of the console's sign-in: failed attempts, second factors, and identities at an SSO provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wakeup.domain.staff import StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTry:
    """One failed sign-in attempt, which counts until it is forgiven. The same id is stored under each of its keys."""

    id: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """The second factor of an account: codes that change every 30 seconds."""

    staff_id: StaffId
    secret: str = field(repr=False)
    """Base 32."""
    made_at: datetime
    confirmed_at: datetime | None = None
    """Since when it is required: the owner has shown that they can generate codes."""
    used_step: int = -1
    """The 30-second step of the newest code that was used. Codes of that step or earlier are not accepted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoIdentity:
    """An identity at an SSO provider, and the account that it belongs to."""

    issuer: str
    subject: str
    staff_id: StaffId
    linked_at: datetime
    """Stored as evidence of when the account was linked; the service does not read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoFlow:
    """A sign-in that was sent to the SSO provider. Everything but the id is known only to the browser and to us."""

    id: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    begun_at: datetime


class SignIns(Protocol):
    def tries(self, key: str, since: datetime) -> int: ...
    def add_try(self, failed: FailedTry) -> None: ...
    def forgive(self, try_id: str) -> None: ...
    def prune(self, before: datetime) -> None: ...
    def factor(self, staff_id: StaffId) -> Factor | None: ...
    def keep_factor(self, factor: Factor) -> None:
        """Store the factor in place of the earlier one."""

    def drop_factor(self, staff_id: StaffId) -> bool: ...
    def with_factor(self) -> frozenset[StaffId]:
        """Return the accounts that must give a code."""

    def identity(self, issuer: str, subject: str) -> SsoIdentity | None: ...
    def link_identity(self, identity: SsoIdentity) -> None: ...
    def unlink(self, staff_id: StaffId) -> int: ...
    def begin_flow(self, flow: SsoFlow) -> None: ...
    def take_flow(self, flow_id: str) -> SsoFlow | None:
        """Return the flow and delete it, so that it cannot be used twice."""

    def prune_flows(self, before: datetime) -> None: ...
