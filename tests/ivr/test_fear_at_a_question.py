"""Fear and coercion said at a question are heard, and no release rests on words that nobody understood."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, Call
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nodes import Question

THREATENED = (
    "他们要来抓我|别抓我|我不取消他们会抓我|later they said they will arrest me|警察说要逮捕我|我怕他们报复我|他们抓了我妹妹我害怕他们害我|他说不转就弄死我|他们会把我的视频发给我同事|我会坐牢的"
    "|我不知道他们要抓我|没办法他们要抓我|they are going to kill me|they say that they'll come to my house|I'll end up in jail"
    "|会把我遣返|他们会遣返我|there is a warrant for me|they have an arrest warrant|我需要帮助|they took my son|they're holding my brother"
    "|he will send my photos to everyone|I don't understand they will hurt my family"
)
NO_THREAT = (
    "他们不会抓我|没人威胁我|又不是要抓我|你吓我一跳|你打断我了|别吓我|他就告诉我账号了|事关我的账户|他把货寄过来了|公司不会罚我|那我就关机了"
    "|他们不会把我遣返|there is no warrant for me|they took my son to school|朋友需要帮助所以转钱|我需要帮忙付钱"
    "|they won't arrest me|nobody will hurt me, they never threatened to|the bank will close soon"
    "|我儿子没有被绑架|nobody threatened me|no one is threatening me|I'm not in trouble|is it illegal"
)
NOT_UNDERSTOOD = "呜哇哇|夜里的石头在唱歌|blah blah stones"


def at_the_questions(said: str) -> Call:
    language = "en" if said.isascii() else "zh-CN"
    return Call(language, published=LIBRARY.latest("police_imp")).take("answered human", "key 1", "key 1", "key 1")


def answer_harmlessly(call: Call) -> Call:
    """Answer what is left by key, and claim by key that all is well."""
    while isinstance(node := call.published.script.nodes[call.node], Question):
        call.take("key 2" if node.variants[0].risk is Meaning.YES else "key 1")
    return call.take("key 3", "key 1")


@pytest.mark.parametrize("said", THREATENED.split("|"))
@pytest.mark.parametrize("asked", [False, True])
def test_a_threat_brings_a_person(said: str, asked: bool) -> None:
    """It was not understood, and the call ended with an outcome that releases."""
    assert understand(said, asked=asked) is Meaning.AGENT
    assert at_the_questions(said).take(f"say {said}").findings.outcome is Outcome.AGENT_REQUESTED


@pytest.mark.parametrize("said", NO_THREAT.split("|"))
def test_a_harm_that_is_denied_or_none_brings_nobody(said: str) -> None:
    assert understand(said, asked=True) is not Meaning.AGENT


@pytest.mark.parametrize("said", ["不转了他们要抓我", "I won't pay, they will arrest me"])
def test_a_threat_beside_a_wish_to_stop_is_asked_about(said: str) -> None:
    assert understand(said) is None


@pytest.mark.parametrize("said", NOT_UNDERSTOOD.split("|"))
def test_no_release_rests_on_what_was_said_twice_and_not_understood(said: str) -> None:
    call = at_the_questions(said).take(f"say {said}", f"say {said}")
    assert call.node != "q1" and call.conversation.answers[0].weight == 1
    assert answer_harmlessly(call).findings.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("said", NOT_UNDERSTOOD.split("|"))
def test_no_release_rests_on_a_silence_after_it(said: str) -> None:
    call = at_the_questions(said).take(f"say {said}", "silence")
    assert answer_harmlessly(call).findings.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("acts", [("say 呜哇哇", "key 7"), ("key 7", "say 呜哇哇"), ("say 呜哇哇", "silence", "key 7")])
@pytest.mark.parametrize("unhurried", [False, True])
def test_no_release_rests_on_a_wrong_key_beside_it(acts: tuple[str, ...], unhurried: bool) -> None:
    call = Call(published=LIBRARY.latest("police_imp"), unhurried=unhurried).take("answered human", *["key 1"] * 3)
    for act in (*acts, *["key 7"] * 2):
        call.take(*[act] if call.node == "q1" else ())
    assert call.conversation.answers[0].weight == 1
    assert answer_harmlessly(call).findings.outcome is Outcome.UNDECIDED


def test_a_key_after_it_answers_as_ever() -> None:
    call = at_the_questions("呜哇哇").take("say 呜哇哇")
    assert answer_harmlessly(call).findings.outcome is Outcome.CONSISTENT


@pytest.mark.parametrize("acts", [("silence", "silence"), ("key 7", "key 7"), ("key 7", "silence"), ("key 3",)])
def test_silence_a_wrong_key_and_not_sure_weigh_half_as_before(acts: tuple[str, ...]) -> None:
    assert answer_harmlessly(at_the_questions("").take(*acts)).findings.outcome is Outcome.CONSISTENT
