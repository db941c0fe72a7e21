"""The roles of a node, which can be split over machines."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a node does. Every node has the inside listener, for health and metrics."""

    API = "api"
    VOICE = "voice"
    DISPATCH = "dispatch"
    CONSOLE = "console"
