"""The set-up of a demo: keys and secrets of its own under `var/`, one clock for all processes, and the service's
settings."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wakeup.runtime.settings.settings import new_keys

CALLS_PER_SECOND = 1.0
LINES = 120
KEYS_FILE = "keys.json"
"""Name of the file in the run's folder that holds its keys."""
FROM_NUMBERS = ("+6531580001", "+6531580002", "+6531580003")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSetup:
    """The set-up of one demo run."""

    folder: Path
    speed: float
    seed: int
    epoch: datetime
    epoch_real: float
    ports: tuple[int, int, int]
    """Ports of the public, API and inside listeners."""
    account: str
    token: str = field(repr=False)
    client_secret: str = field(repr=False)
    core_secret: str = field(repr=False)
    bearer: str = field(repr=False)

    @property
    def clock_options(self) -> list[str]:
        """Command options that give the simulator's processes the clock."""
        return ["--speed", str(self.speed), "--epoch", self.epoch.isoformat(), "--epoch-real", repr(self.epoch_real)]

    def address(self, listener: int) -> str:
        return f"http://127.0.0.1:{self.ports[listener]}"

    def settings(self, phone: str, core: str, database: str | None = None) -> dict[str, str]:
        """Return the service's environment. Without a `database` it uses a SQLite file in its folder."""
        public, api, inside = (str(port) for port in self.ports)
        return {
            **_keys(self.folder),
            "WAKEUP_HTTP__PUBLIC_PORT": public,
            "WAKEUP_HTTP__API_PORT": api,
            "WAKEUP_HTTP__INSIDE_PORT": inside,
            "WAKEUP_HTTP__LEAVE_S": "0",
            "WAKEUP_PUBLIC_BASE_URL": self.address(0),
            "WAKEUP_DATABASE_URL": database or f"sqlite:///{self.folder / 'wakeup.db'}",
            "WAKEUP_TWILIO__ACCOUNT_SID": self.account,
            "WAKEUP_TWILIO__AUTH_TOKEN": self.token,
            "WAKEUP_TWILIO__BASE_URL": phone,
            "WAKEUP_TWILIO__FROM_NUMBERS": ",".join(FROM_NUMBERS),
            "WAKEUP_TWILIO__CALLS_PER_SECOND": str(CALLS_PER_SECOND),
            "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": str(LINES),
            "WAKEUP_CLIENTS__BANK__SECRETS": self.client_secret,
            "WAKEUP_CLIENTS__BANK__BEARER_KEYS": self.bearer,
            "WAKEUP_PAYMENT_CORE__URL": f"{core}/decisions",
            "WAKEUP_PAYMENT_CORE__SECRETS": self.core_secret,
            "WAKEUP_BANK__NAME_ZH": "星河银行",
            "WAKEUP_BANK__NAME_EN": "Star River Bank",
            "WAKEUP_AUDIT__ANCHORS_FILE": str(self.folder / "anchors.jsonl"),
            "WAKEUP_CLOCK__SPEED": str(self.speed),
            "WAKEUP_CLOCK__EPOCH": self.epoch.isoformat(),
            "WAKEUP_CLOCK__EPOCH_REAL": repr(self.epoch_real),
            "WAKEUP_LOG__FORMAT": "json",
        }


def new_setup(folder: Path, *, speed: float, seed: int, now: float, ports: tuple[int, int, int]) -> DemoSetup:
    """Make the set-up of a run. `now`: Unix seconds.

    People's time begins today at 9:00 UTC, when calls are allowed in Singapore and in London.
    """
    today = datetime.fromtimestamp(now, UTC)
    return DemoSetup(
        folder=folder,
        speed=speed,
        seed=seed,
        epoch=today.replace(hour=9, minute=0, second=0, microsecond=0),
        epoch_real=now,
        ports=ports,
        account="AC" + secrets.token_hex(16),
        token=secrets.token_hex(16),
        client_secret=_whsec(),
        core_secret=_whsec(),
        bearer=secrets.token_urlsafe(24),
    )


def _whsec() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _keys(folder: Path) -> dict[str, str]:
    """Return the keys of this run. They stay beside its database, which is useless without them."""
    path = folder / KEYS_FILE
    if not path.exists():
        path.write_text(json.dumps(new_keys(secrets.token_bytes)))
        path.chmod(0o600)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys
