"""What the interpreter promises for every script: limits, failures, secrets kept, verdicts that come late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import GENERIC, LANGUAGES, VARIABLES, Call
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.fields import MAX_STEPS, MAX_VISITS
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.parse import read_script
from wakeup.ivr.render import Variables
from wakeup.ivr.scoring import Findings, findings
from wakeup.ivr.script import Script, ScriptError
from wakeup.ivr.turn import Answered, AnsweredBy, Detected, Keys, Speech


class Echo:
    """Prompts that say their own names, and fail where told to."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        if prompt_id in self.broken or "everything" in self.broken:
            raise KeyError(prompt_id)
        return f"<{prompt_id}>"


SMALL: dict[str, Any] = {
    "format": "wakescript/1",
    "id": "small",
    "version": "1",
    "status": "draft",
    "title": "small",
    "languages": {"default": "en", "supported": ["en", "zh-CN"]},
    "voices": {"en": {"voice": "A"}, "zh-CN": {"voice": "B"}},
    "entry": {"human": "start", "unknown": "start", "machine": "bye", "fax": "bye"},
    "on": {"silent": "bye", "unclear": "bye", "error": "sorry", "limit": "enough", "cancelled": "bye"},
    "keys": {"9": "repeat", "0": "bye"},
    "words": {"repeat": "repeat"},
    "nodes": {
        "bye": {"type": "hangup", "prompts": ["bye"]},
        "sorry": {"type": "hangup", "prompts": ["sorry"]},
        "enough": {"type": "hangup", "prompts": ["enough"]},
    },
}


def small(**nodes: Mapping[str, Any]) -> Script:
    """A script that begins at `start`."""
    return parse_script({**SMALL, "nodes": {**SMALL["nodes"], **nodes}})


RING = small(
    start={"type": "menu", "prompts": ["start"], "reprompts": ["again"], "keys": {"1": "other"}},
    other={"type": "menu", "prompts": ["other"], "reprompts": ["again"], "keys": {"1": "start"}},
)


PATIENT = {
    "type": "menu", "prompts": ["start"], "reprompts": [f"again{index}" for index in range(200)],
    "keys": {"1": "bye"}, "timeout_s": "5",
}  # fmt: skip


def play(script: Script, *acts: str, prompts: Echo | None = None, variables: dict[str, Any] | None = None) -> Call:
    entry = Published(script=script, prompts=prompts or Echo())
    return Call("en", published=entry, variables=variables or {}).take(*acts)


def test_no_node_is_visited_more_than_four_times() -> None:
    call = play(RING, "answered human", *["key 1"] * 7)
    assert not call.conversation.finished
    assert max(call.conversation.visits.values()) == MAX_VISITS
    call.take("key 1")
    assert call.heard == "<enough>" and call.turns[-1].listen is None
    assert call.findings == replace(call.findings, outcome=Outcome.PARTIAL, finished=True, fault="limit at other")


def test_repeating_counts_as_a_visit() -> None:
    call = play(RING, "answered human", *["key 9"] * 4)
    assert call.heard == "<enough>"


def test_a_conversation_takes_at_most_eighty_steps() -> None:
    patient = small(start=PATIENT)
    call = play(patient, "answered human", *["silence"] * (MAX_STEPS - 1))
    assert call.conversation.steps == MAX_STEPS and not call.conversation.finished
    call.take("silence")
    assert call.heard == "<enough>" and call.findings.outcome is Outcome.PARTIAL


def test_the_eightieth_step_is_the_last_also_on_the_way_to_another_node() -> None:
    patient = small(start=PATIENT)
    assert play(patient, "answered human", *["silence"] * (MAX_STEPS - 2), "key 1").heard == "<bye>"
    assert play(patient, "answered human", *["silence"] * (MAX_STEPS - 1), "key 1").heard == "<enough>"


def test_a_prompt_that_cannot_be_said_ends_in_the_script_s_apology() -> None:
    call = play(RING, "answered human", "key 1", prompts=Echo("other"))
    assert call.heard == "<sorry>" and call.turns[-1].listen is None
    assert call.findings.fault == "KeyError at start"
    assert call.findings.outcome is Outcome.PARTIAL


@pytest.mark.parametrize(("language", "said"), [("en", "went wrong on our side"), ("zh-CN", "出了点小问题")])
def test_when_not_even_the_apology_can_be_said_there_is_one_sentence_left(language: str, said: str) -> None:
    entry = Published(script=RING, prompts=Echo("everything"))
    call = Call(language, published=entry, variables={}).take("answered human")
    assert said in call.heard and call.turns[-1].language == language and call.turns[-1].listen is None


