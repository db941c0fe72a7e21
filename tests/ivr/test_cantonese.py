"""A callee who speaks Cantonese is understood like one who speaks Mandarin."""

from __future__ import annotations

import pytest

from wakeup.ivr.nlu.cantonese import in_mandarin
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

SAID = {
    Meaning.CANCEL: "唔转喇|我唔好转|唔转啦|取消佢啦|唔该帮我取消|停咗佢",
    Meaning.AGENT: "俾人呃咗|畀人骗|我好惊|我惊佢哋捉我|佢哋要捉我|而家点算|佢哋喺门口，救我",
    Meaning.CANNOT_TALK: "佢哋唔俾我收线|有人喺隔篱|我唔敢讲|唔方便讲|佢叫我唔好同人讲|佢哋睇住我|唔敢收线",
    Meaning.ALREADY_PAID: "已经过咗数|钱过咗去喇|转咗畀佢哋喇|已经俾咗钱",
    Meaning.DISTRESS: "我唔想做人|唔想生喇|死咗算|我顶唔顺喇",
    Meaning.NOT_ME: "冇转过|我冇转",
    Meaning.UNSURE: "唔知|我唔清楚",
    Meaning.YES: "系呀|係|系我",
    Meaning.NO: "唔系|唔係|冇|唔系我",
}
SAME = "关系|没关係|吃惊得很|想给她惊喜|惊讶|捉迷藏|喇叭|仲裁|旁边个个都在|好唔好|唔好意思|呃，我想想|呃我看看|联係"
NOT_GONE = "仲未转|冇俾钱|仲未过数"


@pytest.mark.parametrize(("meaning", "said"), [(one, said) for one, table in SAID.items() for said in table.split("|")])
def test_cantonese_means_the_same(meaning: Meaning, said: str) -> None:
    assert understand(said) is meaning


@pytest.mark.parametrize("said", SAME.split("|"))
def test_words_that_contain_one_of_them_stay(said: str) -> None:
    assert in_mandarin(said).replace("不", "唔") == said


@pytest.mark.parametrize("said", NOT_GONE.split("|"))
def test_what_has_not_gone_has_not_gone_in_cantonese(said: str) -> None:
    assert understand(said) is not Meaning.ALREADY_PAID
