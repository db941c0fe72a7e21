"""The limit of open files: raised at the start as far as the system allows, and shared out.

A connection is an open file. Without a limit of its own the public listener would take them all for connections that
say nothing, and then neither could the bank reach us nor we the bank.
"""

from __future__ import annotations

import resource
from contextlib import suppress

PUBLIC_SHARE = 2
"""The public listener may have one in so many of the open files."""
MOST_PUBLIC = 2048
"""More connections at a time than all calls of a node have. Each can cost 50 KB of memory."""
LEAST = 2 * MOST_PUBLIC
"""The limit from which on the public listener has all the connections that it may have."""


def raise_limit() -> None:
    """Raise the soft limit of this process to the hard one, as far as the system agrees."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems name a hard limit that they do not grant.
    for limit in (hard, max(soft, LEAST)):
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            return


def public_connections() -> int:
    """Return how many connections the public listener may have at a time."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_PUBLIC if soft == resource.RLIM_INFINITY else min(soft // PUBLIC_SHARE, MOST_PUBLIC)


def why_too_few() -> str | None:
    """Return a line if the hard limit is low; None if it is not."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= LEAST:
        return None
    return (
        f"the limit of open files is {hard}, so the public listener has room for {hard // PUBLIC_SHARE} connections: "
        f"raise the hard limit to {LEAST} or more (`LimitNOFILE` of systemd, `ulimit -Hn`)"
    )