def test_trouble_is_known_before_a_customer_is_called() -> None:
    assert Call(variables={"bank_name": "星河银行"}).conversation.fault == (
        "missing: amount_spoken, payee_masked, police_number"
    )
    assert play(RING, prompts=Echo("start")).conversation.fault == "KeyError at entry"
    assert Call().conversation.fault is None


@pytest.mark.parametrize("wrong", [None, 52000, "x" * 201])
def test_a_variable_of_the_wrong_form_takes_the_safe_path(wrong: Any) -> None:
    call = Call(variables=VARIABLES["zh-CN"] | {"amount_spoken": wrong}).take("answered human", "key 1", "key 1")
    assert call.node == "end_error" and call.findings.fault


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_about_the_account_is_heard_before_the_right_party_is_known(language: str) -> None:
    secrets = [str(VARIABLES[language][name]) for name in ("amount_spoken", "payee_masked")]
    for acts in (
        ["key 2", "key 1"],
        ["key 0"],
        ["key *"],
        ["key 5"],
        ["silence"] * 3,
        ["say who is calling"],
        ["key 9"],
    ):
        call = Call(language).take("answered human", *acts)
        heard = " ".join(utterance.text for turn in call.turns for utterance in turn.utterances)
        for secret in (*secrets, "转账", "账户", "payment", "account", "四、零", "four, zero"):
            assert secret not in heard, acts


def test_a_prompt_that_leaks_is_refused_at_run_time_too() -> None:
    variables = {"amount": {"type": "text", "heard_by": "right_party"}}
    data = {"start": {"type": "hangup", "prompts": ["amount"]}}
    script = small(**data).model_copy(update={"variables": Call().published.script.variables})

    class Leak(Echo):
        def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
            return str(variables["amount_spoken"]) if prompt_id == "amount" else "<sorry>"

    call = play(script, "answered human", prompts=Leak(), variables=VARIABLES["en"])
    assert variables and call.heard == "<sorry>"


def test_a_conversation_stays_with_its_version() -> None:
    call = Call().take("answered human")
    changed = GENERIC.script.pinned("0" * 64)
    conversation, turn = advance(changed, GENERIC.prompts, call.conversation, Keys("1"), VARIABLES["zh-CN"])
    assert conversation.fault == "ValueError at opening" and turn.listen is None


def test_after_the_end_nothing_changes() -> None:
    call = Call().take("answered human", "key 5")
    ended = call.conversation
    for act in ("key 1", "silence", "hung up", "detected machine", "answered human", "say 是"):
        call.take(act)
        assert call.conversation == ended
        assert call.turns[-1].listen is None and call.turns[-1].n == ended.turns - 1


def test_a_verdict_that_changes_nothing_gives_the_same_turn_again() -> None:
    call = Call().take("answered unknown")
    before, turn = call.conversation, call.turns[-1]
    for by in (AnsweredBy.HUMAN, AnsweredBy.UNKNOWN):
        call.take(Detected(by), Answered(by))
        assert call.conversation == before and call.turns[-1] == turn


def test_a_late_machine_verdict_is_believed_only_until_a_person_acts() -> None:
    assert Call().take("answered human", "detected machine").findings.contact is Contact.VOICEMAIL
    assert Call().take("answered human", "detected fax").findings.contact is Contact.FAX
    assert Call().take("answered human", "key 1", "detected machine").findings.contact is Contact.RIGHT_PARTY
    asked = Call().take("answered human", "say 请问您是哪位", "detected machine")
    assert asked.findings.contact is Contact.VOICEMAIL, "recordings ask who is calling, too"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_machine_hears_one_sentence_and_a_fax_none(language: str) -> None:
    machine = Call(language).take("answered machine")
    assert len(machine.turns[-1].utterances) == 1 and machine.turns[-1].listen is None
    assert machine.heard.count("。") + machine.heard.count(".") == 1
    assert not machine.findings.live_person
    assert Call(language).take("answered fax").heard == ""


def test_input_before_the_call_was_answered_is_taken_as_an_answer() -> None:
    assert Call().take("key 1").node == "opening"
    assert Call().take("detected machine").node == "machine"
    assert Call().take("hung up").findings == Findings(
        contact=Contact.NOBODY,
        outcome=Outcome.NO_INPUT,
        score=Call().findings.score,
        live_person=False,
        transfer_named=False,
        cannot_talk=False,
        finished=True,
        fault=None,
    )


