"""Whatever a callee does, in any order: the call ends, always has words or an end, and frees no payment by luck."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ivr.stage import GENERIC, LANGUAGES, QUESTIONS, VARIABLES, Call
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.fields import MAX_STEPS, MAX_VISITS
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.scoring import findings
from wakeup.ivr.turn import Answered, AnsweredBy, Detected, HungUp, Input, Keys, Silence, Speech, Turn

ELAPSED = st.none() | st.integers(min_value=-5, max_value=60_000)
SPOKEN = st.sampled_from(
    ["是", "没有", "不知道", "人工", "我不想活了", "钱已经转了", "取消", "who is this", "yes", "no"]
)
KEYS = st.builds(Keys, st.sampled_from(list("123123123095*#")) | st.text(max_size=3), ELAPSED)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    KEYS,
    KEYS,
    st.builds(Speech, SPOKEN | st.text(max_size=20), st.none() | st.floats(0, 1), ELAPSED),
    st.just(Silence()),
    st.builds(Answered, st.sampled_from(AnsweredBy)),
    st.builds(Detected, st.sampled_from(AnsweredBy)),
    st.just(HungUp()),
)
CALLS = st.tuples(st.sampled_from(LANGUAGES), st.integers(0, 2), st.lists(INPUTS, max_size=40))


def start(language: str, variant: int, variables: dict[str, Any]) -> Conversation:
    return begin(
        GENERIC.script,
        GENERIC.prompts,
        conversation_id="c",
        language=language,
        variant=variant,
        variables=variables,
    )


def go(conversation: Conversation, act: Input, variables: dict[str, Any]) -> tuple[Conversation, Turn]:
    return advance(GENERIC.script, GENERIC.prompts, conversation, act, variables)


@settings(max_examples=250, deadline=None)
@given(CALLS, st.booleans())
def test_every_input_has_a_turn_and_the_same_input_the_same_turn(
    call: tuple[str, int, list[Input]], settled: bool
) -> None:
    language, variant, acts = call
    variables = VARIABLES[language] | {"settled": settled}
    conversation = start(language, variant, variables)
    for act in [Answered(AnsweredBy.HUMAN), *acts]:
        before = conversation
        conversation, turn = go(Conversation.from_json(before.to_json()), act, variables)
        assert (conversation, turn) == go(before, act, variables)
        assert turn.language == language and Turn.from_json(turn.to_json()) == turn
        assert (turn.listen is None) == conversation.finished
        assert conversation.finished or turn.utterances, "nobody is left waiting in silence"
        assert turn.n == conversation.turns - 1
        assert before.turns in (conversation.turns, turn.n)
        assert conversation.steps <= MAX_STEPS
        assert all(visits <= MAX_VISITS for visits in conversation.visits.values())
        assert conversation.fault is None or conversation.fault.startswith("limit"), "the script itself never fails"
    findings(conversation)


ENDLESS = st.sampled_from(
    [Keys("1"), Keys("2"), Keys("9"), Keys("7"), Silence(), Speech("取消"), Speech("嘿嘿嘿"), Speech("who is this")]
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2), st.lists(ENDLESS, min_size=1, max_size=6))
def test_no_habit_keeps_a_call_alive_for_ever(variant: int, habit: list[Input]) -> None:
    variables = VARIABLES["zh-CN"]
    conversation, _ = go(start("zh-CN", variant, variables), Answered(), variables)
    for count in range(MAX_STEPS + 1):
        conversation, _ = go(conversation, habit[count % len(habit)], variables)
    assert conversation.finished


@pytest.mark.parametrize("variant", range(3))
def test_keys_alone_are_consistent_only_if_the_answers_are(variant: int) -> None:
    """All 27 ways to answer three questions by key, before the customer insists that the payment is genuine."""
    harmless = {0: "221", 1: "122", 2: "221"}[variant]
    weights = dict(zip(QUESTIONS, (1.0, 2.0, 1.0), strict=True))
    for keys in product("123", repeat=3):
        call = Call(variant=variant).to_question()
        total = 0.0
        for key in keys:
            name = call.conversation.node
            weight, safe = weights[name], harmless[QUESTIONS.index(name)]
            total += 0 if key == safe else weight / 2 if key == "3" else weight
            call.take(f"key {key}")
        call.take("key 3", "key 1")
        assert (call.findings.outcome is Outcome.CONSISTENT) is (total <= 0.5), keys
        assert call.findings.contact is Contact.RIGHT_PARTY, keys


@settings(max_examples=200, deadline=None)
@given(CALLS)
def test_without_the_owner_nothing_is_consistent_and_no_secret_is_said(call: tuple[str, int, list[Input]]) -> None:
    language, variant, acts = call
    variables = VARIABLES[language]
    conversation = start(language, variant, variables)
    for act in [Answered(), *acts]:
        conversation, turn = go(conversation, act, variables)
        if conversation.contact is not Contact.RIGHT_PARTY:
            text = "".join(utterance.text for utterance in turn.utterances)
            assert str(variables["payee_masked"]) not in text and str(variables["amount_spoken"]) not in text
            assert findings(conversation).outcome is not Outcome.CONSISTENT
