"""The console's door as use cases see it: what was tried, second factors, and accounts known to another house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wakeup.domain.staff import StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTry:
    """One try to sign in that counts until it is forgiven. The same id stands under each of its keys."""

    id: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What an account needs besides its password: codes that change every half minute."""

    staff_id: StaffId
    secret: str = field(repr=False)
    """Base 32."""
    made_at: datetime
    confirmed_at: datetime | None = None
    """Since when it is asked for: its owner has shown that they can make codes."""
    used_step: int = -1
    """The half minute of the newest code that was used: none of it or before it counts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoIdentity:
    """Who somebody is elsewhere, and which account that is here."""

    issuer: str
    subject: str
    staff_id: StaffId
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoFlow:
    """A sign-in that was sent elsewhere. All but the id is secret to the browser's and our own eyes."""

    id: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    begun_at: datetime


class Entry(Protocol):
    def tries(self, key: str, since: datetime) -> int: ...
    def add_try(self, failed: FailedTry) -> None: ...
    def forgive(self, try_id: str) -> None: ...
    def prune(self, before: datetime) -> None: ...
    def factor(self, staff_id: StaffId) -> Factor | None: ...
    def keep_factor(self, factor: Factor) -> None:
        """Instead of the one before."""

    def drop_factor(self, staff_id: StaffId) -> bool: ...
    def with_factor(self) -> frozenset[StaffId]:
        """Accounts that are asked for a code."""

    def identity(self, issuer: str, subject: str) -> SsoIdentity | None: ...
    def link_identity(self, identity: SsoIdentity) -> None: ...
    def unlink(self, staff_id: StaffId) -> int: ...
    def begin_flow(self, flow: SsoFlow) -> None: ...
    def take_flow(self, flow_id: str) -> SsoFlow | None:
        """It is gone then: nobody comes in twice by it."""

    def prune_flows(self, before: datetime) -> None: ...