def test_a_call_that_was_cut_has_the_findings_so_far() -> None:
    assert Call().findings.contact is Contact.NOBODY
    assert Call().take("answered human").findings.outcome is Outcome.NO_INPUT
    assert Call().take("answered human", "key 1").findings.outcome is Outcome.PARTIAL
    unfinished = Call().to_question().take("key 1")
    assert unfinished.findings.outcome is Outcome.PARTIAL and not unfinished.findings.finished


def test_a_key_that_answers_nothing_is_no_proof_of_a_person() -> None:
    for acts in (["key 7"], ["say 今天天气很好啊我们走吧"], ["silence"]):
        assert not Call().take("answered human", *acts).findings.live_person
    assert Call().take("answered human", "say 是的").findings.live_person


@pytest.mark.parametrize("act", ["key 0", "key 5", "key 9", "say 我要人工", "say 我不想活了"])
def test_a_key_or_word_of_the_whole_script_proves_a_person_to_a_late_verdict(act: str) -> None:
    call = Call().take("answered human", act)
    assert call.findings.live_person
    there = call.node
    call.take("detected machine")
    assert call.node == there and call.findings.contact is not Contact.VOICEMAIL


def test_the_words_of_a_voicemail_greeting_prove_no_person() -> None:
    for said in ("您好，机主暂时无法接听，请在嘀声后留言", "你打错了"):
        assert not Call().take("answered human", f"say {said}").findings.live_person


def test_consistent_is_checked_twice_whatever_a_script_says() -> None:
    forged = Call().take("answered human", "hung up").conversation.found(None, Outcome.CONSISTENT)
    assert findings(replace(forged, outcome=Outcome.CONSISTENT)).outcome is Outcome.PARTIAL
    honest = Call().to_question().take("key 2", "key 2", "key 1", "key 3", "key 1").conversation
    assert findings(honest).outcome is Outcome.CONSISTENT
    for damaged in (
        replace(honest, contact=Contact.THIRD_PARTY),
        replace(honest, live=False),
        replace(honest, finished=False),
        replace(honest, fault="limit at q1"),
        replace(honest, flags=frozenset({"transfer_named"})),
        replace(honest, flags=frozenset({"claims_genuine"})),
        replace(honest, answers=honest.answers[:2]),
        replace(honest, answers=(replace(honest.answers[0], weight=honest.answers[0].weight + 1), *honest.answers[1:])),
    ):
        assert findings(damaged).outcome is Outcome.PARTIAL


def test_the_more_protective_outcome_stays() -> None:
    conversation = Call().conversation.found(Contact.RIGHT_PARTY, Outcome.AGENT_REQUESTED)
    assert conversation.found(None, Outcome.CONSISTENT).outcome is Outcome.AGENT_REQUESTED
    assert conversation.found(None, Outcome.DISTRESS).outcome is Outcome.DISTRESS


def test_a_customer_in_despair_is_not_led_out_by_a_key() -> None:
    call = Call().to_question().take("say 我不想活了")
    for act in ("key 0", "key *", "key 5", "say 钱已经转过去了", "silence", "key 9"):
        assert call.take(act).node == "stay" and call.turns[-1].listen is not None
    assert call.take("hung up").findings.outcome is Outcome.DISTRESS


def test_the_crisis_line_is_the_bank_s_own_words() -> None:
    told = Call(variables=VARIABLES["zh-CN"] | {"crisis_text": "有人整夜陪您说话。"}).to_question()
    assert "有人整夜陪您说话。" in told.take("say 活不下去了").heard


def test_a_payment_already_on_hold_is_called_so() -> None:
    held = Call(variables=VARIABLES["zh-CN"] | {"settled": True}).take("answered human", "key 1", "key 1")
    assert "已经替您暂停了" in held.heard
    assert "还没有转出去" in Call().take("answered human", "key 1", "key 1").heard


def test_the_code_is_read_digit_by_digit_and_never_asked_for() -> None:
    call = Call().take("answered human", "key 1")
    assert call.heard.count("四、零、八、二") == 2 and "不用念给我听" in call.heard
    assert "four, zero, eight, two" in Call("en").take("answered human", "key 1").heard


