"""The simulators' own record of facts: append-only, in virtual time, kept across restarts, and trusted by the
tests."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

Fact = dict[str, Any]


class Ledger:
    """Facts as plain dicts `{"at": iso, "fact": name, …}`; one JSON line each if a file is given."""

    def __init__(self, now: Callable[[], datetime], file: Path | None = None) -> None:
        self._now = now
        self.facts: list[Fact] = []
        self._followers: list[Callable[[], None]] = []
        self._file: IO[str] | None = None
        if file is not None:
            self.facts.extend(_read(file))
            self._file = file.open("a", encoding="utf-8", buffering=1)

    def add(self, fact: str, **details: Any) -> Fact:
        """Append one fact at the present virtual time. The line is written before this returns."""
        row: Fact = {"at": self._now().isoformat(), "fact": fact, **details}
        self.facts.append(row)
        if self._file is not None:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        for follower in self._followers:
            follower()
        return row

    def follow(self, follower: Callable[[], None]) -> None:
        """Register a function that is called after each fact, so that no caller has to poll."""
        self._followers.append(follower)

    def of(self, *names: str) -> list[Fact]:
        return [row for row in self.facts if row["fact"] in names]

    def last_moment(self) -> datetime:
        return datetime.fromisoformat(self.facts[-1]["at"]) if self.facts else self._now()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def summary(self) -> dict[str, Any]:
        """Return counts for tests. A duplicate ring is counted once, for the later of the two calls."""
        calls = _calls(self.facts)
        overlaps = _overlaps(calls.values())
        repeats = _repeated_urls(self.facts)
        answered = [call for call in calls.values() if call.answered]
        return {
            "calls_posted": len(self.of("post_received")),
            "calls_placed": len(calls),
            "calls_refused": len(self.of("post_refused")),
            "rang": sum(call.rang is not None for call in calls.values()),
            "answered": len(answered),
            "conversations": sum(call.spoke for call in answered),
            "live": sum(not call.ended for call in calls.values()),
            "statuses": _statuses(calls.values()),
            "overlapping_rings": overlaps,
            "repeated_urls": repeats,
            "duplicate_rings": overlaps + repeats,
            "max_concurrent": _most_at_once(calls.values()),
            "messages": len(self.of("message_created")),
            "messages_received": len(self.of("message_inbound")),
            "webhooks": len(self.of("webhook")),
            "problems": len(self.of("problem")),
        }


@dataclass(slots=True)
class _CallRow:
    to: str
    rang: str | None = None
    ended: str = ""
    status: str = "queued"
    answered: bool = False
    spoke: bool = False
    at: list[str] = field(default_factory=list)


def _read(file: Path) -> Iterable[Fact]:
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            # A killed process leaves at most one torn line behind.
            continue


def _calls(facts: Iterable[Fact]) -> dict[str, _CallRow]:
    calls: dict[str, _CallRow] = {}
    for row in facts:
        if row["fact"] == "created":
            calls[row["call"]] = _CallRow(to=row["to"])
            continue
        call = calls.get(row.get("call", ""))
        if call is not None:
            _note(call, row)
    return calls


def _note(call: _CallRow, row: Fact) -> None:
    match row["fact"]:
        case "ringing":
            call.rang, call.status = row["at"], "ringing"
        case "answered":
            call.answered, call.status = True, "in-progress"
            call.rang = call.rang or row["at"]
        case "pressed" | "said":
            call.spoke = True
        case "ended":
            call.ended, call.status = row["at"], row["status"]
        case _:
            pass


def _statuses(calls: Iterable[_CallRow]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for call in calls:
        counts[call.status] += 1
    return dict(counts)


def _overlaps(calls: Iterable[_CallRow]) -> int:
    by_number: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for call in calls:
        if call.rang is not None:
            by_number[call.to].append((call.rang, call.ended or "9999"))
    found = 0
    for spans in by_number.values():
        busy_until = ""
        for begin, end in sorted(spans):
            found += begin < busy_until
            busy_until = max(busy_until, end)
    return found


def _repeated_urls(facts: Iterable[Fact]) -> int:
    seen: set[str] = set()
    found = 0
    for row in facts:
        if row["fact"] == "post_received" and row.get("url"):
            found += _path(row["url"]) in seen
        elif row["fact"] == "created" and row.get("url"):
            seen.add(_path(row["url"]))
    return found


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc + parts.path


def _most_at_once(calls: Iterable[_CallRow]) -> int:
    steps: list[tuple[str, int]] = []
    for call in calls:
        if call.rang is not None:
            steps.append((call.rang, 1))
            if call.ended:
                steps.append((call.ended, -1))
    most = now = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most
