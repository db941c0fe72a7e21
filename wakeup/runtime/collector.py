"""The garbage collector of a process that has read all it is made of, and begins to make values by the thousand."""

from __future__ import annotations

import gc

NEW_OBJECTS = 10_000
"""Made more than unmade, before the collector looks at the young ones."""


def settle_memory() -> None:
    """What the process is made of stays, so the collector need not look at it again; and a flood of events makes
    thousands of short-lived objects that are gone before anybody looks."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()
