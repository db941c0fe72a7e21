"""Properties are about what is true, not about how busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("wakeup", deadline=None)
settings.load_profile("wakeup")
