"""The first page with ten thousand open cases: fast and small."""

from __future__ import annotations

from time import process_time

from tests.console.console_client import Browsers, ConsoleClient
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.web.console.static_files import STATIC

MANY, LONGEST_S, MAX_BYTES, TRIES = 10_000, 0.2, 100_000, 15
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
COPIED = {
    "cases": {"id": "'case_' || i", "customer_id": "'u_' || i"},
    "transfers": {"id": "'t_' || i", "case_id": "'case_' || i", "customer_id": "'u_' || i"},
    "attempts": {"id": "'att_' || i", "case_id": "'case_' || i", "number_index": "'n_' || i"},
}
"""Copies of the case that was opened, with other ids."""


def copy(unit: SqlUnit) -> None:
    for table, changed in COPIED.items():
        names = [row[1] for row in unit.connection.exec_driver_sql(f"PRAGMA table_info({table})").fetchall()]
        values = ", ".join(changed.get(name, f'"{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        unit.connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) {NUMBERS} SELECT {values} FROM n, {table}")


async def test_the_first_page_is_there_within_200_ms_and_weighs_less_than_100_kb(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await console.flag(held=False)
    await console.store.run(copy)
    ann = browsers()
    await ann.sign_in("ann")
    page = await ann.get()
    assert page.plain.count("10,000") >= 1 and page.text.count("<tr data-id=") == 100
    weight = len(page.text.encode())
    for name in ("console.css", "console.js", "clock.js", "live.js", "follow.js", "ended.js", "icon.svg"):
        weight += len((await ann.get(f"{STATIC.address}/{name}")).text.encode())
    assert weight <= MAX_BYTES, weight
    # CPU seconds, including the client's share: on a busy machine wall time measures the machine.
    took = []
    for _ in range(TRIES):
        began = process_time()
        assert (await ann.get()).status == 200
        took.append(process_time() - began)
        if took[-1] <= LONGEST_S:
            break
    assert min(took) <= LONGEST_S, took
