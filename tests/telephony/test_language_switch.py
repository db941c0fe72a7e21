"""Where the language changes inside a sentence: bounded, and not a character is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.telephony.language_switch import MAX_SWITCHES, passages


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("您好，DBS自动语音来电。", "zh-CN", ["DBS"]),
        ("请打开Marks & Spencer的App，按1。", "zh-CN", ["Marks", "Spencer", "App"]),
        ("名字以J开头的一方", "zh-CN", []),
        ("大约五万两千新币", "zh-CN", []),
        ("Call from 星河银行 today", "en", ["星河银行"]),
        ("Press 1.", "en-SG", []),
        ("", "en", []),
    ],
)
def test_names_in_another_language_are_found(text: str, language: str, other: list[str]) -> None:
    assert [words for words, foreign in passages(text, language) if foreign] == other


def test_a_text_that_changes_language_too_often_is_read_as_it_stands() -> None:
    assert passages("是ab" * (MAX_SWITCHES + 1), "zh-CN") == [("是ab" * (MAX_SWITCHES + 1), False)]


@given(st.text(max_size=60), st.sampled_from(["zh-CN", "en"]))
def test_no_words_are_lost_when_a_text_is_cut_by_language(text: str, language: str) -> None:
    cut = passages(text, language)
    assert "".join(words for words, _ in cut) == text
    assert all(words for words, _ in cut) and len(cut) <= 2 * MAX_SWITCHES + 1
