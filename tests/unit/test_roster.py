"""Working hours by the local clock of each team, and the hours that no team covers."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from wakeup.domain.errors import ConfigError
from wakeup.domain.roster import DAYS, Shift, on_duty, uncovered
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.roster import load_roster


def shift(name: str = "day", begins: int = 8, ends: int = 20, zone: str = "Asia/Singapore", **more: Any) -> Shift:
    usual: dict[str, Any] = {
        "days": frozenset(DAYS), "agents": frozenset({"ada"}), "skills": frozenset({"critical"}),
    }  # fmt: skip
    return Shift(name=name, zone=zone, begins=time(begins), ends=time(ends), **{**usual, **more})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_without_a_roster_all_agents_work() -> None:
    assert on_duty((), "ada", at("2026-11-22T03:00"))


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-23T00:00", True),  # 08:00 on Monday in Singapore
        ("2026-11-22T23:59", False),
        ("2026-11-23T11:59", True),
        ("2026-11-23T12:00", False),
        ("2026-11-28T02:00", False),  # Saturday
    ],
)
def test_hours_are_those_of_the_shifts_own_zone(moment: str, works: bool) -> None:
    assert on_duty([shift(days=frozenset(DAYS[:5]))], "ada", at(moment)) is works
    assert not on_duty([shift()], "ben", at(moment)), "who is in no shift does not work"


def test_a_shift_goes_on_past_midnight() -> None:
    night = [shift(begins=22, ends=6, zone="UTC", days=frozenset({"sun"}))]
    assert on_duty(night, "ada", at("2026-11-23T05:59")), "Monday morning belongs to Sunday's night"
    assert not on_duty(night, "ada", at("2026-11-22T05:59")), "Saturday has none"
    assert not on_duty(night, "ada", at("2026-11-23T06:00"))


def test_a_whole_day_is_one_that_ends_when_it_begins() -> None:
    assert uncovered([shift(begins=8, ends=8)], "critical") == []


def test_the_uncovered_hours_are_found() -> None:
    gaps = uncovered([shift(zone="UTC", begins=8, ends=20)], "critical")
    assert len(gaps) == 8, "the week's first and last night are cut at its ends"
    assert [f"{begins:%a %H:%M}-{ends:%a %H:%M}" for begins, ends in gaps[:2]] == [
        "Mon 00:00-Mon 08:00", "Mon 20:00-Tue 08:00",
    ]  # fmt: skip
    assert uncovered([shift(), shift("night", 20, 8)], "critical") == []


def test_a_shift_without_the_skill_or_without_agents_covers_nothing() -> None:
    assert uncovered([shift(begins=8, ends=8, skills=frozenset())], "critical")
    assert uncovered([shift(begins=8, ends=8, agents=frozenset())], "critical")


def test_where_clocks_change_a_gap_of_one_season_is_found() -> None:
    """London covers until 20:00, Singapore from 20:00 of London's winter time. In summer an hour is missing."""
    london = shift("london", 4, 20, "Europe/London")
    assert uncovered([london, shift("night", 4, 12, "Asia/Singapore")], "critical")
    assert not uncovered([london, shift("night", 3, 12, "Asia/Singapore")], "critical")


def refused(folder: Path, text: str) -> list[str]:
    path = folder / "roster.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as told:
        load_roster(path)
    return told.value.faults


GOOD = 'name = "day", zone = "Asia/Singapore", days = "mon-sun", hours = "08:00-08:00", agents = ["ada"]'


def test_the_shipped_roster_is_empty_and_a_good_one_is_read(tmp_path: Path) -> None:
    assert load_roster(data_folder("config") / "roster.toml") == ()
    path = tmp_path / "roster.toml"
    path.write_text(f'shifts = [\n  {{ {GOOD}, skills = ["critical"] }},\n]\n')
    (read,) = load_roster(path)
    assert (read.begins, read.ends, *read.agents, *read.skills) == (time(8), time(8), "ada", "critical")
    assert read.days == set(DAYS)


def test_hours_without_an_agent_for_critical_cases_are_refused(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, f"shifts = [\n  {{ {GOOD.replace('08:00-08:00', '08:00-20:00')} }},\n]\n")
    assert fault == "roster.toml:1: shifts: no agent covers critical from Mon 00:00 to Mon 00:00 (UTC)"
    text = f'shifts = [\n  {{ {GOOD.replace("08:00-08:00", "08:00-20:00")}, skills = ["critical"] }},\n]\n'
    (fault,) = refused(tmp_path, text)
    assert "from Mon 12:00 to Tue 00:00" in fault
    assert "more (UTC)" in fault


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("Asia/Singapore", "Asia/Lion"), "unknown time zone"),
        (("mon-sun", "sun-mon"), "must be weekdays"),
        (("mon-sun", "monday"), "must be weekdays"),
        (("08:00-08:00", "8-20"), "time of day"),
        (('["ada"]', "[]"), "list of accounts"),
        (('"day"', '""'), "name"),
        (('"Asia/Singapore"', "[]"), "unknown time zone"),
        (('["ada"]', '["ada"], skills = [[]]'), "must be a list of skills"),
    ],
)
def test_a_faulty_roster_is_refused_with_its_line(tmp_path: Path, wrong: tuple[str, str], said: str) -> None:
    (fault,) = refused(tmp_path, f"shifts = [\n  {{ {GOOD.replace(*wrong)} }},\n]\n")
    assert fault.startswith("roster.toml:2: ")
    assert said in fault


def test_a_roster_that_is_not_there_is_named_with_the_setting_that_says_which(tmp_path: Path) -> None:
    path = tmp_path / "no.toml"
    with pytest.raises(ConfigError) as told:
        load_roster(path)
    assert told.value.faults == [f"WAKEUP_PEOPLE__ROSTER: {path}: cannot be read: No such file or directory"]
