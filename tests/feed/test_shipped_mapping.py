"""`--mapping` takes a file, or the name of a mapping that is shipped: from a wheel nobody knows where those lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import BadParameter

from wakeup.cli.options import mapping_file
from wakeup.runtime.data_files import data_folder

SHIPPED = data_folder("config") / "feeds" / "teleantifraud.toml"


def test_a_bare_name_finds_the_shipped_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert mapping_file(Path("teleantifraud")) == SHIPPED
    assert mapping_file(SHIPPED) == SHIPPED
    assert mapping_file(None) is None
    (tmp_path / "teleantifraud").touch()
    assert mapping_file(Path("teleantifraud")) == Path("teleantifraud"), "a file of the user's own comes first"


@pytest.mark.parametrize("name", ["nowhere.toml", "nobody", "../feeds/teleantifraud", "."])
def test_any_other_name_is_refused_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadParameter, match="is not a file, and not one of the shipped mappings: teleantifraud"):
        mapping_file(Path(name))
