"""Keys, words and silence: what the phone company does with a Gather, and with documents it cannot play."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from wakeup.simulator.twiml_reader import TwimlFault, read, read_inline
from wakeup.simulator.twiml_verbs import Gather, Say
from wakeup.simulator.virtual_loop import run

from .world import World, world

HER = "+6591234501"


async def _asked(w: World, gather: str, **form: str) -> tuple[dict[str, str] | None, list[str]]:
    """One call that hears `gather`; the handset acts by `form`. Returns the action's form and the transcript."""
    w.application.serves("/voice", f"{gather}<Say>下一句</Say>")
    w.application.serves("/two", "<Hangup/>")
    phone = w.company.handset(HER)
    await w.call(HER)
    call = await phone.expect_call()
    await call.answers()
    for act, value in form.items():
        await (getattr(call, act)(value) if value else getattr(call, act)())
    await call.ended()
    sent = w.application.sent("/two")
    return (sent[-1] if sent else None), call.transcript


def _story(gather: str, **acts: str) -> tuple[dict[str, str] | None, list[str]]:
    async def story() -> tuple[dict[str, str] | None, list[str]]:
        async with world() as w:
            return await _asked(w, gather, **acts)

    return run(story())


def test_one_key_ends_a_gather_of_one_digit() -> None:
    sent, heard = _story('<Gather numDigits="1" action="/two"><Say>请按键</Say></Gather>', presses="3")
    assert sent is not None
    assert sent["Digits"] == "3"
    assert heard == ["请按键"]


def test_several_keys_end_with_the_hash_or_with_silence() -> None:
    sent, _ = _story('<Gather action="/two"><Say>请输入</Say></Gather>', presses="42#")
    assert sent is not None
    assert (sent["Digits"], sent["FinishedOnKey"]) == ("42", "#")
    sent, _ = _story('<Gather action="/two" timeout="3"><Say>请输入</Say></Gather>', presses="42")
    assert sent is not None
    assert sent["Digits"] == "42"


def test_an_empty_finish_key_lets_the_hash_be_a_digit() -> None:
    sent, _ = _story('<Gather numDigits="1" finishOnKey="" action="/two"/>', presses="#")
    assert sent is not None
    assert sent["Digits"] == "#"


def test_the_hash_alone_counts_as_nothing() -> None:
    sent, heard = _story('<Gather action="/two"><Say>请输入</Say></Gather>', presses="#")
    assert sent is None
    assert heard[-1] == "下一句"


def test_silence_falls_through_or_goes_to_the_action_when_asked() -> None:
    sent, heard = _story('<Gather action="/two" timeout="2"/>', stays_silent="")
    assert sent is None
    assert heard == ["下一句"]
    sent, heard = _story('<Gather action="/two" timeout="2" actionOnEmptyResult="true"/>', stays_silent="")
    assert sent is not None
    assert "Digits" not in sent
    assert heard == []


def test_words_are_recognised_only_where_they_are_asked_for() -> None:
    sent, _ = _story('<Gather input="dtmf speech" action="/two" language="cmn-Hans-CN"/>', says="我不清楚")
    assert sent is not None
    assert sent["SpeechResult"] == "我不清楚"
    assert 0.5 < float(sent["Confidence"]) < 1
    sent, _ = _story('<Gather input="dtmf" timeout="2" action="/two"/>', says="我不清楚")
    assert sent is None


def test_a_key_interrupts_the_question_unless_barge_in_is_off() -> None:
    long = "这是一个很长很长的问题，请您慢慢地听完它再作决定"
    _, heard = _story(f'<Gather numDigits="1" action="/two"><Say>{long}</Say></Gather>', interrupts_with="1")
    assert heard == []
    _, heard = _story(
        f'<Gather bargeIn="false" numDigits="1" action="/two"><Say>{long}</Say></Gather>', interrupts_with="1"
    )
    assert heard == [long]


async def test_a_key_pressed_before_a_gather_listens_is_lost() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Say>请稍等一下</Say><Gather numDigits="1" timeout="2" action="/two"/>')
        phone = w.company.handset(HER)
        await w.call(HER)
        call = await phone.expect_call()
        await call.answers()
        await asyncio.sleep(0.5)
        call.line.press("7")
        await call.ended()
        assert w.application.sent("/two") == []
        assert w.company.ledger.summary()["conversations"] == 1


def test_the_spoken_text_of_ssml_is_plain_and_pauses_separate_words() -> None:
    said = '您好<break time="1s"/>再<prosody rate="slow">见</prosody>'
    document = read(f'<Response><Say voice="Polly.Zhiyu">{said}</Say></Response>'.encode())
    assert document.verbs == (Say(text="您好 再 见", voice="Polly.Zhiyu"),)


