"""The example dialogues beside this checkout may not be used for a prompt or a persona: none of their sentences is
in the tree.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, name_of, text_of

DIALOGUES = ROOT.parent / "shared" / "data" / "teleantifraud_callees_zh.csv"
SHORTEST = 10
"""Shorter sentences are too common to prove anything: a greeting, a yes."""
_END = re.compile(r"[。！？!?\n]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _plain(text: str) -> str:
    return "".join(_CHINESE.findall(text))


def _sentences(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as rows:
        said = [row[column] for row in csv.DictReader(rows) for column in ("callee_first", "callee_last")]
    plain = {_plain(sentence) for text in said for sentence in _END.split(text)}
    return {sentence for sentence in plain if len(sentence) >= SHORTEST}


def _borrowed(text: str, sentences: set[str], lengths: list[int]) -> list[str]:
    """Find whole sentences in the text, wherever they begin."""
    found = []
    for piece in map(_plain, _END.split(text)):
        for length in lengths:
            found += [
                piece[i : i + length] for i in range(len(piece) - length + 1) if piece[i : i + length] in sentences
            ]
    return found


def test_no_sentence_of_the_example_dialogues_is_in_the_tree() -> None:
    if not DIALOGUES.is_file():
        pytest.skip("the example dialogues do not lie beside this checkout: nothing to compare with")
    sentences = _sentences(DIALOGUES)
    assert len(sentences) > 500
    lengths = sorted({len(sentence) for sentence in sentences})
    some = min(sentences)
    assert _borrowed(f"前面{some}后面", sentences, lengths), "the search finds what is there"
    borrowed = {name_of(path): hits for path in files() if (hits := _borrowed(text_of(path), sentences, lengths))}
    assert not borrowed
