"""After a restore: hold every case in which the copy of the database would release something by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from wakeup.domain.ids import CaseId
from wakeup.storage.keyring import SealError
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.deciding.restored import guard_restored, hold_restored, note_restored

AT_ONCE = 32
"""Cases per commit on SQLite."""


class Held(NamedTuple):
    cases: int
    unreadable: Sequence[CaseId]
    """Cases that are guarded, but could not be held, because their customer's key cannot be read."""


async def hold_all_restored(store: Store[SqlUnit], by: str, now: Callable[[], datetime]) -> Held:
    """Hold each case in a transaction of its own: one that cannot be held does not hinder the others."""
    held, unreadable = 0, list[CaseId]()

    async def hold(case_id: CaseId) -> bool:
        try:
            return await store.run(hold_restored, case_id, now())
        except SealError:
            unreadable.append(case_id)
            await store.run(guard_restored, case_id, now())
            return False

    cases = await store.read(lambda unit: unit.cases.undecided())
    for first in range(0, len(cases), AT_ONCE):
        held += sum(await asyncio.gather(*map(hold, cases[first : first + AT_ONCE])))
    if held:
        await store.run(note_restored, by, held, now())
    return Held(held, sorted(unreadable))
