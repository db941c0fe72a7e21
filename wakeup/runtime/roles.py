"""What a node of the service does, so that roles can be split over machines."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a node does. Every node listens inside, for health and metrics."""

    API = "api"
    VOICE = "voice"
    DISPATCH = "dispatch"
    CONSOLE = "console"
