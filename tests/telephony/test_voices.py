"""Whatever a script says, the phone company is asked for a voice in exactly the language that the voice speaks."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY
from wakeup.ivr.library import Published
from wakeup.ivr.turn import Turn, Utterance
from wakeup.simulator.twiml_reader import read
from wakeup.simulator.twiml_verbs import Say
from wakeup.telephony import twiml
from wakeup.telephony.voices import language_of


@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda published: published.script.id)
def test_the_phone_company_takes_every_voice_of_every_script(published: Published) -> None:
    script = published.script
    for language in script.languages.supported:
        for persona in ("", *script.personas):
            voice = script.voice(language, persona).voice
            said = Utterance(text="Hello, 您好。", language=language, voice=voice)
            document = twiml.render(Turn(n=0, node="hello", utterances=(said,)), None)
            say = read(document.encode()).verbs[0]
            assert isinstance(say, Say) and (say.voice, say.language) == (voice, language_of(voice))


def test_the_phone_company_takes_the_voices_of_the_house() -> None:
    first, second, _ = read(twiml.apology().encode()).verbs
    assert isinstance(first, Say) and isinstance(second, Say)
    assert [(one.voice, one.language) for one in (first, second)] == [
        (one, language_of(one)) for one in ("Polly.Zhiyu-Neural", "Polly.Amy-Neural")
    ]


@pytest.mark.parametrize(
    ("voice", "language"),
    [
        ("Polly.Joanna-Neural", "en-US"),
        ("Polly.Amy", "en-GB"),
        ("Google.cmn-CN-Wavenet-A", "cmn-CN"),
        ("Google.en-GB-Chirp3-HD-Aoede", "en-GB"),
        ("Google.Aoede", None),
        ("Google.en-GB-", None),
        ("Polly.Nobody", None),
        ("alice", None),
        ("", None),
    ],
)
def test_a_voice_speaks_its_own_language(voice: str, language: str | None) -> None:
    assert language_of(voice) == language
