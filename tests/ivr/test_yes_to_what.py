"""A yes by its form accuses nobody where it answers something else, and what others did warns."""

from __future__ import annotations

import pytest

from tests.ivr.answers import meant, rows

HONEST_BUT_NOT_ASKED = """
generic plain_3.b zh-CN: 见过面|当面见过|我们见过面|见过|见过的
romance q1.c zh-CN: 见过面|我们见过
generic q1.a zh-CN: 见过面的|早就认识
extortion q3.b en: the same|same
extortion q3.b zh-CN: 一样|一样的
extortion q1.c zh-CN: 没人|没有人
romance q2.a zh-CN: 没人|没有人
boss_acq q1.a zh-CN: 一样
generic q1.b zh-CN: 没人找我|没人找过我|没有人找过我|没人拦我
police_imp q3.c zh-CN: 没人等我|没人拦我|没人找我
bank_safe q3.c zh-CN: 没人等|没人等我|没人拦我|没人催我
"""
"""A yes or a no by its form, to what was not asked. It was recorded as the answer that warns."""
WARNS = """
bank_safe q2.b zh-CN: 说过|他们说过|有人说过
generic q1.c zh-CN: 他联系过|他们说过
pig_butcher q2.a zh-CN: 他说过|他们说过
police_imp q1.c zh-CN: 有关
romance q3.a zh-CN: 没聊过|不认识
romance q3.c zh-CN: 没有人|没人|没人见过
boss_acq q3.c zh-CN: 没有人|没人
pig_butcher q3.c zh-CN: 没人看过|没人|没有人看过
generic q1.b zh-CN: 不是|没有|不是，没有人|没有，没人
"""


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(HONEST_BUT_NOT_ASKED))
def test_a_yes_to_what_was_not_asked_accuses_nobody(script: str, at: str, language: str, words: str) -> None:
    assert not {said: meaning for said, meaning in meant(script, at, language, words).items() if meaning}


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(WARNS))
def test_what_others_did_warns_whatever_its_verb(script: str, at: str, language: str, words: str) -> None:
    assert set(meant(script, at, language, words).values()) == {"warns"}
