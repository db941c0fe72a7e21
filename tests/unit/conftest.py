"""Hypothesis settings: property tests check what is true, not how fast the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("wakeup", deadline=None)
settings.load_profile("wakeup")
