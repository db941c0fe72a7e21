"""Erasure and export on both databases: no data of the customer is left, the chain stays whole, and an event may
arrive at the same moment.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import SQLModel

from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from tests.unit.desk import PHONE, wait
from tests.unit.test_forget import an_entry
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseEvent
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId, GuardianId
from wakeup.runtime.audit_verify import find_faults
from wakeup.storage.erasures import drop_old_pages
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.personal_data.dossier import export, hold
from wakeup.usecases.personal_data.forget import erase, erase_again, forget_words, overdue
from wakeup.usecases.personal_data.leftovers import empty_guardian, leftovers, prune
from wakeup.usecases.repositories.texts import Received
from wakeup.usecases.store import Store

WHO = CustomerId("u_1")
STRANGERS = Received(message_sid="SM1", number_index="n", received_at=T0, taken_as="unknown_sender")
LATER = T0 + timedelta(days=4000)


async def settled(store: Store[SqlUnit], n: int = 1, **changes: Any) -> CaseId:
    event = wait(n, **{"customer_id": WHO, "phone": PHONE, **changes})
    case_id = CaseId((await store.run(open_case, event, T0)).case_id)

    def settle(unit: SqlUnit) -> None:
        for attempt in unit.attempts.of_case(case_id):
            unit.attempts.save(replace(attempt, state=AttemptState.CANCELED, ended_at=T0, check_at=None))
        with CaseFile(unit, unit.cases.lock(case_id), T0) as file:
            file.move(CaseEvent.SETTLE)

    await store.run(settle)
    return case_id


def test_nothing_that_finds_them_is_left_and_the_chain_is_whole(migrated_url: str, tmp_path: Path) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        case_id = await settled(store)
        index = await store.read(lambda unit: unit.index("number", PHONE))
        dossier = await store.read(export, WHO)
        assert dossier.tables["parties"][0]["phone"] == PHONE and dossier.tables["timeline"]
        assert json.dumps(dossier.tables, default=str)
        assert (await store.read(overdue, LATER, 9)).words == [case_id]
        assert await store.run(forget_words, case_id, LATER)
        assert (await store.read(overdue, LATER, 9)).customers == [WHO]
        assert (await store.run(erase, WHO, "retention", LATER)).cases == 1
        found = await store.read(whole)
        assert not [row for row in found if index in row], "a hash of the number is left"
        assert not [row for row in found if any(isinstance(cell, bytes) and cell for cell in row)]
        assert find_faults(migrated_url, AUDIT_KEY, tmp_path / "none") == []

    told(migrated_url, story)


def test_no_key_of_an_erased_customer_stays_in_a_free_page_of_the_file(tmp_path: Path) -> None:
    """Enough customers that whole pages become free; in the order of their names, as a table without row ids stores
    them."""
    file = tmp_path / "wakeup.db"
    url = f"sqlite:///{shutil.copy(migrated_file(), file)}"
    names = [CustomerId(sha256(str(n).encode()).hexdigest()) for n in range(150)]
    keys: list[bytes] = []

    async def story(store: Store[SqlUnit]) -> None:
        for n, name in enumerate(names, 1):
            await settled(store, n, customer_id=name, phone=f"+65812{n:05}")
        keys.extend(await store.read(wrapped))
        assert await store.run(wrapped) == keys and len(keys) == len(names)
        for name in names:
            await store.run(erase, name, "retention", LATER)

    def wrapped(unit: SqlUnit) -> list[bytes]:
        rows = unit.connection.exec_driver_sql("SELECT wrapped_key FROM customers ORDER BY id").all()
        return [row[0] for row in rows]

    told(url, story)
    assert drop_old_pages(url)
    left = file.read_bytes()
    assert not [key for key in keys if key in left]


def test_leftovers_without_a_case_are_found_and_removed(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await settled(store)
        for n, wanted in ((1, [an_entry()]), (1, []), (2, [an_entry()])):
            await store.run(put_guardians, CustomerId(f"u_{n}"), wanted, T0)
        found = await store.read(leftovers, LATER, 9)
        assert (found.customers, found.guardians) == (["u_2"], []), "a case has words still"
        await store.run(forget_words, (await store.read(overdue, LATER, 9)).words[0], LATER)
        assert (await store.read(leftovers, LATER, 9)).guardians == [(WHO, "g_1")]
        assert await store.run(empty_guardian, WHO, GuardianId("g_1"))
        await store.run(erase, CustomerId("u_2"), "retention", LATER)
        found = await store.read(leftovers, LATER, 9)
        assert (found.customers, found.guardians) == ([], [])
        await store.run(lambda unit: unit.texts.receive(STRANGERS))
        assert await store.run(prune, LATER, 1)
        assert not await store.run(prune, LATER, 1)

    told(migrated_url, story)


def test_a_customer_from_an_older_copy_is_erased_again_but_not_one_who_came_anew(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await settled(store)
        erased_at, now = T0 + timedelta(days=1), T0 + timedelta(days=2)
        # The restored copy does not contain the erasure.
        assert (await store.run(erase_again, WHO, erased_at, "kim", now)) is not None
        assert (await store.run(erase_again, WHO, erased_at, "kim", now)) is None, "twice does no harm"
        await store.run(open_case, wait(2, now, customer_id=WHO, phone=PHONE), now)
        assert (await store.run(erase_again, WHO, erased_at, "kim", now)) is None, "they came anew since"
        assert (await store.read(export, WHO)).tables["customers"]

    told(migrated_url, story)


def whole(unit: SqlUnit) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for table in SQLModel.metadata.sorted_tables:
        found = unit.connection.exec_driver_sql(f"SELECT * FROM {table.name}")
        rows += [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in found]
    return rows


@pytest.mark.parametrize("first", ["event", "erasure"])
def test_an_event_at_the_same_moment_is_accepted_and_protects(migrated_url: str, first: str) -> None:
    """In either order, the new transfer has its standing hold, and its customer has a working key."""

    async def story(store: Store[SqlUnit]) -> None:
        await settled(store)
        flag = store.run(open_case, wait(2, T0, customer_id=WHO, phone=PHONE), T0)
        forget = store.run(erase, WHO, "kim", T0)
        both = [flag, forget] if first == "event" else [forget, flag]
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        [accepted] = [one for one in outcomes if not isinstance(one, BaseException) and hasattr(one, "transfer_id")]
        for refused in (one for one in outcomes if isinstance(one, BaseException)):
            assert isinstance(refused, ConflictError) and "case_not_settled" in str(refused)
        payee = await store.read(lambda unit: unit.transfers.payee(unit.transfers.get(accepted.transfer_id)))  # type: ignore[arg-type]
        assert payee.name == "Wong"
        assert await store.read(lambda unit: unit.decisions.newest(accepted.transfer_id))

    told(migrated_url, story)


def test_a_legal_hold_is_not_answered_for_a_customer_who_is_being_erased(migrated_url: str) -> None:
    begun = Event()

    def slowly(unit: SqlUnit) -> int:
        done = erase(unit, WHO, "kim", T0).cases
        begun.set()
        if unit.connection.dialect.name == "postgresql":
            unit.connection.exec_driver_sql("SELECT pg_sleep(0.5)")
        return done

    async def story(store: Store[SqlUnit]) -> None:
        await settled(store)
        erasing = asyncio.ensure_future(store.run(slowly))
        await asyncio.to_thread(begun.wait, 10)
        with pytest.raises(NotFoundError):
            await store.run(hold, WHO, "C-17", "kim", T0)
        assert await erasing == 1
        assert await store.read(lambda unit: unit.retention.legal_hold(WHO)) is None

    told(migrated_url, story)
