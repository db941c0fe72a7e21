"""The memory of a process that has read all it is made of, and begins to make values by the thousand."""

from __future__ import annotations

import gc
from ctypes import CDLL

_M_ARENA_MAX = -8
"""As `malloc.h` of the GNU C library numbers it."""
NEW_OBJECTS = 10_000
"""Made more than unmade, before the collector looks at the young ones."""


def share_one_heap() -> None:
    """Before there are threads. The GNU C library gives each a heap of its own, half a megabyte that is never given
    back; ours take turns at the interpreter, so they can take turns at one. Elsewhere nothing happens."""
    choose = getattr(CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_M_ARENA_MAX, 1)


def settle_memory() -> None:
    """What the process is made of stays, so the collector need not look at it again; and a flood of events makes
    thousands of short-lived objects that are gone before anybody looks."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()
