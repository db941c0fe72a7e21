"""Sign-in to the console: failed tries, second factors, and single sign-on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, maybe_when, sealed, when


class FailedTryRow(Row, table=True):
    """`key` is a keyed hash of an address, or of an address and a name."""

    __tablename__ = "failed_tries"
    __table_args__ = (
        Index("failed_tries_by_key", "key", "at"),
        Index("failed_tries_by_time", "at"),
        NO_ROWID,
    )
    id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = when()


class SecondFactorRow(Row, table=True):
    """The secret is sealed under the account's own key."""

    __tablename__ = "second_factors"
    __table_args__ = NO_ROWID
    staff_id: str = Field(primary_key=True)
    wrapped_key: bytes = sealed()
    sealed: bytes = sealed()
    made_at: datetime = when()
    confirmed_at: datetime | None = maybe_when()
    used_step: int


class SsoIdentityRow(Row, table=True):
    __tablename__ = "sso_identities"
    __table_args__ = (Index("sso_identities_by_staff", "staff_id"), NO_ROWID)
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    staff_id: str
    linked_at: datetime = when()


class SsoFlowRow(Row, table=True):
    """A sign-in that is under way at the identity provider. `id` is a hash of what the browser holds."""

    __tablename__ = "sso_flows"
    __table_args__ = (Index("sso_flows_by_time", "begun_at"), NO_ROWID)
    id: str = Field(primary_key=True)
    state: str
    nonce: str
    verifier: str
    begun_at: datetime = when()
