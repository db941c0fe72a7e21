"""In English a question is answered by a plain yes or no. A verb reassures at none, and what warns counts as ever."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from tests.ivr.answers import asked, meant, rows
from tests.ivr.stage import LIBRARY
from tests.ivr.test_echoes import RISKY
from wakeup.ivr import hearing
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.hearing import resolve_meaning
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nodes import Question
from wakeup.ivr.render import RenderContext, words_that_ask
from wakeup.ivr.turn import Speech

VERBS = (
    "nobody asked|nobody asked me|no one asked me|they didn't ask|they haven't|nobody|no one|nobody told me"
    "|nobody has told me|they didn't tell me|nobody has|I have met them|we have met|I met him|yes we met|I have"
    "|nobody contacted me|they haven't contacted me|nobody said so|nobody said that|I have called|I called them"
    "|called|I have called them|I already called|I did|he hasn't changed|not changed|he hasn't|they haven't said that"
    "|they haven't asked me|confirmed|I was not|they didn't ask me|I wasn't|I have seen it|I saw it"
    "|they never promised|they haven't given me|I have asked|I asked them|asked|I did ask|I have checked|I checked"
    "|checked|they confirmed it|I contacted them|I was|I contacted him|I did check|they told me|he told me|we met"
    "|I met them|we did meet|nobody did|I called|they haven't told me|he didn't tell me that|I have been|they didn't"
    "|they have confirmed|I have met him|I met her|they haven't said so|she hasn't said that|I knew|I knew it"
    "|I called her|he didn't ask me|we have been|it hasn't changed|they don't|he doesn't|I've met him|we've met"
    "|I've seen it|I've been|I've been there|I have been there|it did|nobody would|it could|yes it could|we were"
    "|I had|nobody can|they can't|they would|it was me|I could|nobody is|he has|someone has|they had|I don't"
    "|yes, they have|yes, he has|yes, someone has|someone did|no, nobody|no, nobody did|no, no one|no one did"
    "|no, nobody has|no, someone didn't|yes, they did|yes, I will|yes, I can|yes, he told me|no, I won't"
    "|no, they wouldn't|not me|No, not me|never|no way|I've never met them|I contacted someone"
    "|someone from the bank called|I won't|I will"
)
"""What honest customers say to the questions of their stories, too. They are asked again, and can say yes or no."""
PLAIN_YES = "yes|yeah|correct|that's right|yes sir|yes please"
PLAIN_NO = "no|nope|not at all|no I haven't|no, I didn't|no we don't|no, they haven't|no it isn't"
WHO, HELPS = ("I", "they", "nobody"), ("did", "have", "would")
THEN = ("", "n't", "not", "met them", "if they call")
HELPED = ("do", "does", "did", "have", "has", "had", "am", "is", "are", "was", "were")
SAFE = """
bank_safe q3.b en: no I don't think so
bank_safe q3.a en: yes, I have|yes, we have|yes please, I have
police_imp q3.a en: Yes, I have.
game_trade q1.b en: yes, I did|yes, we did
generic q1.b en: yes, I was|yes we were|yes, I was, yes
cs_refund q1.b en: yes I had
generic q1.b en: yes it was me
invoice q1.b en: the same|same
generic plain_3.a en: yes, I have|yes, we have
bank_safe q3.c en: that's right|yes, that's right|that's correct|yes, that's correct
game_trade q3.c en: that's right|that is correct
boss_acq q2.a en: no, they haven't|no, he hasn't
credit_repair q2.a en: no, they didn't|no, he did not
generic plain_2.a en: no, he isn't
generic plain_3.a en: yes|yeah|sure|correct|definitely|of course we have|yes please|well, yes|yes lah
generic plain_3.a en: uh, yes I have|yes yes
boss_acq q2.a en: no|nope|nah|not at all|of course not|no, never|no, nothing like that|nothing like that|no they're not
"""
ANOTHER_VERB = """
task_rebate q3.a en: Yes, I did.|Yes, I have.|yes, I am
extortion q1.b en: Yes, I have.|yes, I do
police_imp q3.c en: Yes, I did.|yes sir, we have|yes, I have, yes
bank_safe q1.b en: yes it did|yes, I did
generic q1.b en: yes, I am|yes, I did|yes, there was
generic plain_3.a en: yes, it has|yes, I did|yes, there is|yes, I have, yes I did
game_trade q3.c en: yes, it has|yes, I have
"""
AGAIN = """
generic plain_3.a en: yes, he has|yes, someone did|yes, they did|yeah, they have|yes, she did|yes, somebody has
generic plain_3.a en: yes I haven't|yes, no
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
boss_acq q3.c en: nobody|nobody has|nobody confirmed it
teacher q2.a en: I haven't asked|I didn't ask|I did not ask
police_imp q2.c en: nobody|no, nobody|nobody did|no one
romance q2.a en: nobody|no one
generic plain_3.b en: I don't|I did it myself|never|no I do
purchase q3.c en: I haven't|I saw it|I've seen it
generic q1.c en: I contacted them|I started it
generic q1.b en: nobody contacted me|no one contacted me
romance q1.c en: we meet|we've met
generic q1.a en: yes what did you say|yes hello|no problem|yes I don't|of course nobody asked|yes, no|no, yes
generic q1.a en: Yes, I can hear you.|yes, just a moment|yes, but in Chinese please|yes, my friend did
generic q1.a en: yes, it's my sister
generic q1.a en: yes, I'm here|yes I understand, no|yes, I heard you, no they didn't|yes, but I know him
generic q1.a en: no, they told me to
boss_acq q2.a en: yes, they told me to pay first|yes, I understand the question|yes, only English
generic plain_3.a en: no, I mean yes|no, only online|no, we just chat|no, unless they call|no, I can't hear you
generic plain_3.a en: no, just a moment|no, my English is bad|no, I've met them many times|no, because I know him
generic q1.b en: no, nobody told me|no, but in Chinese please|no, the line is bad
game_trade q3.c en: no, nobody confirmed it|no, I called them already|no they did
"""
WARNS = """
generic q1.a en: yes sir, they did|yes lah they did|definitely they did|absolutely he did|certainly, sir, she did
generic q1.a en: yes, indeed, they told me to|yes, he did|yes, they did|yes, yes, someone did|yes, they told me to|yes, I was told to
boss_acq q2.a en: yes, he has|yes, they have|yes, they told me|yes, they already told me so
fake_invest q3.b en: I do|I have to|yes, I have to
generic plain_3.b en: I do|yes, I do|of course I do
debt_proxy q1.a en: I did
purchase q3.c en: I have
generic q1.c en: I was called|I was asked|they called me|they contacted me|he called me
police_imp q2.b en: I was asked|I was
generic q1.b en: no|no, nobody|no, nobody did
police_imp q1.b en: no, they told me to|no, he asked me|not me
cs_refund q2.a en: that's right|yes, that's correct
cs_refund q3.b en: they would|yes they would|yes, yes, they would
bank_safe q1.c en: they confirmed it|they called|someone called|the bank called
pig_butcher q2.a en: they told me
generic plain_3.a en: no|we haven't met|never|not yet|I haven't|I've never met him
generic plain_3.a en: no, nobody|no, nobody did|no, no one has|nope, I haven't|no, I haven't met them
generic plain_3.a en: no, no, never met him|no, not yet|no sir, never met him|no lah, not yet
game_trade q3.c en: they haven't|no, they haven't
"""


SENTENCES = tuple(
    dict.fromkeys(
        [
            *VERBS.split("|"),
            *(" ".join(said).replace(" n't", "n't") for said in product(WHO, HELPS, THEN)),
            *(
                said
                for table in (RISKY, AGAIN)
                for _, _, language, words in rows(table)
                for said in words.split("|")
                if language == "en" and "same" not in said
            ),
        ]
    )
)
understand_once = cache(understand)
"""What words mean apart from a prompt takes longest, and is the same at each."""
SCRIPTS = sorted({published.script.id for published in LIBRARY} - {"guardian_call"})


def at_every_question(script: str) -> Iterator[tuple[Question, RenderContext, Conversation]]:
    """Each question of a script in each of its wordings, after it was asked in English."""
    for node in ("q1", "plain_2", "plain_3") if script == "generic" else ("q1", "q2", "q3"):
        for letter in "abc":
            call = asked(script, f"{node}.{letter}", "en")
            published = call.published
            question = published.script.nodes[node]
            assert isinstance(question, Question) and call.node == node
            stage = RenderContext(script=published.script, prompts=published.prompts, variables=call.variables)
            yield question, stage, call.conversation


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_verb_reassures_at_any_question(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "understand", understand_once)
    for question, stage, here in at_every_question(script):
        reassures = Meaning.NO if question.variants[here.variant].risk is Meaning.YES else Meaning.YES
        found = [said for said in SENTENCES if resolve_meaning(stage, here, Speech(said)) is reassures]
        assert not found, question.variants[here.variant].prompt


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_plain_yes_or_no_answers_every_question(script: str) -> None:
    for _, stage, here in at_every_question(script):
        for meaning, words in ((Meaning.YES, PLAIN_YES), (Meaning.NO, PLAIN_NO)):
            meanings = {said: resolve_meaning(stage, here, Speech(said)) for said in words.split("|")}
            assert meanings == dict.fromkeys(meanings, meaning)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_yes_with_a_short_answer_reassures_only_where_that_verb_is_asked_of_the_callee(script: str) -> None:
    """Nobody asked "did you": to "can you take out all your money today?", "yes, I did" is what the bait let them do."""
    for question, stage, here in at_every_question(script):
        prompt = words_that_ask(stage, here).lower()
        asks = {helps for helps in HELPED if f" {helps} you " in f" {prompt}"}
        for who, helps in product(("I", "we", "it", "there", "they", "he"), HELPED):
            answer = resolve_meaning(stage, here, Speech(f"yes, {who} {helps}"))
            if question.variants[here.variant].risk is Meaning.YES:
                assert answer is Meaning.YES
            else:
                alike = {"am": "are", "was": "were"}.get(helps, helps)
                assert answer is (Meaning.YES if who in ("I", "we") and alike in asks else None), (who, helps)


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(SAFE))
def test_an_answer_that_only_says_itself_again_reassures(script: str, at: str, language: str, words: str) -> None:
    found = meant(script, at, language, words)
    assert found == dict.fromkeys(found, "safe")


@pytest.mark.parametrize(("script", "at", "language", "words"), [*rows(ANOTHER_VERB), *rows(AGAIN)])
def test_what_is_no_plain_answer_is_asked_again(script: str, at: str, language: str, words: str) -> None:
    found = meant(script, at, language, words)
    assert found == dict.fromkeys(found, "")


@pytest.mark.parametrize(("script", "at", "language", "words"), rows(WARNS))
def test_what_warns_counts_whatever_stands_beside_it(script: str, at: str, language: str, words: str) -> None:
    found = meant(script, at, language, words)
    assert found == dict.fromkeys(found, "warns")
