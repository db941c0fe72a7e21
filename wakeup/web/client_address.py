"""Whose address counts: the peer's, or, behind proxies that are trusted, the one the nearest of them saw."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Proxies = Sequence[IPv4Network | IPv6Network]
FORWARDED_FOR = "X-Forwarded-For"


def is_proxy(request: web.Request, proxies: Proxies) -> bool:
    """Whether what this peer says of others is believed."""
    peer = _address(request.remote or "")
    return peer is not None and _among(peer, proxies)


def address_of(request: web.Request, proxies: Proxies) -> str:
    """The last one that no trusted proxy has: what stands left of it anybody may have written. Of a header that is no
    list of addresses nothing is believed."""
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
    # A socket for both kinds names an old address in the new way.
    return getattr(address, "ipv4_mapped", None) or address


def _among(address: IPv4Address | IPv6Address, proxies: Proxies) -> bool:
    return any(address in network for network in proxies)
