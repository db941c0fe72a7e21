"""Arguments that no command can use are refused in a line, whatever the command."""

from __future__ import annotations

import sys

import pytest

from wakeup.cli.app import main

BROKEN = b"Jos\xe9".decode("utf-8", "surrogateescape")


def said(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "argv", ["wakeup", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ((BROKEN,), 1),
        (("agent", "enrol", BROKEN), 3),
        (("user", "add", "--person", BROKEN), 4),
        (("feed", f"{BROKEN}.csv", "--report", BROKEN), 2),
    ],
)
def test_an_argument_that_is_not_utf_8_is_named_by_its_place(
    words: tuple[str, ...], number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(words, monkeypatch, capsys) == f"argument {number} is not UTF-8\n"
