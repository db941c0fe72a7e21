"""A verb that only helps ("yes, he has") answers where the question asks it of just that person."""

from __future__ import annotations

import pytest

from tests.ivr.answers import meant, rows

AGAIN = """
generic plain_3.a en: yes, he has|yes, someone did|yes, they did|yeah, they have|yes, she did|yes, somebody has
bank_safe q3.a en: yes, he has|yes, someone did|yes, they did|yes, the bank did
police_imp q3.a en: yes, he has|yes, someone did|yes, they did
invoice q1.b en: yes, he has|yes, they did
extortion q1.b en: yes, they would
bank_safe q3.a en: I was called|I was asked|I have been called|I've been called|I have to
police_imp q3.a en: I was called|I was asked
ticket q3.c en: I was called|I was asked
teacher q3.a en: I was called|I was asked
debt_proxy q3.a en: I was asked|I've been asked
fake_invest q3.a en: I was called|I was contacted
boss_acq q3.c en: they did|he has|they confirmed it|yes, they did|yes, he has|they have confirmed it|she confirmed
teacher q2.a en: I haven't asked|I didn't ask|I did not ask
police_imp q2.c en: nobody|no, nobody|nobody did
romance q2.a en: nobody|no one
generic plain_3.b en: I don't|I did it myself
purchase q3.c en: I haven't
romance q2.a zh-CN: 没人|没有人
extortion q1.c zh-CN: 没人|没有人
"""
"""A yes before it did not make it of the callee: at 45 questions it was safe."""
SAFE = """
generic plain_3.a en: yes, I have|yes, we have|yes, it has
game_trade q3.c en: yes, they have|yes, it has
pig_butcher q3.c en: yes, he has|yes, someone has
boss_acq q3.c en: someone did|yes, someone has
credit_repair q2.a en: nobody|no, nobody|no one|nobody did|no, nobody did|nobody told me
police_imp q2.b en: nobody|no, nobody did|nobody has
task_rebate q2.b en: nobody|no, no one
boss_acq q2.a en: no, nobody|no, nobody did|nobody has|no one did
debt_proxy q2.a en: no, nobody has|nobody did
invoice q2.b en: no, nobody did|no, no one
bank_safe q3.c en: that's right|yes, that's right|that's correct|yes, that's correct
game_trade q3.c en: that's right|that is correct
boss_acq q2.a en: no, they haven't|no, he hasn't
credit_repair q2.a en: no, they didn't|no, he did not
generic plain_2.a en: no, he isn't|no, someone didn't
"""
WARNS = """
generic q1.a en: yes, he did|yes, they did
boss_acq q2.a en: yes, he has|yes, they have
fake_invest q3.b en: I do|I have to|yes, I have to
generic plain_3.b en: I do|yes, I do|of course I do
debt_proxy q1.a en: I did
purchase q3.c en: I have
generic q1.c en: I was called|I was asked
police_imp q2.b en: I was asked|I was
cs_refund q2.a en: that's right|yes, that's correct
"""


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(AGAIN))
def test_what_others_did_is_no_answer_after_a_yes_either(script: str, at: str, language: str, words: str) -> None:
    assert not {said: meaning for said, meaning in meant(script, at, language, words).items() if meaning}


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(SAFE))
def test_what_says_the_yes_or_no_again_is_that_answer(script: str, at: str, language: str, words: str) -> None:
    assert set(meant(script, at, language, words).values()) == {"safe"}


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(WARNS))
def test_what_warns_still_warns(script: str, at: str, language: str, words: str) -> None:
    assert set(meant(script, at, language, words).values()) == {"warns"}
