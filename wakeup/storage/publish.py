"""After a commit: the callers get their results, and others are woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wakeup.storage.jobs import Job, U

Publish = Callable[[frozenset[str]], None]
"""Called in the event loop after a commit, with the names to wake. Must not block."""


def publish_nothing(names: frozenset[str]) -> None:
    """Wake nothing."""


def tell_all(jobs: Sequence[Job[U]], publish: Publish) -> None:
    """After a commit, give the waiting callers their results and wake what the jobs named. Called in the event loop."""
    names: set[str] = set()
    for job in jobs:
        job.tell()
        names.update(job.wakes)
    if not names:
        return
    try:
        publish(frozenset(names))
    except Exception as error:  # noqa: BLE001 - the commit stands, and the next jobs must be served
        asyncio.get_running_loop().call_exception_handler({"message": "waking others failed", "exception": error})
