"""A small history of two cases, for tests that tamper with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wakeup.storage.chain import ChainRow, Head, mac

KEY = b"k" * 32
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def a_case(case_id: str, length: int, key: bytes = KEY, kind: str = "note") -> list[ChainRow]:
    rows: list[ChainRow] = []
    for n in range(1, length + 1):
        fields = (case_id, n, START + timedelta(seconds=n), f"{kind}_{n}", "system", f'{{"n":{n}}}')
        rows.append(ChainRow(*fields, mac(key, rows[-1].mac if rows else "", *fields)))
    return rows


def heads_of(rows: list[ChainRow]) -> dict[str, Head]:
    return {row.case_id: Head(row.n, row.mac) for row in rows}


def history() -> list[ChainRow]:
    return [*a_case("c_1", 5), *a_case("c_2", 3)]
