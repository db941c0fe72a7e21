"""The table of scoring: every band with every choice, and what must never look like guilt."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from tests.ivr.stage import Call, answers_for
from wakeup.domain.outcome import Outcome
from wakeup.ivr.conversation import Answer
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Band
from wakeup.ivr.scoring import band, risk_weight, score, too_early

VARIANTS = (0, 1, 2)
WEIGHTS = (1, 2, 1)
RISKS = ((Meaning.YES, Meaning.YES, Meaning.NO), (Meaning.NO, Meaning.YES, Meaning.YES))
GIVEN = (Meaning.YES, Meaning.NO, Meaning.UNSURE, None)


def answers(risks: tuple[Meaning, ...], *given: Meaning | None, early: bool = False) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            question=f"q{index}",
            meaning=meaning,
            by="keys",
            risk=risk,
            weight=risk_weight(meaning, risk, Decimal(weight)),
            early=early,
            elapsed_ms=None,
            turn=index,
        )
        for index, (meaning, risk, weight) in enumerate(zip(given, risks, WEIGHTS, strict=False))
    )


@pytest.mark.parametrize("risks", RISKS)
def test_every_combination_of_answers_has_its_band(risks: tuple[Meaning, ...]) -> None:
    for given in product(GIVEN, repeat=3):
        assert (score(answers(risks, *given)), band(answers(risks, *given))) == band_of(risks, given), given


def band_of(risks: tuple[Meaning, ...], given: tuple[Meaning | None, ...]) -> tuple[Decimal, Band]:
    """Score and band, computed as the rule is worded."""
    expected = Decimal(0)
    for meaning, risk, weight in zip(given, risks, WEIGHTS, strict=True):
        if meaning is risk:
            expected += weight
        elif meaning in (Meaning.UNSURE, None):
            expected += Decimal(weight) / 2
    if expected <= Decimal("0.5"):
        return expected, Band.CONSISTENT
    plainly_risky = any(meaning is risk for meaning, risk in zip(given, risks, strict=True))
    return expected, Band.CONTRADICTED if expected >= 2 and plainly_risky else Band.UNDECIDED


@pytest.mark.parametrize("risks", RISKS)
def test_fewer_than_three_answers_are_never_consistent(risks: tuple[Meaning, ...]) -> None:
    for count in (0, 1, 2):
        for given in product(GIVEN, repeat=count):
            assert band(answers(risks, *given)) is not Band.CONSISTENT


@pytest.mark.parametrize("risks", RISKS)
def test_coached_needs_both_signals(risks: tuple[Meaning, ...]) -> None:
    for given in product(GIVEN, repeat=3):
        assert band(answers(risks, *given)) is not Band.COACHED, "constant alone is one signal"
        constant = len(set(given)) == 1 and given[0] in (Meaning.YES, Meaning.NO)
        assert (band(answers(risks, *given, early=True)) is Band.COACHED) == constant


def test_a_constant_answer_is_no_signal_where_all_questions_pull_the_same_way() -> None:
    same = (Meaning.YES, Meaning.YES, Meaning.YES)
    assert band(answers(same, Meaning.NO, Meaning.NO, Meaning.NO, early=True)) is Band.CONSISTENT


@pytest.mark.parametrize(
    ("elapsed_ms", "spoken_ms", "early"),
    [(None, 9000, False), (1499, 0, True), (1500, 0, False), (3999, 10_000, True), (4000, 10_000, False)],
)
def test_an_answer_counts_as_too_early_by_the_time_since_the_words(
    elapsed_ms: int | None, spoken_ms: int, early: bool
) -> None:
    assert too_early(elapsed_ms, spoken_ms) is early


CHOICES = {
    "cancel": ("key 1",),
    "keep": ("key 2",),
    "genuine": ("key 3", "key 1"),
    "genuine, then waits": ("key 3", "key 1", "key 1"),
    "genuine, then insists": ("key 3", "key 1", "key 2"),
    "genuine, then silent": ("key 3", "key 1", "silence", "silence"),
    "genuine, then hangs up": ("key 3", "key 1", "hung up"),
    "genuine, then asks for a person": ("key 3", "key 1", "key 0"),
    "genuine, then wants no calls": ("key 3", "key 1", "key *"),
    "hangs up": ("hung up",),
    "silent": ("silence", "silence", "silence"),
    "already paid": ("key 3", "key 2"),
    "calls the bank": ("key 3", "key 3"),
}
HARMLESS, DOUBTFUL, RISKY = (False, False, False), (True, False, False), (True, True, True)
TABLE = {
    "cancel": ("dissuaded", "dissuaded", "dissuaded"),
    "keep": ("keep_hold", "keep_hold", "keep_hold"),
    "genuine": ("consistent", "undecided", "contradicted"),
    "genuine, then waits": ("consistent", "undecided", "keep_hold"),
    "genuine, then insists": ("consistent", "undecided", "persists"),
    "genuine, then silent": ("consistent", "undecided", "contradicted"),
    "genuine, then hangs up": ("consistent", "undecided", "contradicted"),
    "genuine, then asks for a person": ("consistent", "undecided", "contradicted"),
    "genuine, then wants no calls": ("consistent", "undecided", "contradicted"),
    "hangs up": ("partial", "partial", "partial"),
    "silent": ("no_input", "no_input", "no_input"),
    "already paid": ("already_paid", "already_paid", "already_paid"),
    "calls the bank": ("callback_verify", "callback_verify", "callback_verify"),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("choice", CHOICES)
def test_the_outcome_follows_from_the_answers_and_the_choice(choice: str, variant: int) -> None:
    for risky, expected in zip((HARMLESS, DOUBTFUL, RISKY), TABLE[choice], strict=True):
        call = Call(variant=variant).to_question().take(*answers_for(variant, *risky), *CHOICES[choice])
        assert call.findings.outcome == expected, risky


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_honest_no_to_everything_is_doubt_and_never_guilt(variant: int) -> None:
    call = Call(variant=variant).to_question().take("key 2", "key 2", "key 2", "key 3", "key 1")
    assert call.findings.outcome is Outcome.UNDECIDED
    assert call.findings.score < 2


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("key", ["1", "2", "3"])
def test_one_key_throughout_never_passes_as_consistent(variant: int, key: str) -> None:
    call = Call(variant=variant).to_question().take(*[f"key {key}"] * 3, "key 3", "key 1")
    assert call.findings.outcome is not Outcome.CONSISTENT


@pytest.mark.parametrize("variant", VARIANTS)
def test_doubt_or_silence_alone_is_never_contradicted(variant: int) -> None:
    for given in product((("key 3",), ("silence", "silence")), repeat=3):
        acts = [act for answer in given for act in answer]
        call = Call(variant=variant).to_question().take(*acts)
        if not call.conversation.finished:
            call.take("key 3", "key 1")
        assert call.findings.outcome in (Outcome.UNDECIDED, Outcome.NO_INPUT)


def test_keys_before_the_question_could_be_heard_and_all_the_same_are_coached() -> None:
    call = Call().to_question().take("key 2 @900", "key 2 @1200", "key 2 @1000")
    assert call.findings.outcome is Outcome.COACHED
    assert "可以不接" not in call.heard and "不是" not in call.heard, "calm, no argument"
    assert call.turns[-1].listen is None


def test_one_answer_after_listening_clears_the_suspicion_of_haste() -> None:
    call = Call().to_question().take("key 2 @900", "key 2 @12000", "key 2 @1000")
    assert call.conversation.outcome is None
    assert call.node == "closing"


def test_a_quick_key_after_a_repetition_is_no_haste() -> None:
    call = Call().to_question().take("key 9", "key 2 @900", "key 2 @900", "key 2 @900")
    assert call.node == "closing"
    call = Call().to_question().take("silence", "key 2 @900", "key 2 @900", "key 2 @900")
    assert call.node == "closing"
