"""The account at the phone company: SID, secrets, base URL and timeouts. The settings have checked them. No secret is
ever shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from wakeup.telephony.provider import TWILIO, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccess:
    """One account. An API key, if given, signs our requests; webhooks are always signed with an auth token."""

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    """The primary token first; a second one while tokens are rotated."""
    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    provider: Provider = TWILIO
    base_url: str = TWILIO.base_url
    """The provider's own URL, unless a proxy or a simulator stands in between."""
    connect_timeout_s: float = 5.0
    """For DNS look-up, TCP and TLS together."""
    read_timeout_s: float = 20.0
    """Maximum time without data from the other side once connected."""

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password of our own requests: the API key if there is one, else account SID and primary token."""
        if self.api_key and self.api_secret:
            return self.api_key, self.api_secret
        return self.account_sid, self.auth_tokens[0]
