"""The client's address: the peer's, or behind trusted proxies the one that the nearest proxy saw."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Proxies = Sequence[IPv4Network | IPv6Network]
FORWARDED_FOR = "X-Forwarded-For"


def is_proxy(request: web.Request, proxies: Proxies) -> bool:
    """True if the forwarded headers of this peer are trusted."""
    peer = _address(request.remote or "")
    return peer is not None and _among(peer, proxies)


def address_of(request: web.Request, proxies: Proxies) -> str:
    """Return the right-most address in X-Forwarded-For that is not a trusted proxy. Entries left of it can be
    forged.

    A malformed header is ignored.
    """
    peer = request.remote or ""
    if not is_proxy(request, proxies):
        return peer
    heard = ",".join(request.headers.getall(FORWARDED_FOR, ())).split(",")
    for text in reversed(heard):
        address = _address(text.strip())
        if address is None:
            return peer
        if not _among(address, proxies):
            return str(address)
    return peer


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket reports IPv4 addresses in IPv6 form.
    return getattr(address, "ipv4_mapped", None) or address


def _among(address: IPv4Address | IPv6Address, proxies: Proxies) -> bool:
    return any(address in network for network in proxies)
