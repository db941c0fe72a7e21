"""What operators' machines are told."""

from __future__ import annotations

from typing import Literal

from wakeup.bank.responses import Answer


class Health(Answer):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(Answer):
    """Whether this node is ready for work."""

    status: Literal["ready", "not_ready"]
    faults: tuple[str, ...] = ()