def test_a_doubtful_recognition_asks_for_a_key() -> None:
    assert Call().take("answered human", Speech("是的", 0.2)).node == "opening"
    assert Call().take("answered human", Speech("是的", 0.9)).node == "code"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", "zh-CN"),
        ("zh-HK", "zh-CN"),
        ("zh_SG", "zh-CN"),
        ("en-GB", "en"),
        ("en", "en"),
        ("yue-HK", "zh-CN"),
        ("ms-SG", "en"),
        ("", "en"),
    ],
)
def test_a_locale_chooses_the_language_of_the_call(locale: str, language: str) -> None:
    assert GENERIC.script.language_for(locale) == language


def test_hints_are_in_the_language_of_the_conversation() -> None:
    heard = Call("en").take("answered human").turns[-1].listen
    assert heard is not None and "yes" in heard.hints and all(hint.isascii() for hint in heard.hints)
    chinese = Call().take("answered human").turns[-1].listen
    assert chinese is not None and "是" in chinese.hints and not any(hint.isascii() for hint in chinese.hints)


def test_json_round_trip_keeps_everything() -> None:
    conversation = Call().to_question().take("key 1 @900", "say 说不准", "silence").conversation
    assert Conversation.from_json(conversation.to_json()) == conversation
    assert conversation.answers[1].meaning is Meaning.UNSURE
    for secret in ("姓王", "五万", "4082"):
        assert secret not in conversation.to_json()


def test_a_customer_who_needs_time_hears_the_same_words_slower_and_may_take_longer() -> None:
    calls = [Call(), Call(unhurried=True)]
    for call in calls:
        call.take("answered human", "key 1")
    quick, slow = (call.turns[-1] for call in calls)
    assert quick.utterances[0].text == slow.utterances[0].text
    assert {u.rate for u in quick.utterances} == {"90%"}
    assert {u.rate for u in slow.utterances} == {"80%"}
    assert quick.listen is not None
    assert slow.listen is not None
    assert slow.listen.timeout_s == 2 * quick.listen.timeout_s == 40
    stay = Call(unhurried=True).to_question().take("say 我不想活了")
    assert stay.turns[-1].listen is not None
    assert stay.turns[-1].listen.timeout_s == 20, "who is listened to until the end needs no longer pauses"


SHARES = small(
    start={"type": "split", "ways": [{"share": "30", "to": "warm"}, {"share": "70", "to": "plain"}]},
    warm={"type": "hangup", "prompts": ["warm"]},
    plain={"type": "hangup", "prompts": ["plain"]},
)


def test_a_split_sends_each_customer_the_same_way_and_each_way_its_share() -> None:
    def way(customer: str) -> str:
        conversation = begin(
            SHARES, Echo(), conversation_id="c", language="en", variant=0, variables={}, split_by=customer
        )
        return advance(SHARES, Echo(), conversation, Answered(AnsweredBy.HUMAN), {})[1].utterances[0].text

    ways = [way(f"customer {n}") for n in range(2000)]
    assert ways == [way(f"customer {n}") for n in range(2000)]
    assert 0.26 < ways.count("<warm>") / len(ways) < 0.34


def test_a_script_may_go_on_in_another_language() -> None:
    script = small(
        start={
            "type": "menu",
            "prompts": ["choose"],
            "reprompts": ["choose"],
            "keys": {"1": "english", "2": "chinese"},
        },
        english={"type": "language", "language": "en", "to": "hello"},
        chinese={"type": "language", "language": "zh-CN", "to": "hello"},
        hello={"type": "hangup", "prompts": ["hello"]},
    )
    assert [play(script, "answered human", f"key {key}").turns[-1].language for key in "12"] == ["en", "zh-CN"]


def test_a_question_without_risk_leads_another_way_than_one_with() -> None:
    question = {
        "type": "question", "after": ["unsure"], "on_silence": "s", "on_unclear": "u", "to": "story",
        "variants": [{"prompt": "q", "risk": "yes"}] * 3,
    }  # fmt: skip
    data: dict[str, Any] = {
        "start": question,
        "story": {"type": "branch", "cases": [{"when": {"safe": "start"}, "to": "plain"}], "otherwise": "deep"},
        **{end: {"type": "hangup", "prompts": [end]} for end in ("plain", "deep")},
    }
    with pytest.raises(ScriptError, match="three questions"):
        small(**data)
    script = read_script({**SMALL, "nodes": {**SMALL["nodes"], **data}})
    heard = [play(script, "answered human", f"key {key}").heard for key in "123"]
    assert heard == ["<deep>", "<plain>", "<deep>"], "not sure is not without risk"
