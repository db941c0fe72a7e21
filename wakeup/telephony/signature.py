"""Verify that a webhook comes from the phone company. This cannot be turned off, and never raises.

Its library puts the fields in order anew for each token and each spelling of the URL. That is done once here, because
anyone can post to our fixed URLs.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from multidict import MultiDict, MultiMapping

_DEFAULT_PORTS = {"https": 443, "http": 80}


def verify(tokens: Sequence[str], url: str, form: MultiMapping[object] | None, header: str | None) -> bool:
    """Return True if `header` signs `url` and `form` with one of the tokens.

    `url` is the public base URL plus the raw path, never what the request itself claims behind a proxy. `form` is
    the MultiDict as parsed (a dict would lose repeated keys); None for GET. Every token and both spellings of the
    port are always tried, so that timing reveals nothing.
    """
    if not header:
        return False
    given = header.encode("utf-8", "surrogatepass")
    matched = False
    try:
        fields = _in_order(form or MultiDict())
        for token in filter(None, tokens):
            for spelling in _spellings(url):
                made = hmac.digest(token.encode(), spelling.encode() + fields, "sha1")
                matched |= hmac.compare_digest(b64encode(made), given)
    except (UnicodeError, TypeError, ValueError):
        # A lone surrogate, an uploaded file or a malformed port: the phone company sends none of these.
        return False
    return matched


def _in_order(form: MultiMapping[object]) -> bytes:
    """Return the fields as they are signed: by name, and each value of a name once."""
    fields = sorted(cast("set[tuple[str, str]]", set(form.items())))
    return "".join(name + value for name, value in fields).encode()


def _spellings(url: str) -> tuple[str, ...]:
    """Return the URL with and without its port: which one is signed varies. The fragment is never signed."""
    bare = url.partition("#")[0]
    scheme, _, rest = bare.partition("://")
    netloc, slash, path = rest.partition("/")
    return tuple(dict.fromkeys((bare, *(f"{origin}{slash}{path}" for origin in _origins(f"{scheme}://{netloc}")))))


@lru_cache(maxsize=4)
def _origins(origin: str) -> tuple[str, str]:
    """Cached, because our origin is always the same."""
    parts = urlsplit(origin)
    host = origin.removesuffix(f":{parts.port}") if parts.port else origin
    return host, f"{host}:{parts.port or _DEFAULT_PORTS.get(parts.scheme)}"
