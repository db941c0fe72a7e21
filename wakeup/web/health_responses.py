"""What operators' machines are told."""

from __future__ import annotations

from typing import Literal

from wakeup.bank.responses import Answer


class Health(Answer):
    """The process lives and answers."""

    status: Literal["ok"] = "ok"


class Readiness(Answer):
    """Whether this node may be given work."""

    status: Literal["ready", "not_ready"]
    faults: tuple[str, ...] = ()
