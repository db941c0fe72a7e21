"""The example on the page about feeding is one that works."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from tests.feed.service import START, FakeClock, Service, feed
from tests.house.tree import ROOT, text_of
from wakeup.feed.mapping import KINDS, load_mapping
from wakeup.feed.records import MAX_LINE

PAGE = text_of(ROOT / "docs" / "feed.md")


def block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_example_is_taken_whole(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text(block("toml"))
    (tmp_path / "day.csv").write_text(block("csv"))
    service = Service(FakeClock(START))
    report = feed(tmp_path / "day.csv", service, mapping=load_mapping(tmp_path / "bank.toml"))
    assert (report.rows, report.accepted, report.faults) == (2, 2, ())
    assert [one.event_id for one in service.events] == ["e_7001", "e_7002"]
    assert [one.risk.tier for one in service.events] == ["critical", "high"]


def test_sources_and_limits_are_those_of_the_code() -> None:
    assert all(f"`{kind} = " in PAGE for kind in KINDS)
    assert f"{csv.field_size_limit():,} characters" in PAGE
    assert MAX_LINE == 1 << 20 and "1 MiB" in PAGE
