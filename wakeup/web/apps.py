"""The three applications and how they are served: all that the composition root needs of this package."""

from __future__ import annotations

from wakeup.web.api.app import api_app
from wakeup.web.inside.app import inside_app
from wakeup.web.listener import HttpListener
from wakeup.web.voice.app import public_app

__all__ = ["HttpListener", "api_app", "inside_app", "public_app"]
