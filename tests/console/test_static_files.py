"""A page loads its style and its scripts in its own version, and a browser asks for them only once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.console.console_client import Browsers, ConsoleClient
from wakeup.web.console import static_files
from wakeup.web.console.static_files import FOLDER, STATIC, files_in

LOADED = re.compile(r'(?:href|src)="(/console/static/[^"]+)"')
IMPORTED = re.compile(r'(?:from|import)[ (]"([^"]+)"')


async def test_what_a_page_loads_is_of_its_version_and_is_kept(console: ConsoleClient, browsers: Browsers) -> None:
    case_id, ann = await console.flag(), browsers()
    await ann.sign_in("ann")
    page = await ann.get(f"/console/cases/{case_id}")
    loaded = LOADED.findall(page.text)
    assert {Path(address).name for address in loaded} == {"icon.svg", "console.css", "console.js", "print.css"}
    for address in loaded:
        given = await ann.get(address)
        assert given.status == 200 and given.text == (FOLDER / Path(address).name).read_text()
        assert "immutable" in given.headers["Cache-Control"] and Path(address).parent.name == STATIC.digest
    assert (await ann.get(loaded[-1])).headers["Content-Type"] == "text/css; charset=utf-8"


def test_scripts_load_one_another_from_their_own_address() -> None:
    imported = [name for path in FOLDER.glob("*.js") for name in IMPORTED.findall(path.read_text())]
    assert len(imported) > 10 and all((FOLDER / name).is_file() and name.startswith("./") for name in imported)
    assert not [path for path in FOLDER.iterdir() if "/console/static" in path.read_text()]
    assert set(STATIC.bodies) == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("folder", ["/console/static", "/console/static/0123456789abcdef"])
async def test_what_another_version_asks_for_is_not_kept_under_its_address(browsers: Browsers, folder: str) -> None:
    given = await browsers().get(f"{folder}/console.js")
    assert given.status == 200 and given.headers["Cache-Control"] == "no-cache"
    assert (await browsers().get(f"{folder}/nothing.js")).status == 404


def test_any_change_to_a_file_changes_the_address_of_all(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("one")
    (tmp_path / "b.js").write_text("two")
    first = files_in(tmp_path)
    assert files_in(tmp_path) == first
    (tmp_path / "b.js").write_text("owt")
    changed = files_in(tmp_path)
    (tmp_path / "b.js").rename(tmp_path / "c.js")
    assert len({first.address, changed.address, files_in(tmp_path).address}) == 3


async def test_an_upgrade_under_a_running_process_puts_nothing_new_under_the_old_address(
    browsers: Browsers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = STATIC.bodies["console.js"]
    (tmp_path / "console.js").write_text("new")
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    assert (await browsers().get(f"{STATIC.address}/console.js")).text.encode() == began
