"""Tune the memory of the process: one malloc arena, and garbage collection for many short-lived objects."""

from __future__ import annotations

import gc
from ctypes import CDLL

_M_ARENA_MAX = -8
"""Its number in `malloc.h` of the GNU C library."""
NEW_OBJECTS = 10_000
"""Threshold of the collector's young generation: allocations minus deallocations."""


def share_one_heap() -> None:
    """Limit the GNU C library to one heap. Call it before there are threads; it does nothing on other C libraries.

    The library would give each thread a heap of its own, half a megabyte that is never returned. Our threads take
    turns at the interpreter, so they can share one heap.
    """
    choose = getattr(CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_M_ARENA_MAX, 1)


def settle_memory() -> None:
    """Freeze the objects that live as long as the process, so that the collector does not look at them again.

    Also raise the threshold: a flood of events makes thousands of short-lived objects, which are freed without the
    collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()
