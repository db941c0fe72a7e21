"""A start that is refused names everything that must be corrected, as `wakeup config check` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.test_edge import at_home, migrated, run

__all__ = ["at_home", "migrated"]


@pytest.mark.parametrize("words", [("serve",), ("serve", "--migrate"), ("config", "check")])
@pytest.mark.parametrize("rate", ["nan", "1"], ids=["a wrong setting too", "files only"])
def test_everything_is_said_at_once(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...],
    rate: str,
) -> None:  # fmt: skip
    (migrated / "p.toml").write_text('version = "x"\n[calling]\nmax_calls_per_case = -1\n')
    (migrated / "r.toml").write_text("[[agents]]\n")
    monkeypatch.setenv("WAKEUP_POLICY__FILE", str(migrated / "p.toml"))
    monkeypatch.setenv("WAKEUP_PEOPLE__ROSTER", str(migrated / "r.toml"))
    monkeypatch.setenv("WAKEUP_TWILIO__CALLS_PER_SECOND", rate)
    code, said = run(monkeypatch, capsys, *words)
    assert code == 2
    places = sorted({line.split(":")[0] for line in said.splitlines()})
    assert places == [*(["WAKEUP_TWILIO__CALLS_PER_SECOND"] if rate == "nan" else []), "p.toml", "r.toml"]
    assert len(set(said.splitlines())) == said.count("\n")
