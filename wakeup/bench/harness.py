"""Set-up for benches without a network: a fresh database, use cases run one by one, manually advanced time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import cast

from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.party import Payee
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import Tier
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.words.sms_templates import load_sms_templates
from wakeup.storage.keyring import KeyRing
from wakeup.storage.migrate import upgrade
from wakeup.storage.open import open_store
from wakeup.storage.publish import Publish, publish_nothing
from wakeup.storage.unit_of_work import MakeUnit, SqlUnit, UnitDependencies, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.inputs import FlaggedTransfer, Number, Person
from wakeup.usecases.speaker import Speaker
from wakeup.usecases.store import Store

EPOCH = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""Ten in the morning in Singapore, when everybody may be called."""
OURS = ("+6531580001",)


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = EPOCH

    def now(self) -> datetime:
        return self.at

    def wait_for(self, at: datetime) -> float:
        return max(0.0, (at - self.at).total_seconds())

    def monotonic(self) -> float:
        return (self.at - EPOCH).total_seconds()


def dependencies_for(policy: Policy, seed: int) -> UnitDependencies:
    """Return what units of work share, with keys and ids that are the same every time and without scripts."""
    dice = Random(seed)  # noqa: S311 - a bench keeps no secret

    def random_bytes(count: int) -> bytes:
        return dice.randbytes(count)

    return UnitDependencies(
        vault=Vault(KeyRing([b"k" * 32], random_bytes), [b"i" * 32], random_bytes),
        policy=policy,
        speaker=cast("Speaker", None),  # no bench speaks
        sms_templates=load_sms_templates(
            data_folder("config") / "messages", {"zh": "星河银行", "en": "Star River Bank"}
        ),
        ids=SeededIds(seed),
        audit_key=b"a" * 32,
    )


def open_stand(
    folder: Path, dependencies: UnitDependencies, publish: Publish = publish_nothing, make_unit: MakeUnit | None = None
) -> Store[SqlUnit]:
    """Open a Store without threads on a new SQLite file. The caller closes it."""
    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'bench.db'}"
    upgrade(url, lambda: data_folder("migrations"))
    return open_store(url, make_unit or unit_maker(dependencies), publish, inline=True)


def flagged(number: int, now: datetime, amount: Decimal, window: timedelta) -> FlaggedTransfer:
    """Return a flagged transfer with its own customer, number and payee."""
    phone = Number(e164=f"+659{number:07d}", region="SG", line_type="mobile")
    return FlaggedTransfer(
        event_id=f"evt_{number}", client="bench", content_hash=f"hash_{number}", customer_id=f"u_{number}",
        customer=Person(bank_id=f"u_{number}", number=phone, name="陈美玲", locale="zh-CN"),
        alternates=(), guardians=(), timezone="Asia/Singapore", birth_year=None, vulnerable=False, forwarding=False,
        phone_changed_at=None, sim_swapped_at=None, transfer_id=f"t_{number}", amount=amount, currency="SGD",
        payee=Payee(name="Golden Harbour", account=f"SG88{number}"),
        created_at=now, occurred_at=now, decide_by=now + window, hold_max=now + timedelta(days=2), tier=Tier.MEDIUM,
        typology="generic", signals=(), model="bench",
    )  # fmt: skip
