"""Words that ask for protection leave no claim beside them, whether or not they are understood themselves."""

from __future__ import annotations

from itertools import product

import pytest

from tests.ivr.stage import Call
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu import speech
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

CLAIMS = {
    "zh-CN": ("没问题", "没有问题", "冇问题", "没错", "继续转", "现在转", "确认转", "要继续"),
    "en": ("go ahead", "all is well", "it's fine", "it is genuine", "continue", "pay now", "no problem"),
}
STOPS = {
    "zh-CN": "帮我取消那笔转账|取消会员|他让我取消|不要取消|撤销上一笔|撤了吧|停掉|停着|拦住|算了吧|冻结这笔|我要stop payment|咪继续|唔好转|先不转|等等",
    "en": "cancel this one|cancel the insurance|cancel my plan|don't cancel|stop it|stop the other one|hold it|freeze my account|wait",
}
PERSONS = {
    "zh-CN": "转人工啦|给师傅的人工|人工费|找真人|是真人|叫你们经理|投诉你们",
    "en": "get me the human|my agent knows|an operator called|put me through to someone|customer service please|I want to complain|a bank officer|I know this person|your manager|a representative",
}
GONE = {
    "zh-CN": "已经转了|定金已经付了|首付已经转给他了|上次付了|钱没了|被骗了|我妈被骗了|退给我|转左喇|我点了确认了",
    "en": "I already paid the deposit|I've sent him money before|it's gone|I was scammed once|money back|he cheated me",
}
FEAR = {
    "zh-CN": "他们要抓我|救救我|我不想活|我不敢说|有人在旁边听|不是我转的|我在天台上|有人远程控制我电脑|被绑架|要我保密|别再打了|我担心",
    "en": "they will arrest me|help me|I want to die|I can't talk|he is listening|it wasn't me|I'm scared|or else|I am concerned",
}
JOINTS = {"zh-CN": ("，", "", "，那就"), "en": (", ", " ", " and ", " but ")}


@pytest.mark.parametrize("words", [STOPS, PERSONS, GONE, FEAR], ids=["stop", "person", "gone", "fear"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_claim_stands_beside_a_word_that_protects(words: dict[str, str], language: str) -> None:
    """ "Go ahead and cancel this one" counted as key 3, and released the payment."""
    for claim, joint, other in product(CLAIMS[language], JOINTS[language], words[language].split("|")):
        for said in (claim + joint + other, other + joint + claim):
            assert understand(said) is not Meaning.GENUINE, said


@pytest.mark.parametrize(
    "said", ["go ahead and cancel this one", "没问题，帮我取消那笔转账", "没问题，转人工啦", "咪继续转"]
)
def test_who_asks_to_stop_politely_releases_nothing(said: str) -> None:
    call = Call("en" if said.isascii() else "zh-CN").to_question().take("key 2", "key 2", "key 1")
    assert call.node == "closing"
    assert call.take(f"say {said}").findings.outcome in {Outcome.DISSUADED, Outcome.AGENT_REQUESTED}


@pytest.mark.parametrize(
    "claim", [*CLAIMS["zh-CN"][4:7], "没问题，我自己转的", *CLAIMS["en"][:6], "yes go ahead please"]
)
def test_a_claim_by_itself_still_stands(claim: str) -> None:
    assert understand(claim) is Meaning.GENUINE


def test_what_stands_beside_a_claim_is_examined_only_where_there_is_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the slowest of all rules, and was examined for every word of every callee."""
    examined: list[str] = []
    monkeypatch.setattr(speech, "_may_claim", examined.append)
    assert understand("我那天在群里看到的") is None and understand("没问题我" * 500) is None and not examined
    assert understand("没问题，继续转") is None and len(examined) == 1
