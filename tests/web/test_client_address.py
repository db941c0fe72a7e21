"""Which address counts as the client's: behind one proxy, behind several, and with forged headers."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from wakeup.web.client_address import address_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "counts"),
    [
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("1.1.1.1, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("1.1.1.1", "203.0.113.9"), "203.0.113.9"),
        ("10.0.0.1", ("1.1.1.1, 203.0.113.9", "10.0.0.2"), "203.0.113.9"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.9, unknown",), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.9,",), "10.0.0.1"),
        ("10.0.0.1", ("nonsense, 203.0.113.9",), "203.0.113.9"),
        ("fd00::1", ("2001:DB8::0:1",), "2001:db8::1"),
        ("::ffff:10.0.0.1", ("::ffff:203.0.113.9",), "203.0.113.9"),
        ("203.0.113.9", ("1.1.1.1",), "203.0.113.9"),
        ("", ("1.1.1.1",), ""),
    ],
)
def test_the_last_address_that_no_trusted_proxy_has_counts(peer: str, forwarded: tuple[str, ...], counts: str) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert address_of(request, PROXIES) == counts