async def test_relative_actions_count_from_the_document_that_holds_them() -> None:
    async with world() as w:
        w.application.serves("/deep/voice", "<Redirect>next?x=1</Redirect>")
        w.application.serves("/deep/next", '<Gather numDigits="1" action="last"/>')
        w.application.serves("/deep/last", "<Say>到了</Say>")
        phone = w.company.handset(HER)
        await w.call(HER, Url=f"{w.application.base}/deep/voice")
        call = await phone.expect_call()
        await call.answers()
        await call.presses("1")
        await call.hears("到了")


async def test_a_bridge_to_a_person_reports_how_it_went() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Dial action="/after" timeout="20"><Number>+6560000002</Number></Dial>')
        w.application.serves("/after", "<Hangup/>")
        phone = w.company.handset(HER)
        await w.call(HER)
        call = await phone.expect_call()
        await call.answers()
        await call.ended(within=300)
        assert w.application.sent("/after")[0]["DialCallStatus"] == "completed"


def test_the_fallback_takes_over_when_a_document_cannot_be_fetched_or_read() -> None:
    async def story() -> list[tuple[str, list[str]]]:
        seen = []
        failures = [
            web.Response(status=500),
            web.Response(text="<Response><Say>x", content_type="text/xml"),
            web.Response(text="<Response/>", content_type="application/json"),
            web.Response(text="", content_type="text/xml"),
            web.Response(text="<Response><Say>" + "x" * 70_000 + "</Say></Response>", content_type="text/xml"),
            web.Response(text='<Response><Gather num_digits="1"/></Response>', content_type="text/xml"),
        ]
        async with world() as w:
            w.application.serves("/fallback", "<Say>稍后再打</Say>")
            phone = w.company.handset(HER)
            for failure in failures:
                w.application.serves("/voice", failure)
                await w.call(HER, FallbackUrl=f"{w.application.base}/fallback")
                call = await phone.expect_call()
                await call.answers()
                await call.ended()
                seen.append((w.application.sent("/fallback")[-1]["ErrorCode"], call.transcript))
            with pytest.raises(AssertionError, match=r"voice of CA.*: 11200"):
                w.company.assert_nothing_unexpected()
        return seen

    said = ["稍后再打"]
    codes = ["11200", "12100", "12300", "11770", "11750", "12200"]
    assert run(story()) == [(code, said) for code in codes]


def test_without_a_fallback_the_callee_hears_of_an_application_error() -> None:
    async def story() -> list[str]:
        async with world() as w:
            w.application.serves("/voice", web.Response(status=404))
            phone = w.company.handset(HER)
            await w.call(HER)
            call = await phone.expect_call()
            await call.answers()
            await call.ended()
            return call.transcript

    assert run(story()) == ["An application error has occurred. Goodbye."]


async def test_a_document_that_redirects_for_ever_is_cut() -> None:
    async with world() as w:
        w.application.serves("/voice", "<Redirect>/voice</Redirect>")
        phone = w.company.handset(HER)
        await w.call(HER)
        call = await phone.expect_call()
        await call.answers()
        await asyncio.sleep(5)
        assert call.status == "completed"
        assert "loops" in str(w.company.ledger.of("problem"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<Response><Shout/></Response>", 12200),
        ("<Reply/>", 12100),
        ('<Response><Gather numDigits="0"/></Response>', 13314),
        ('<Response><Gather speechModel="x"/></Response>', 13335),
        ("<Response><Gather><Hangup/></Gather></Response>", 12200),
        ("<Response><Say></Say></Response>", 13520),
        ("<Response><Say>" + "长" * 501 + "</Say></Response>", 13521),
        ('<Response><Say voice="Polly.Zhiyu">' + "x" * 3001 + "</Say></Response>", 13521),
        ('<Response><Say voice="Google.en-US-Wavenet-A">' + "x " * 2501 + "</Say></Response>", 13521),
        ("<Response><Say>" + "x" * 4097 + "</Say></Response>", 13521),
        ('<Response><Say voice="Polly.Zhiyu"><shout>x</shout></Say></Response>', 13520),
        ('<Response><Say><prosody rate="80%">x</prosody></Say></Response>', 13520),
        ('<Response><Gather input="speech" language="cmn-CN"/></Response>', 13310),
        ('<Response><Gather input="speech" hints="' + "x" * 101 + '"/></Response>', 13310),
        ('<Response><Gather input="speech" hints="' + ",".join("x" * 501) + '"/></Response>', 13310),
        ('<Response><Gather input="speech" maxSpeechTime="61"/></Response>', 13310),
        ('<Response><Gather input="speech" speechTimeout="0"/></Response>', 13310),
        ('<Response><Say voice="Polly.Nobody">x</Say></Response>', 13511),
        ('<Response><Say voice="Google.Aoede">x</Say></Response>', 13511),
        ('<Response><Say voice="Polly.Joanna-Neural" language="en-GB">x</Say></Response>', 13512),
        ('<Response><Gather><Say voice="Google.cmn-CN-Wavenet-A" language="en">x</Say></Gather></Response>', 13512),
    ],
)
def test_documents_the_real_company_refuses_are_refused(text: str, code: int) -> None:
    with pytest.raises(TwimlFault) as caught:
        read(text.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    "asked",
    [
        "",
        'language="fr-FR"',
        'voice="woman" language="zh-CN"',
        'voice="Polly.Joanna-Neural"',
        'voice="Polly.Zhiyu-Neural" language="cmn-CN"',
        'voice="Polly.Kajal-Neural" language="hi-IN"',
        'voice="Google.cmn-CN-Wavenet-A" language="zh-CN"',
        'voice="Google.en-GB-Standard-A" language="en-GB"',
    ],
)
def test_a_voice_speaks_the_languages_it_has(asked: str) -> None:
    (say,) = read(f"<Response><Say {asked}>您好</Say></Response>".encode()).verbs
    assert isinstance(say, Say) and say.text == "您好"


