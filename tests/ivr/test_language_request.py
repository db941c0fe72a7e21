"""A callee asks for the other language, and the call goes on in it from where it is."""

from __future__ import annotations

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import GENERIC, LIBRARY, VARIABLES, Call
from tests.ivr.test_interpreter import PATIENT, SMALL, play
from wakeup.domain.outcome import Outcome
from wakeup.ivr.fields import MAX_VISITS
from wakeup.ivr.language_request import requested_language
from wakeup.ivr.turn import Speech

ENGLISH = (
    "English please|讲英语|说英文好吗|请讲英文|能不能说英语|你会说英语吗|我听不懂中文|我不会说普通话|听不懂普通话，English please"
    "|讲English|Can you speak English?|I don't speak Chinese|no Chinese|英文|I only speak English|用英语吧|中文我听不懂|我普通话不好"
    "|sorry I don't understand Chinese, English please|My Chinese is not good|可不可以转英文|我要英文服务"
)
CHINESE = (
    "Chinese please|请讲中文|讲华语|Mandarin|can you speak Chinese|I don't speak English|no English|my English is not good"
    "|English no good|I don't understand English, Chinese please|中文可以吗|听不懂英文|我英语不好|speak Chinese lah"
    "|我听不懂英语，说中文好吗"
)


@pytest.mark.parametrize(
    ("language", "said", "wanted"),
    [*(("zh-CN", said, "en") for said in ENGLISH.split("|")), *(("en", said, "zh-CN") for said in CHINESE.split("|"))],
)
def test_a_request_for_the_other_language_is_understood(language: str, said: str, wanted: str) -> None:
    assert requested_language(GENERIC.script, language, said) == wanted
    assert requested_language(GENERIC.script, wanted, said) is None, "it is spoken already"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "said",
    [
        "他说英语",
        "对方跟我讲英文",
        "合同是英文的",
        "没听懂",
        "不懂",
        "我儿子在学英语",
        "交英语课的钱",
        "英国",
        "是",
        "no",
        "he spoke Chinese to me",
        "Chinese embassy",
        "the Chinese police called me",
        "it's for my English teacher",
        "paying for English lessons",
        "Chinese food",
        "I don't understand",
        "English or Chinese",
        "",
    ],
)
def test_a_callee_who_only_mentions_a_language_does_not_ask_for_it(language: str, said: str) -> None:
    assert requested_language(GENERIC.script, language, said) is None


@pytest.mark.parametrize(
    ("language", "said", "other"), [("zh-CN", "English please", "en"), ("en", "请讲中文", "zh-CN")]
)
def test_the_call_goes_on_in_the_requested_language_at_the_same_node(language: str, said: str, other: str) -> None:
    call = Call(language).take("answered human")
    call.variables = VARIABLES[other]
    call.take(Speech(said, confidence=0.1))
    assert call.node == "opening" and not call.conversation.live, "a language proves nobody"
    assert call.heard == Call(other).take("answered human").heard
    assert {one.language for one in call.turns[-1].utterances} == {call.turns[-1].language} == {other}
    assert call.take("key 1").turns[-1].language == other


def test_answers_given_before_a_change_of_language_are_kept() -> None:
    call = Call().to_question().take("key 1")
    call.variables = VARIABLES["en"]
    call.take("say English please")
    assert call.heard.startswith("Second question") and len(call.conversation.answers) == 1


def test_a_customer_in_despair_is_heard_in_their_language_and_not_hung_up_on() -> None:
    call = Call().to_question().take("say 我不想活了")
    for language, said in [("en", "English please"), ("zh-CN", "请讲中文")] * (MAX_VISITS + 1):
        call.variables = VARIABLES[language]
        call.take(f"say {said}")
        assert call.turns[-1].language == language and not call.conversation.finished
    assert call.findings.outcome is Outcome.DISTRESS


def test_a_guardian_may_ask_for_the_other_language_too() -> None:
    guardian = Call("en", published=LIBRARY.latest("guardian_call")).take("answered human")
    guardian.variables = VARIABLES["zh-CN"]
    assert guardian.take("say 讲中文").heard.startswith("您好，星河银行自动语音来电")


def test_a_script_of_one_language_goes_on_in_it() -> None:
    english = {"languages": {"default": "en", "supported": ["en"]}, "voices": {"en": {"voice": "A"}}}
    script = parse_script({**SMALL, **english, "nodes": {**SMALL["nodes"], "start": PATIENT}})
    call = play(script, "answered human", "say Chinese please")
    assert call.turns[-1].language == "en" and call.turns[0].listen is not None
    assert "Chinese please" not in call.turns[0].listen.hints


@pytest.mark.parametrize(("language", "told"), [("zh-CN", "讲英文"), ("en", "Chinese please")])
def test_the_recogniser_is_told_the_words_that_ask_for_another_language(language: str, told: str) -> None:
    listen = Call(language).take("answered human").turns[-1].listen
    assert listen is not None and told in listen.hints
