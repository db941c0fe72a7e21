"""The account at the phone company: SID, secrets, base URL and timeouts. No secret is ever shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wakeup.domain.errors import ConfigError
from wakeup.telephony.provider import TWILIO, Provider

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


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

    def __post_init__(self) -> None:
        faults = url_faults("twilio.base_url", self.base_url)
        if not self.account_sid:
            faults.append("twilio.account_sid is empty")
        if not self.auth_tokens or not all(self.auth_tokens):
            faults.append("twilio.auth_token is empty")
        if (self.api_key is None) != (self.api_secret is None):
            faults.append("twilio.api_key and twilio.api_secret must be given together")
        if min(self.connect_timeout_s, self.read_timeout_s) <= 0:
            faults.append("twilio time limits must be positive")
        if faults:
            raise ConfigError(faults)

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password of our own requests: the API key if there is one, else account SID and primary token."""
        if self.api_key and self.api_secret:
            return self.api_key, self.api_secret
        return self.account_sid, self.auth_tokens[0]


def url_faults(name: str, url: str) -> list[str]:
    """Return what is wrong with a base URL that others will be sent to, or that our secrets will be sent to."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return [f"{name} is not a URL"]
    faults = []
    if not host or parts.scheme not in {"http", "https"}:
        faults.append(f"{name} must be an absolute http(s) URL")
    elif parts.scheme == "http" and host not in _LOOPBACK:
        faults.append(f"{name} must use https")
    if parts.query or parts.fragment or "@" in parts.netloc:
        faults.append(f"{name} must not contain a user, query or fragment")
    return faults
