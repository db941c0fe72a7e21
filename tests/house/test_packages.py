"""Installed packages are pinned by hash, and no index address is written down."""

from __future__ import annotations

import re
import tomllib

from tests.house.tree import ROOT

_NAME = re.compile(r"([A-Za-z0-9._-]+?)(?:\[[^]]*\])?==[^ ;\\]+")


def _entries() -> list[str]:
    text = (ROOT / "requirements.lock").read_text()
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_every_package_is_pinned_and_has_hashes() -> None:
    entries = _entries()
    assert len(entries) > 30
    loose = [entry[:60] for entry in entries if not _NAME.match(entry) or "--hash=sha256:" not in entry]
    assert not loose


def test_the_lock_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.findall(r"^\s*(?:-i|-f|--[a-z-]*index[a-z-]*|--find-links|--trusted-host)\b.*$", text, re.MULTILINE)
    assert "://" not in text


def _flat(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_whatever_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # Rival systems are for one bench, on machines whose owner installs them: nothing here does.
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_flat(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]) for requirement in wanted}
    locked = {_flat(match[1]) for entry in _entries() if (match := _NAME.match(entry))}
    assert names <= locked