def test_defaults_of_a_gather_are_the_documented_ones() -> None:
    (gather,) = read_inline("<Response><Gather/></Response>").verbs
    assert gather == Gather(timeout=5, num_digits=0, finish_on_key="#", on_empty=False, barge_in=True)


def _audio(status: int = 200, kind: str = "audio/mpeg") -> web.Response:
    return web.Response(status=status, body=b"sound" * 50_000, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    ("audio", "codes"),
    [(_audio(), []), (_audio(404), [11200]), (_audio(kind="text/html"), [13420]), (None, [13420])],
    ids=["good", "missing", "a page", "nothing"],
)
def test_audio_is_fetched_and_a_call_goes_on_without_what_cannot_be_played(
    audio: web.Response | None, codes: list[int]
) -> None:
    async def story() -> tuple[list[str], list[dict[str, str]], list[int]]:
        async with world() as w:
            if audio is not None:
                w.application.serves("/sound.mp3", audio)
            gather = '<Gather action="/two" actionOnEmptyResult="true"><Play>/sound.mp3</Play></Gather>'
            sent, heard = await _asked(w, f"<Say>您好</Say>{gather}")
            assert sent is not None
            asked = [headers for path, _, headers in w.application.requests if path == "/sound.mp3"]
            return heard, asked, [row["code"] for row in w.company.ledger.of("problem")]

    heard, asked, problems = run(story())
    assert (heard, problems) == (["您好"], codes)
    [headers] = asked
    assert "X-Twilio-Signature" not in headers, "a file is the same for everybody"


def test_audio_that_nobody_serves_is_a_problem() -> None:
    async def story() -> list[int]:
        async with world() as w:
            await _asked(w, "<Play>http://127.0.0.1:9/sound.mp3</Play>")
            return [row["code"] for row in w.company.ledger.of("problem")]

    assert run(story()) == [11200]


@pytest.mark.parametrize("verb", ['<Play digits="1w2" loop="3"/>', '<Say loop="3">您好</Say>'])
def test_words_and_tones_are_heard_as_often_as_the_document_says(verb: str) -> None:
    async def story() -> tuple[list[str], int]:
        async with world() as w:
            _, heard = await _asked(w, verb)
            return heard, len(w.company.ledger.of("problem"))

    assert run(story()) == (["您好"] * 3 * ("Say" in verb) + ["下一句"], 0)


def test_words_without_an_end_are_heard_until_the_callee_hangs_up() -> None:
    async def story() -> list[str]:
        async with world() as w:
            w.application.serves("/voice", '<Say loop="0">您好</Say>')
            phone = w.company.handset(HER)
            await w.call(HER)
            call = await phone.expect_call()
            await call.answers()
            await asyncio.sleep(60)
            await call.hangs_up()
            return call.transcript

    assert len(run(story())) > 20


@pytest.mark.parametrize(("verb", "code"), [('<Say loop="-1">您好</Say>', 13510), ('<Play loop="x">/a</Play>', 13410)])
def test_a_loop_that_is_no_number_is_refused(verb: str, code: int) -> None:
    with pytest.raises(TwimlFault) as caught:
        read(f"<Response>{verb}</Response>".encode())
    assert caught.value.code == code
