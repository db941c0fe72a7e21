"""Faults of the phone company: scripted one by one for a test, or by seed and probability for many calls."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

CREATE_FAULTS = {
    "429": "refused unprocessed with 429/20429",
    "500": "500 before anything happened",
    "503": "503 before anything happened",
    "500_after_create": "the call exists, the answer is a 500",
    "stall": "nothing happens and nothing is answered for a real minute, then 503",
    "stall_after_create": "the call exists, the answer stays away for a minute",
    "drop_after_create": "the call exists, the connection breaks before the answer",
    "refuse": "the connection breaks at once, nothing happened (for a closed port use close_port())",
    "garbage_201": "the call exists, the 201 has a body nobody can read",
    "late_201": "the 201 is sent after the first status callback was answered",
}
CALLBACK_FAULTS = {
    "lost": "never sent",
    "late": "sent `late_seconds` later",
    "doubled": "sent twice",
    "reordered": "sent after the one that follows it",
}
AFTER_CREATE = frozenset({"500_after_create", "stall_after_create", "drop_after_create", "garbage_201", "late_201"})


class Faults:
    """Scripted faults come first, in order. Without one, chance decides by `probabilities`."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(f"faults-{seed}")  # noqa: S311
        self._creates: deque[str] = deque()
        self._messages: deque[str] = deque()
        self._callbacks: deque[tuple[str, str]] = deque()
        self._next_verdict: deque[str] = deque()
        self.probabilities: dict[str, float] = {}
        self.late_seconds = 20.0
        self.stall_seconds = 60.0
        self.list_lag = 0.0
        self.wrong_verdicts = 0.0
        self.happened: Counter[str] = Counter()
        """How often callbacks and verdicts were changed by chance or by a test, by kind."""

    def next_create(self, *kinds: str) -> None:
        """Let the next POSTs of calls meet these faults (see CREATE_FAULTS)."""
        self._creates.extend(_known(kind, CREATE_FAULTS) for kind in kinds)

    def next_message(self, *kinds: str) -> None:
        """Let the next POSTs of messages meet these faults (see CREATE_FAULTS)."""
        self._messages.extend(_known(kind, CREATE_FAULTS) for kind in kinds)

    def next_callback(self, *kinds: str, event: str = "") -> None:
        """Let the next callbacks meet these faults. `event` (initiated, answered, amd, sms …) selects which ones."""
        self._callbacks.extend((event, _known(kind, CALLBACK_FAULTS)) for kind in kinds)

    def next_verdict(self, answered_by: str) -> None:
        """Let the next answering-machine detection return this, whoever answered."""
        self._next_verdict.append(answered_by)

    def set(self, **probabilities: float) -> None:
        """Set probabilities from 0 to 1 by name, such as create_429, message_stall, callback_lost or callback_late."""
        for name, chance in probabilities.items():
            group, _, kind = name.partition("_")
            kinds = {"create": CREATE_FAULTS, "message": CREATE_FAULTS, "callback": CALLBACK_FAULTS}
            _known(kind, kinds.get(group, {}))
            self.probabilities[name] = chance

    def configure(self, wishes: Mapping[str, Any]) -> None:
        """Apply the JSON of `--faults` or `POST /_sim/faults`. Raises ValueError for unknown names."""
        for name, value in wishes.items():
            match name:
                case "create":
                    self.next_create(*value)
                case "message":
                    self.next_message(*value)
                case "callback":
                    self.next_callback(*value)
                case "probabilities":
                    self.set(**value)
                case "late_seconds" | "stall_seconds" | "list_lag" | "wrong_verdicts":
                    setattr(self, name, float(value))
                case _:
                    message = f"unknown fault setting: {name}"
                    raise ValueError(message)

    def for_create(self) -> str | None:
        return self._creates.popleft() if self._creates else self._roll("create", CREATE_FAULTS)

    def for_message(self) -> str | None:
        return self._messages.popleft() if self._messages else self._roll("message", CREATE_FAULTS)

    def for_callback(self, event: str) -> str | None:
        kind = self._for_callback(event)
        if kind is not None:
            self.happened[kind] += 1
        return kind

    def _for_callback(self, event: str) -> str | None:
        for index, (wanted, kind) in enumerate(self._callbacks):
            if wanted in {"", event}:
                del self._callbacks[index]
                return kind
        return self._roll("callback", CALLBACK_FAULTS)

    def for_verdict(self, truth: str) -> str:
        if self._next_verdict:
            return self._next_verdict.popleft()
        if self.wrong_verdicts and self._dice.random() < self.wrong_verdicts:
            self.happened["wrong_verdict"] += 1
            return "machine_end_beep" if truth == "human" else "human"
        return truth

    def _roll(self, group: str, kinds: Mapping[str, str]) -> str | None:
        if not self.probabilities:
            return None
        for kind in kinds:
            chance = self.probabilities.get(f"{group}_{kind}", 0.0)
            if chance and self._dice.random() < chance:
                return kind
        return None


def _known(kind: str, kinds: Mapping[str, str]) -> str:
    if kind not in kinds:
        message = f"unknown fault {kind!r}; known: {', '.join(kinds)}"
        raise ValueError(message)
    return kind
