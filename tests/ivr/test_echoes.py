"""The verb of a question as its answer: it reassures where the question asks that very thing, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ivr.answers import asked, rows, safe_of
from tests.ivr.stage import SCRIPTS, Call
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.plain_words import normal
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nlu.yes_no import is_astray
from wakeup.ivr.nodes import Question
from wakeup.ivr.scoring import TRANSFER_NAMED
from wakeup.runtime.scripts.files import read_sources, script_folders
from wakeup.workshop.lint.offered import offers

RISKY = """
police_imp q1.b zh-CN: 有人让我|有人叫我的|他们让过|有人教我|警察让我转的|他们说的|他叫我转
bank_safe q1.b zh-CN: 有人叫我|有人告诉我|他们说过|他们提过
cs_refund q1.b zh-CN: 有人让我|客服让我
game_trade q1.b zh-CN: 有人教我|有人教我的|他发过
ticket q1.b zh-CN: 有人告诉我|有人说过|他们打过
recovery q1.b zh-CN: 有人叫我|他联系过|他们找过
generic q1.b zh-CN: 有人叫我|他联系过|他们先找过|是他找的我|他找我的|对方找的
generic q1.a zh-CN: 没见过|没见过面|没见过真人|不认识|没见过本人|从来没见过|都没见过面
romance q1.a zh-CN: 没见过|没见过面|不认识
romance q1.c zh-CN: 没见过|没见过面|没见过真人|从来没见过面
romance q2.c zh-CN: 不认识|没见过
pig_butcher q1.a zh-CN: 没见过|没见过面|不认识
pig_butcher q1.c zh-CN: 不认识|没见过
boss_acq q1.c zh-CN: 不认识|没见过|没用过|没联系过
boss_acq q3.b zh-CN: 没打过|没见过|没通过话|没说过话|没听过
invoice q3.b zh-CN: 没打过|没见过|没打过电话
debt_proxy q1.a zh-CN: 不认识|没见过
purchase q3.c zh-CN: 没见过|没看过|没去过
purchase q3.b zh-CN: 不认识|没听过
recovery q3.b zh-CN: 不认识
purchase q1.a zh-CN: 不认识|没去过|没见过
purchase q2.c zh-CN: 没有人|没人
boss_acq q1.a zh-CN: 没有人|没人
boss_acq q3.c zh-CN: 见过|见过面|我见过
ticket q2.b zh-CN: 没打过|没有打过
teacher q1.a zh-CN: 不认识|没见过
teacher q3.c zh-CN: 没见过|不认识|找不到
generic plain_3.b zh-CN: 没见过|没见过面|不认识|从来没见过
generic plain_2.b zh-CN: 没告诉|没说|我没说|都没说过|没敢说|不敢|不说|没告诉家里
pig_butcher q2.b zh-CN: 没告诉|不敢说|不能说
extortion q2.b zh-CN: 没告诉|没说
generic plain_3.a zh-CN: 聊过|联系过|认识|以前也转过|加过|视频聊过|说过|电话里说过|听说过
romance q3.a zh-CN: 认识|聊过|看过|视频见过|视频过
pig_butcher q1.b zh-CN: 认识|聊过|加过
pig_butcher q3.a zh-CN: 赚过|取过|试过|他们说过
police_imp q3.a zh-CN: 他们打过|对方打过|他说过|查过
bank_safe q3.a zh-CN: 他们打过|有人打过|你们打过
recovery q3.a zh-CN: 看过|知道|他们说过
fake_invest q3.a zh-CN: 他们说过|看过|客服说过|老师说过
purchase q1.b zh-CN: 看过|聊过|付过
loan_fee q3.c zh-CN: 看过|他们说过|听说过
task_rebate q3.a zh-CN: 赚过|他们说能
task_rebate q3.c zh-CN: 赚过|看过|他们答应过
boss_acq q3.c zh-CN: 他说过|认识
invoice q3.a zh-CN: 收到过|他们说过|对方确认过
purchase q3.a zh-CN: 他们答应过|知道
police_imp q1.b en: they told me to|they asked me to|they called me|he told me|they said so|they contacted me
bank_safe q1.b en: they told me to|they called me|someone told me
cs_refund q1.b en: they asked me to|they told me
game_trade q1.b en: they gave me|he sent it to me|they sent it
ticket q1.b en: they called me|they gave it to me|they told me
recovery q1.b en: they called me|they contacted me|he contacted me
generic q1.b en: they called me|they contacted me|he contacted me|they contacted me first|he asked me|she told me
generic q1.a en: I've never met him|we haven't met|never met|I have not met them|we never met|I have never seen him
generic q1.c en: I didn't know them|I never called them|not known
romance q1.a en: I've never met him|we haven't met yet|I've never seen her
romance q1.b en: they asked me to|he asked me|he called me
romance q1.c en: I've never met her|we haven't met|not met yet|we have never met
pig_butcher q1.a en: I've never met him|we haven't met
pig_butcher q1.c en: I didn't know them|I never met them
boss_acq q1.c en: I haven't seen it before|never used it before|I have not used it
boss_acq q3.b en: we haven't called|I haven't called him|I haven't heard him
invoice q3.b en: I haven't called them|we have not met
debt_proxy q1.a en: I never met them|I didn't know them
purchase q3.c en: I haven't seen it|I've not seen it|never seen it
purchase q1.a en: I haven't met them|never met
teacher q3.c en: I haven't called|I never met her
generic plain_3.b en: I've never met him|we haven't met|never met them|I have not seen them
generic plain_2.b en: I haven't told anyone|I never told them|I didn't tell them|I haven't told
pig_butcher q2.b en: I haven't told them|I didn't tell anyone
generic plain_3.a en: we called|I called them|I know him|they called me|I have sent before|he sent me|I've seen him
romance q3.a en: he called me|we called|I've seen her|I know her
pig_butcher q1.b en: he contacted me|I called him|she called me
police_imp q3.a en: they called me|they checked|they told me|they gave me
bank_safe q3.a en: they called me|you called me
recovery q3.a en: I have seen it|they have shown me
fake_invest q3.a en: they told me|they confirmed it|they said so|I asked them
invoice q3.a en: they confirmed it|they sent it|they told me
loan_fee q3.c en: they told me|they have shown me
extortion q3.b en: nobody told me anything|nobody asked me anything
fake_invest q2.b en: nobody told me anything
generic plain_3.a en: we tried|I tried|I have tried|I tried to|I will|I would|I can|yes I will
romance q3.a en: we tried|I have tried|I will|I can|he doesn't have anyone
romance q2.a en: he doesn't have anyone|she doesn't have anybody|nobody|no one
boss_acq q2.b zh-CN: 我没说|我没提|都没说|我都没说|我也没说
boss_acq q2.b en: I haven't|I didn't
debt_proxy q2.c zh-CN: 我没说|我没提
credit_repair q2.b zh-CN: 没退过|还没给|没给过|他没给
cs_refund q1.a zh-CN: 没给
bank_safe q2.a zh-CN: 没人说|没人教我
bank_safe q1.c zh-CN: 没人等|没人拦
task_rebate q2.a zh-CN: 没提|没提过|没提到
task_rebate q3.a en: I will|I would
fake_invest q1.b zh-CN: 他听说过|现在知道
teacher q1.c zh-CN: 现在知道
fake_invest q2.b zh-CN: 没用过
fake_invest q2.c zh-CN: 不会
generic plain_2.a zh-CN: 不会
generic q1.c en: not me|it wasn't me|it was not me|I didn't
generic q1.c zh-CN: 不是我
pig_butcher q1.c en: not me|it wasn't me
police_imp q1.c en: it wasn't me
cs_refund q1.b en: they contacted me|someone contacted me|he contacted me
cs_refund q2.a en: I can't|I cannot
police_imp q3.a en: I called him|I asked him|I have called her
boss_acq q1.c zh-CN: 以前没有|不一样
boss_acq q1.c en: I haven't|I didn't|I didn't have it
recovery q3.c en: they offered|he confirmed|someone did
recovery q3.c zh-CN: 他确认过|对方确认过
game_trade q3.c zh-CN: 对方确认过
romance q3.c zh-CN: 他见过
invoice q3.c zh-CN: 有人说过
invoice q3.c en: someone told me|somebody told me|someone did
purchase q1.b en: someone has
purchase q3.c en: I haven't|not yet
police_imp q2.c zh-CN: 没人|没有人
police_imp q2.c en: nobody|no one
teacher q2.a en: they didn't tell me|they haven't told me|not yet
teacher q3.c en: no way
generic plain_2.c en: nobody asked|nobody asked me
credit_repair q2.a en: I haven't|not yet
ticket q3.a en: it changed|changed|it has changed
invoice q2.c en: not checked|I didn't|I haven't
fake_invest q3.c en: I contacted them
bank_safe q3.a en: I have been|it was
bank_safe q3.a zh-CN: 打过交道
boss_acq q1.a zh-CN: 不一样|一样
extortion q3.b zh-CN: 不一样
purchase q3.b zh-CN: 不一样|一致
teacher q2.b zh-CN: 不一样
romance q2.c en: different|they differ|not the same|they are different
boss_acq q1.a en: different|the same
police_imp q2.a zh-CN: 不是没有|不可能没有|不会没有|不能没有|不要不行|也不是没有|不能不|不是没说过
bank_safe q2.b zh-CN: 不是没说过|没有不会
"""
"""What customers in these stories say, and what was written down as the safe answer: 没见过 to "only online?"."""

HONEST = """
generic plain_3.a zh-CN: 打过|打过交道|见过|见过面|当面见过|我见过|我们见过
generic plain_2.a zh-CN: 没有|没人|没人教|没有人教我|没人教我|没有，没人教我
generic plain_2.b zh-CN: 没有人让我|没人叫我|没人说过
generic plain_2.c zh-CN: 没教过|没人教过|没人教我|没人告诉我
boss_acq q2.a zh-CN: 没说过|他没说过|对方没说|没有说过
boss_acq q2.b zh-CN: 没交代过|没有|对方没有|他没交代
boss_acq q3.a zh-CN: 说过|我说过|我们说过
boss_acq q1.a zh-CN: 没换过|没换|他没换过
credit_repair q3.a zh-CN: 查过|我查过|以前查过
cs_refund q2.b zh-CN: 没装过|我没装过|没装|没有装
cs_refund q2.a zh-CN: 看不到|看不见
cs_refund q3.a zh-CN: 看到了|看到过
debt_proxy q1.c zh-CN: 没答应过|没答应|他没答应过
debt_proxy q3.a zh-CN: 问过|我问过
debt_proxy q3.c zh-CN: 肯|他肯
extortion q3.a zh-CN: 会答应|会|他会答应
extortion q3.b zh-CN: 没变过|没变|他没变过
extortion q1.b zh-CN: 会|我会
fake_invest q1.b zh-CN: 听说过|听过|我听说过
fake_invest q3.a zh-CN: 核对过|我核对过
game_trade q3.a zh-CN: 看得到|看得见
game_trade q3.c zh-CN: 确认过|他们确认过
invoice q3.c zh-CN: 说过|他说过
invoice q3.a zh-CN: 核对过|我核对过
loan_fee q3.c zh-CN: 查到过|查到了|我查到过
loan_fee q2.a zh-CN: 没说过|他没说
pig_butcher q1.b zh-CN: 见过|我见过|见过面|当面见过
pig_butcher q2.a zh-CN: 没教过|他没教过
pig_butcher q2.b zh-CN: 没说过|他没说过
pig_butcher q2.c zh-CN: 没劝过|没劝|他没劝过
pig_butcher q3.a zh-CN: 取回来过|我取回来过
pig_butcher q3.b zh-CN: 没劝过|没人劝过|没人劝
pig_butcher q3.c zh-CN: 看过|他看过
police_imp q3.a zh-CN: 问过|我问过|以前问过
purchase q1.b zh-CN: 买到过|买过|我买过
purchase q1.c zh-CN: 去过|我去过
purchase q2.a zh-CN: 没加过|没加
purchase q2.c zh-CN: 没催|他没催
recovery q3.a zh-CN: 去过|我去过
recovery q2.b zh-CN: 没看过
recovery q3.c zh-CN: 确认过|他们确认过
romance q3.a zh-CN: 见过|我见过|见过面|见过本人|以前见过
romance q1.b zh-CN: 说过|我们说过|见过
task_rebate q1.b zh-CN: 见过|见过面
task_rebate q2.a zh-CN: 没说过|没人说过
task_rebate q3.c zh-CN: 回来了|都回来了
teacher q1.b zh-CN: 聊过|以前聊过|他聊过
teacher q1.c zh-CN: 听说过|听过
teacher q3.a zh-CN: 问过|我问过
ticket q3.a zh-CN: 查到了|查到过
ticket q2.b zh-CN: 没让过|没有让过|他没让
ticket q3.c zh-CN: 问过|我问过
bank_safe q3.a zh-CN: 问过|我打过，问过
credit_repair q2.c zh-CN: 没开过
cs_refund q1.b zh-CN: 我早就打算|我自己打算的
cs_refund q2.c zh-CN: 没人说过|没人说
debt_proxy q2.c zh-CN: 他没说|没交代过
fake_invest q1.b zh-CN: 知道|早就知道
fake_invest q3.a zh-CN: 打过|我打过
invoice q1.a zh-CN: 没换|没换过
loan_fee q2.a zh-CN: 没人说
pig_butcher q2.b zh-CN: 没人说
police_imp q3.a zh-CN: 打过|我打过
purchase q2.c zh-CN: 没人催
bank_safe q3.a zh-CN: 打过了|我打过了|问过了|打过您请说
boss_acq q3.a zh-CN: 说过了|我说过了
credit_repair q3.a zh-CN: 查过了
invoice q3.a zh-CN: 核对过了
game_trade q3.c zh-CN: 确认过了
romance q3.a zh-CN: 见过，你说|见过您请讲
bank_safe q2.a zh-CN: 没人|没人等|没人在等|没有人等我
bank_safe q3.b zh-CN: 没人拦|没有人拦我
police_imp q1.a zh-CN: 没人找我
bank_safe q2.c zh-CN: 没人教我
police_imp q2.a zh-CN: 不是不是|没有没有|不，没有|不是，没有|不不是|不是的没有
invoice q1.b zh-CN: 一样|两边一样
recovery q1.c zh-CN: 没提过|没有提过
romance q3.c zh-CN: 见过|我见过
teacher q3.a zh-CN: 打过|我打过
ticket q3.c zh-CN: 打过
"""


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(RISKY))
def test_a_verb_that_was_not_asked_reassures_nobody(script: str, at: str, language: str, words: str) -> None:
    safe = safe_of(script, at, language, words)
    assert not [said for said in safe if safe[said]]


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(HONEST))
def test_the_verb_of_the_question_is_its_answer(script: str, at: str, language: str, words: str) -> None:
    safe = safe_of(script, at, language, words)
    assert all(safe.values()), [said for said in safe if not safe[said]]


def test_who_says_three_times_what_was_not_asked_is_not_released() -> None:
    """聊过 and 没见过 to questions that asked neither were three safe answers, and a score of 0."""
    call = Call(variant=1).to_question()
    for said in ("他联系过", "我没说", "没见过面"):
        call.take(f"say {said}", f"say {said}")
    call.take("key 3", "key 1")
    assert call.findings.outcome is not Outcome.CONSISTENT


@pytest.mark.parametrize("folder", script_folders(SCRIPTS), ids=lambda folder: folder.name)
def test_what_a_question_offers_is_what_it_asks(folder: Path) -> None:
    sources = read_sources(folder)
    assert sources.script is not None
    for language in sources.script.languages.supported:
        for node in sources.script.nodes.values():
            for wording in node.variants if isinstance(node, Question) else ():
                prompt = sources.words[language][wording.prompt]
                said = [one for one, key in offers(prompt, language) if key in "12"]
                assert said and not [one for one in said if is_astray(normal(one), offered_by=prompt)], prompt


@pytest.mark.parametrize("said", ["they did", "they do", "they have", "yes they did"])
def test_what_others_did_is_no_payment_of_the_callee(said: str) -> None:
    call = Call("en").take("answered human", "key 1", "key 1", f"say {said}")
    assert call.node == "payment" and TRANSFER_NAMED not in call.conversation.flags
    assert Call("en").take("answered human", f"say {said}").node == "opening"


@pytest.mark.parametrize("said", ["they did", "they have", "they didn't", "we haven't"])
def test_what_others_did_is_no_answer_to_what_the_callee_did(said: str) -> None:
    at = "q1.c" if said == "we haven't" else "q3.a" if said in {"they did", "they have"} else "q1.a"
    script = "romance" if said == "we haven't" else "police_imp" if at == "q3.a" else "generic"
    assert not safe_of(script, at, "en", said)[said]


@pytest.mark.parametrize("said", ["不敢", "我不敢"])
def test_who_dares_not_is_still_followed_up(said: str) -> None:
    assert asked("police_imp", "q2.b", "zh-CN").take(f"say {said}").findings.cannot_talk


def test_a_plain_answer_and_one_that_warns_count_whatever_the_verb() -> None:
    assert understand("没见过", asked=True) is Meaning.NO
    assert asked("romance", "q3.a", "zh-CN").take("say 没聊过").conversation.answers[-1].meaning is Meaning.NO
