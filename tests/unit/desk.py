"""Run one use case at a time on an in-memory database, in a real unit of work: a single node without a loop."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlmodel import SQLModel

from tests.unit.builders import T0
from wakeup.bank.zones import zones_of
from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.decision import Decision
from wakeup.domain.ids import AttemptId, CaseId, EvidenceId, TransferId
from wakeup.domain.outcome import Contact, Evidence, Outcome
from wakeup.domain.party import Payee
from wakeup.domain.policy import Calling, Messages, Policy
from wakeup.domain.transfer import Tier, Transfer
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.words.sms_templates import load_sms_templates
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies
from wakeup.storage.vault import Vault
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.deliver import LeasedMessage, record_delivery, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.dispatch.claim_attempts import Claim, choose, claim_all, lines_for_the_due
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.inputs import FlaggedTransfer, Number, Person
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.unit import Unit

P = ParamSpec("P")
T = TypeVar("T")
PHONE = "+6591234567"
SMS_TEMPLATES = load_sms_templates(data_folder("config") / "messages", {"zh": "星河银行", "en": "Star River Bank"})
SINGAPORE = {"SG": frozenset({"mobile"})}
POLICY = Policy(calling=Calling(destinations=SINGAPORE), messages=Messages(destinations=SINGAPORE))

# So many that a story may start several calls at one moment.
DIALLING = Dialling(
    account=AccountLimits(name="AC", calls_per_second=10_000, max_concurrent=1000),
    from_numbers=("+6531580001",),
    node="node",
)


class Mute:
    """A speaker that says nothing: there are no conversations in these stories."""

    def carried(self) -> list[Any]:
        return []


def dependencies(policy: Policy = POLICY) -> UnitDependencies:
    """Everything that a unit of work needs besides its connection."""
    dice = Random(7)

    def random_bytes(count: int) -> bytes:
        return bytes(dice.getrandbits(8) for _ in range(count))

    return UnitDependencies(
        vault=Vault(KeyRing([b"k" * 32], random_bytes), [b"i" * 32], random_bytes),
        policy=policy,
        speaker=Mute(),  # type: ignore[arg-type]
        sms_templates=SMS_TEMPLATES,
        ids=SeededIds(1),
        audit_key=b"a" * 32,
        zones=zones_of,
    )


@cache
def empty() -> bytes:
    """A database with all tables and no rows. It is created once and copied for each desk."""
    connection = make_engine("sqlite://").connect()
    SQLModel.metadata.create_all(connection)
    connection.exec_driver_sql("INSERT OR IGNORE INTO feed_head (id, position) VALUES (1, 0)")
    connection.exec_driver_sql("INSERT OR IGNORE INTO admin_head (id, n, mac) VALUES (1, 0, '')")
    image = driver(connection).serialize()
    connection.close()
    return image


def driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


class Desk:
    """Run use cases, one transaction each. A use case that raises leaves no trace."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self._connection = make_engine("sqlite://").connect()
        driver(self._connection).deserialize(empty())
        self._dependencies = dependencies(policy)
        self.wakes: set[str] = set()
        self._n = 0

    def run(self, use_case: Callable[Concatenate[SqlUnit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        unit = SqlUnit(self._connection, self._dependencies)
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            answer = use_case(unit, *args, **kwargs)
        except BaseException:
            self._connection.exec_driver_sql("ROLLBACK")
            raise
        self._connection.exec_driver_sql("COMMIT")
        self.wakes = unit.wakes
        return answer

    def speaks_by(self, speaker: Any) -> None:
        """Conversations are held by this fake."""
        self._dependencies = replace(self._dependencies, speaker=speaker)

    def follows(self, policy: Policy) -> None:
        """From now on this policy applies, as after a restart."""
        self._dependencies = replace(self._dependencies, policy=policy)

    def copy(self) -> bytes:
        return driver(self._connection).serialize()

    def restore(self, copy: bytes) -> None:
        driver(self._connection).deserialize(copy)

    def flag(self, n: int | None = None, now: datetime = T0, **changes: Any) -> Accepted:
        """Accept a risk event, with a customer of its own unless told otherwise."""
        self._n += 1
        return self.run(open_case, wait(self._n if n is None else n, now, **changes), now)

    def on(self, case_id: CaseId, now: datetime, act: Callable[[CaseFile], T]) -> T:
        """Run a function on the open case file."""

        def work(unit: SqlUnit) -> T:
            with CaseFile(unit, unit.cases.lock(case_id), now) as file:
                return act(file)

        return self.run(work)

    def teach(self, case_id: CaseId, evidence: Evidence, now: datetime) -> None:
        """End a conversation with this lesson."""

        def learn(file: CaseFile) -> None:
            file.unit.talks.add_evidence(evidence, case_id)
            settle_file(file)

        self.on(case_id, now, learn)

    def deliver(self, now: datetime, receipt: Receipt = Receipt.DELIVERED, status: int | None = 200) -> None:
        """Post every message that is due to the payment core, which returns this answer to each."""
        for sent in self.run(take_messages, now, 10_000).messages:
            self.answer(sent, now, receipt, status)

    def answer(
        self, sent: LeasedMessage, now: datetime, receipt: Receipt = Receipt.DELIVERED, status: int | None = 200
    ) -> None:
        """Record the core's answer to what was posted."""
        self.run(record_delivery, sent, Delivery(receipt=receipt, status=status), now)

    def transfer(self, transfer_id: TransferId) -> Transfer:
        found = self.run(lambda unit: unit.transfers.get(transfer_id))
        assert found is not None
        return found

    def decisions(self, transfer_id: TransferId) -> list[Decision]:
        """All decisions about a transfer, in the order of the feed."""

        def read(unit: SqlUnit) -> list[Decision]:
            unit.decisions.number_new(10_000)
            return [decision for _, decision in unit.decisions.after(0, 10_000) if decision.transfer_id == transfer_id]

        return self.run(read)

    def timeline(self, case_id: CaseId) -> list[dict[str, Any]]:
        """Every timeline row of a case: its kind, author and data."""
        found = self._connection.exec_driver_sql(
            "SELECT kind, by, data FROM timeline WHERE case_id = ? ORDER BY n", (case_id,)
        )
        return [{"kind": kind, "by": by, **json.loads(data)} for kind, by, data in found]

    def told(self, transfer_id: TransferId) -> list[int]:
        """Sequence numbers of all messages ever queued for the payment core."""
        messages = self.run(lambda unit: unit.outbox.listed(None, 10_000))
        return sorted(message.sequence for message in messages if message.transfer_id == transfer_id)


def take_claims(unit: Unit, now: datetime, limit: int = 1, dialling: Dialling = DIALLING) -> list[Claim]:
    """Take lines for up to `limit` due attempts and claim these, as a node does that finds several of them."""
    granted = lines_for_the_due(unit, dialling, limit, now)
    if granted.count == 0:
        return []
    chosen = choose(unit, dialling.account, granted.count, granted.fair, now)
    return claim_all(unit, dialling, chosen, granted.starts, now)


def said(outcome: Outcome, transfer_id: TransferId, now: datetime, n: int) -> Evidence:
    return Evidence(
        id=EvidenceId(f"evi_{transfer_id}_{n}"), attempt_id=AttemptId("att"), contact=Contact.RIGHT_PARTY,
        outcome=outcome, score=Decimal(0), live_person=True, named=(transfer_id,), at=now,
    )  # fmt: skip


def wait(n: int, now: datetime = T0, **changes: Any) -> FlaggedTransfer:
    customer = changes.pop("customer_id", f"u_{n}")
    phone = changes.pop("phone", f"+659{n:07}")
    minutes = changes.pop("minutes", 30)
    usual: dict[str, Any] = {
        "event_id": f"evt_{n}",
        "client": "bank",
        "content_hash": f"hash_{n}",
        "customer_id": customer,
        "customer": someone(phone, customer),
        "alternates": (),
        "guardians": (),
        "timezone": "Asia/Singapore",
        "birth_year": None,
        "vulnerable": False,
        "forwarding": False,
        "phone_changed_at": None,
        "sim_swapped_at": None,
        "transfer_id": f"t_{n}",
        "amount": Decimal(500),
        "currency": "SGD",
        "payee": Payee(name="Wong", account=f"a_{n}"),
        "created_at": now,
        "occurred_at": now,
        "decide_by": now + timedelta(minutes=minutes),
        "hold_max": now + timedelta(hours=6),
        "tier": Tier.MEDIUM,
        "typology": "generic",
        "signals": (),
        "model": "m",
    }
    return FlaggedTransfer(**{**usual, **changes})


def someone(phone: str | None, bank_id: str = "u", name: str = "Mei") -> Person:
    number = None if phone is None else Number(e164=phone, region="SG", line_type="mobile")
    return Person(bank_id=bank_id, number=number, name=name, locale="zh-CN")
