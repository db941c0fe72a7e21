"""No secret of a demo stands on a command line, which everybody on the machine can read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wakeup.demo.setup import new_setup
from wakeup.demo.simulators import start_strangers


class Recorder:
    """Starts nothing, and keeps what would be started."""

    def __init__(self) -> None:
        self.lines: dict[str, Sequence[str]] = {}
        self.secrets: dict[str, str] = {}

    async def start(
        self, name: str, arguments: Sequence[str], extra: Mapping[str, str] | None = None, *, secret: str = ""
    ) -> str:
        self.lines[name], self.secrets[name] = arguments, secret
        return f"http://{name}"


def test_the_simulators_get_their_secrets_on_standard_input(tmp_path: Path) -> None:
    stage = new_setup(tmp_path, speed=30, seed=1, now=1_800_000_000, ports=(1, 2, 3))
    processes: Any = Recorder()
    assert list(asyncio.run(start_strangers(processes, stage, 1.0))) == ["http://phone", "http://core"]
    assert processes.secrets == {"phone": stage.token, "core": stage.core_secret}
    told = repr(processes.lines)
    for secret in (stage.token, stage.core_secret, stage.client_secret, stage.bearer):
        assert secret not in told
