"""`wakeup report` over the database of a real day: what a guardian's answer looks like in the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenario.test_guardians import LIN, flags, is_asked
from tests.scenario.world import EPOCH, FROM, World, environment, tell
from wakeup.cli.commands.report import report

NOWHERE = "http://127.0.0.1:1"
SHOWN = ("guardian asked, of all cases", "100.0%", "1 of 1", "guardian answered, of those asked")


def the_day_after(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the command: the day's database, and a clock that stands at the end of the day."""
    still = {"WAKEUP_CLOCK__EPOCH": EPOCH.replace(hour=20).isoformat(), "WAKEUP_CLOCK__EPOCH_REAL": "1"}
    speed = {"WAKEUP_CLOCK__SPEED": "0.000000001", "COLUMNS": "120"}
    for name, value in {**environment(folder, NOWHERE, NOWHERE), **still, **speed}.items():
        monkeypatch.setenv(name, value)


def test_the_figures_of_a_day_in_which_a_daughter_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(world: World) -> None:
        daughter = world.handset(LIN)
        await flags(world, LIN)
        code = await is_asked(daughter)
        await world.sleep(90)
        await daughter.texts_back(f"{code} 1", FROM)
        assert await world.decided() == "hold"

    tell(story, tmp_path)
    the_day_after(tmp_path, monkeypatch)
    report(days=7, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["guardians"]["share"], told["guardians"]["replies"]) == (1, [1, 1], [1, 1])
    minutes = told["guardians"]["median_minutes"]
    assert 1.5 <= minutes <= 1.7
    report(days=7)
    page = capsys.readouterr().out
    assert [words for words in SHOWN if words not in page] == []
    assert f"{minutes:.1f}" in page


def test_a_database_without_tables_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    the_day_after(tmp_path, monkeypatch)
    with pytest.raises(SystemExit) as ended:
        report(days=7, as_json=True)
    assert ended.value.code == 1
    assert "run `wakeup migrate`" in capsys.readouterr().err
