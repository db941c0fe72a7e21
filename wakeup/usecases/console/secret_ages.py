"""Age of the secrets in use. Each is known by its name and a keyed hash, never by its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wakeup.usecases.unit import Unit

Fingerprint = tuple[str, str]
"""Name and keyed hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretAge:
    name: str
    since: datetime | None
    """None for a secret that no start of the service has recorded yet."""


def note_secrets(unit: Unit, found: Iterable[Fingerprint], now: datetime) -> int:
    """Record, at the start of the service, which secrets are new from now on. Returns how many were new."""
    new = [name for name, fingerprint in found if unit.admin.see_secret(name, fingerprint, now)]
    for name in new:
        unit.admin.add("secret_in_use", "system", now, name=name)
    return len(new)


def secret_ages(unit: Unit, found: Iterable[Fingerprint]) -> list[SecretAge]:
    """Return the ages of the secrets in use in this process, oldest first."""
    seen = unit.admin.secrets_seen()
    ages = [SecretAge(name=name, since=seen.get((name, fingerprint))) for name, fingerprint in found]
    return sorted(ages, key=lambda age: (age.since is None, age.since, age.name))
