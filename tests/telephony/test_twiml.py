"""Turns as exact documents, and the limits of the synthesiser."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.ivr.turn import Listen, Room, Tape, Turn, Utterance
from wakeup.telephony import twiml
from wakeup.telephony.speech_text import pieces, xml_text

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ACTION = "https://voice.bank.example/twilio/voice/a/1/t#rc=2&rp=ct"
ESCAPED = ACTION.replace("&", "&amp;")
ZHIYU = '<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'
AMY = '<Say language="en-GB" voice="Polly.Amy-Neural">'


def turn(*utterances: Utterance, listen: Listen | None = None, language: str = "zh-CN") -> Turn:
    return Turn(n=0, node="hello", utterances=utterances, listen=listen, language=language)


def zh(text: str, **changes: str) -> Utterance:
    return Utterance(text=text, language="zh-CN", **changes)


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document.encode())


DOCUMENTS = {
    "several digits, ended by the hash key": (
        turn(zh("请按键。"), listen=Listen(max_digits=4, finish_key="#", speech=False)),
        f'<Response><Gather action="{ESCAPED}" actionOnEmptyResult="true" finishOnKey="#" input="dtmf" method="POST" '
        f'numDigits="4" timeout="6">{ZHIYU}请按键。</Say></Gather>'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "an open answer of half a minute at most": (
        turn(zh("请说。"), listen=Listen(max_speech_s=30)),
        f'<Response><Gather action="{ESCAPED}" actionOnEmptyResult="true" finishOnKey="" input="dtmf speech" '
        'language="cmn-Hans-CN" maxSpeechTime="30" method="POST" numDigits="1" profanityFilter="false" '
        f'speechTimeout="2" timeout="6">{ZHIYU}请说。</Say></Gather>'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "a message that is recorded": (
        Turn(n=0, node="leave", utterances=(zh("请留言。"),), tape=Tape(max_s=60)),
        f'<Response>{ZHIYU}请留言。</Say><Record action="{ESCAPED}" finishOnKey="1234567890*#" maxLength="60" '
        f'method="POST" playBeep="true" timeout="5" transcribe="false" />'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "a question in Chinese": (
        turn(zh("请按1。"), listen=Listen(timeout_s=6, hints=("是", "不,是", ""))),
        f'<Response><Gather action="{ESCAPED}" actionOnEmptyResult="true" finishOnKey="" hints="是,不 是" '
        'input="dtmf speech" language="cmn-Hans-CN" method="POST" numDigits="1" profanityFilter="false" '
        f'speechTimeout="2" timeout="6">{ZHIYU}请按1。</Say></Gather>'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "who they are, asked again": (
        turn(zh("请按1。"), listen=Listen(timeout_s=6, interrupted_by_speech=False)),
        f'<Response><Gather action="{ESCAPED}" actionOnEmptyResult="true" bargeIn="false" finishOnKey="" '
        'input="dtmf speech" language="cmn-Hans-CN" method="POST" numDigits="1" profanityFilter="false" '
        f'speechTimeout="2" timeout="6">{ZHIYU}请按1。</Say></Gather>'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "keys only, in English": (
        turn(Utterance(text="Press 1.", language="en"), listen=Listen(max_digits=4, speech=False), language="en"),
        f'<Response><Gather action="{ESCAPED}" actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" '
        f'numDigits="4" timeout="6">{AMY}Press 1.</Say></Gather>'
        f'<Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "last words in two languages": (
        turn(zh("再见。"), Utterance(text="Goodbye.", language="en-SG")),
        f"<Response>{ZHIYU}再见。</Say>{AMY}Goodbye.</Say><Hangup /></Response>",
    ),
    "slower, and another voice": (
        turn(zh("慢。", rate="90%", voice="Google.cmn-CN-Wavenet-A")),
        '<Response><Say language="cmn-CN" voice="Google.cmn-CN-Wavenet-A"><prosody rate="90%">慢。</prosody></Say>'
        "<Hangup /></Response>",
    ),
    "a voice of another country": (
        turn(Utterance(text="Hi.", language="en", voice="Polly.Joanna-Neural")),
        '<Response><Say language="en-US" voice="Polly.Joanna-Neural">Hi.</Say><Hangup /></Response>',
    ),
    "a voice whose language nobody knows": (
        turn(Utterance(text="Hi.", language="en", voice="Polly.Nobody")),
        f"<Response>{AMY}Hi.</Say><Hangup /></Response>",
    ),
    "an English name in Chinese": (
        turn(zh("您好，Star River Bank的小安，名字以J开头。", rate="90%")),
        '<Response><Say language="cmn-CN" voice="Polly.Zhiyu-Neural"><prosody rate="90%">您好，<lang xml:lang="en-GB">Star '
        "River Bank</lang>的小安，名字以J开头。</prosody></Say><Hangup /></Response>",
    ),
    "a Chinese name in English": (
        turn(Utterance(text="Hello from 星河银行 & Co.", language="en")),
        f'<Response>{AMY}Hello from <lang xml:lang="cmn-CN">星河银行</lang> &amp; Co.</Say><Hangup /></Response>',
    ),
    "whoever is waited for has come": (
        Turn(n=0, node="company", utterances=(zh("请稍等。"),), room=Room(name="room-case_1", talk_s=600)),
        f'<Response>{ZHIYU}请稍等。</Say><Dial action="{ESCAPED}" hangupOnStar="true" method="POST" timeLimit="600">'
        '<Conference beep="onEnter" endConferenceOnExit="true" maxParticipants="3" startConferenceOnEnter="true" '
        f'waitUrl="">room-case_1</Conference></Dial><Redirect method="POST">{ESCAPED}</Redirect></Response>',
    ),
    "markup in words is words": (
        turn(Utterance(text="</Say><Dial>900</Dial>&", language="en")),
        f"<Response>{AMY}&lt;/Say&gt;&lt;Dial&gt;900&lt;/Dial&gt;&amp;</Say><Hangup /></Response>",
    ),
    "what XML cannot hold is dropped": (
        turn(zh("a\x00\x0b\ud800\ufffe您\U0001f600\t!"), zh("\x00 "), zh("")),
        f"<Response>{ZHIYU}a您\U0001f600\t!</Say><Hangup /></Response>",
    ),
    "nothing to say": (turn(), "<Response><Hangup /></Response>"),
}


@pytest.mark.parametrize(("said", "document"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_turn_is_rendered_as_this_document(said: Turn, document: str) -> None:
    assert twiml.render(said, None if said.ends else ACTION) == HEAD + document


def test_an_english_prompt_is_answered_in_english() -> None:
    document = twiml.render(turn(Utterance(text="Hi.", language="en"), listen=Listen(), language="en"), ACTION)
    assert 'input="dtmf speech" language="en-GB"' in document and AMY in document


def test_a_turn_that_listens_needs_an_address() -> None:
    with pytest.raises(ValueError, match="action URL"):
        twiml.render(turn(listen=Listen()), None)


def test_a_turn_rendered_again_has_its_own_address_and_recording() -> None:
    asked = turn(zh("请按一。\0", recording="one.mp3"), listen=Listen())
    first, quoted = twiml.render(asked, ACTION), twiml.render(asked, 'https://voice.bank.example/2?a="b"&c=<d>')
    assert ACTION in html.unescape(first) and "请按一。</Say>" in first
    gather, redirect = parsed(quoted)
    assert gather.attrib["action"] == redirect.text == 'https://voice.bank.example/2?a="b"&c=<d>'
    assert [verb.tag for verb in parsed(twiml.render(asked, ACTION, recording_url=lambda name: f"/{name}"))[0]] == [
        "Play"
    ]
    assert twiml.render(asked, ACTION) == first


def test_the_fixed_documents_hang_up_say_nothing_or_apologise() -> None:
    assert twiml.hangup() == HEAD + "<Response><Hangup /></Response>"
    assert twiml.empty() == HEAD + "<Response />"
    apology = parsed(twiml.apology())
    assert [verb.tag for verb in apology] == ["Say", "Say", "Hangup"]
    assert [verb.get("language") for verb in apology][:2] == ["cmn-CN", "en-GB"]


def test_a_document_over_64_kb_is_refused() -> None:
    with pytest.raises(twiml.OversizeTwimlError):
        twiml.render(turn(zh("长" * 22_000)), None)


def test_hints_stay_within_the_limits() -> None:
    listen = Listen(hints=tuple(f"{n}" + "x" * 200 for n in range(600)))
    gather = parsed(twiml.render(turn(listen=listen), ACTION))[0]
    hints = gather.attrib["hints"].split(",")
    assert len(hints) == 500
    assert max(map(len, hints)) == 100


def test_long_words_are_cut_at_sentence_ends() -> None:
    sentence = "请不要转账。" * 50
    cut = pieces(sentence + "好!" * 100)
    assert all(piece.endswith(("。", "!")) for piece in cut)
    assert [len(piece) for piece in pieces("我" * 1000)] == [400, 400, 200]
    assert [len(piece) for piece in pieces("x" * 6000)] == [2800, 2800, 400]
    english = pieces("Pay 3.50 now. " * 400)
    assert len(english) > 1
    assert all(piece.endswith("now.") for piece in english[:-1])
    assert [len(piece) for piece in pieces(("很" * 300 + ",") * 3)] == [301, 301, 301]


def test_a_long_utterance_becomes_several_says() -> None:
    document = parsed(twiml.render(turn(zh("我" * 1000, rate="80%")), None))
    assert [len("".join(say.itertext())) for say in document.findall("Say")] == [400, 400, 200]


@given(st.text(alphabet=st.sampled_from("我。,!?. \nab\U0001f600&<"), max_size=3000))
def test_no_word_is_lost_and_every_piece_fits(text: str) -> None:
    cut = pieces(text)
    assert "".join(cut) == text
    assert all(0 < len(quote(piece, safe="")) <= 4500 and len(piece) <= 3000 for piece in cut)


@given(st.text())
def test_whatever_is_said_the_document_is_xml_and_says_just_that(text: str) -> None:
    document = parsed(twiml.render(turn(zh(text)), None))
    heard = "".join("".join(say.itertext()) for say in document.findall("Say"))
    said = xml_text(text).replace("\r\n", "\n").replace("\r", "\n")
    assert heard == (said if said.strip() else "")
