"""Where a spoken answer leads in a call: never to what only the customer or only a key may do."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, VARIABLES, Call
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Question
from wakeup.ivr.scoring import CLAIMS_GENUINE, TRANSFER_NAMED
from wakeup.ivr.turn import Speech


def test_only_a_key_says_that_all_is_well() -> None:
    """No misheard word may remove protection."""
    call = Call().to_question().take("key 2", "key 2", "key 1")
    for _ in range(2):
        call.take("say 没问题，继续转")
        assert call.node == "more" and CLAIMS_GENUINE not in call.conversation.flags
    assert call.take("key 1").findings.outcome is Outcome.CONSISTENT


@pytest.mark.parametrize("said", ["我是他老婆", "我是保姆", "是我爸的", "是我儿子的手机", "这是我老公的手机"])
def test_a_relative_hears_of_no_payment(said: str) -> None:
    call = Call().take("answered human", f"say {said}")
    assert call.conversation.contact is Contact.THIRD_PARTY
    assert "五万" not in call.heard and "姓王" not in call.heard


@pytest.mark.parametrize("said", ["是别人操作的", "是骗子转的", "有人帮我操作的"])
def test_a_payment_made_by_another_hand_is_not_called_the_customers(said: str) -> None:
    call = Call().take("answered human", "key 1", "key 1", f"say {said}")
    assert call.node == "payment" and TRANSFER_NAMED not in call.conversation.flags


@pytest.mark.parametrize("said", ["It was not me", "not me", "No, not me"])
def test_not_me_in_answer_to_a_question_disowns_no_payment(said: str) -> None:
    assert Call("en").take("answered human", f"say {said}").findings.outcome is Outcome.NOT_ME
    assert Call("en").take("answered human", "key 1", "key 1", f"say {said}").findings.outcome is Outcome.NOT_ME
    asked = Call("en").to_question().take(f"say {said}")
    assert asked.node == "q1" and not asked.conversation.answers, "asked again: nothing was asked of them alone"
    warns = Call("en", 1).to_question().take(f"say {said}")
    assert warns.conversation.answers[-1].meaning is Meaning.NO and not warns.findings.finished, "who began it"
    told = Call("en").to_question().take("say I did not make this payment")
    assert told.findings.outcome is Outcome.NOT_ME


CALLS_OUT = {
    "zh-CN": ("喂？", "喂喂，你好", "什么？", "你说什么", "有人吗"),
    "en": ("Hello?", "What?", "Sorry?", "Are you there?"),
}


@pytest.mark.parametrize("script", ["generic", "guardian_call"])
@pytest.mark.parametrize("unhurried", [False, True])
@pytest.mark.parametrize(("language", "said"), [(one, said) for one, words in CALLS_OUT.items() for said in words])
def test_a_customer_who_calls_out_hears_again_who_we_are(
    language: str, said: str, unhurried: bool, script: str
) -> None:
    """The first word of most calls is 喂. It interrupts our words, and was once answered with which key to press."""
    call = Call(language, unhurried=unhurried, published=LIBRARY.latest(script)).take("answered human")
    opening = call.heard
    assert call.take(f"say {said}").heard == opening
    assert not call.conversation.live, "a recording says hello, too"
    assert call.take("key 1").conversation.live


def test_a_customer_who_speaks_over_the_words_hears_them_again() -> None:
    call = Call().take("answered human")
    opening, spoken_ms = call.heard, call.conversation.spoken_ms
    over = Speech("那个那个我这边有点吵", elapsed_ms=spoken_ms - 1)
    after = Speech("那个那个我这边有点吵", elapsed_ms=spoken_ms)
    assert call.take(over).heard == opening
    assert call.take(after).heard != opening, "they have heard it: only what to press"


def test_a_customer_who_calls_out_again_and_again_is_helped_like_any_other() -> None:
    assert Call().take("answered human", "key 1", "key 1", *["say 什么？"] * 3).findings.finished
    with_people = {**VARIABLES["zh-CN"], "person_ready": True}
    call = Call(variables=with_people).take("answered human", "key 1", "key 1", *["say 什么？"] * 3)
    assert call.node == "help" and call.findings.fault is None


def test_a_customer_in_despair_who_calls_out_hears_that_we_are_there() -> None:
    call = Call().to_question().take("say 我不想活了", "say 喂？")
    assert call.heard.startswith("我还在")


def test_no_code_seen_is_no_wrong_code() -> None:
    assert Call().take("answered human", "key 1", "say 没看到核对码").node == "identity"
    assert Call("en").take("answered human", "key 1", "say I don't see a code").node == "identity"


FORBIDDEN = (
    "不能",
    "不能啊",
    "不可以",
    "不行",
    "不要",
    "不用",
    "不想",
    "cannot",
    "I can't",
    "no, I can't",
    "they can't",
)


@pytest.mark.parametrize("said", FORBIDDEN)
def test_what_a_customer_may_not_do_is_no_no(said: str) -> None:
    """Did they forbid you to tell others? 不能 repeats what was forbidden, and let a transfer go out as a no."""
    language = "en" if said.isascii() else "zh-CN"
    call = Call(language, 1, published=LIBRARY.latest("police_imp")).to_question().take("key 1")
    assert call.take(f"say {said}").node == "plain_2", "asked again"
    call.take(f"say {said}", "key 2", "key 3", "key 1")
    assert call.conversation.answers[1].meaning is None and call.findings.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("script", ["bank_safe", "credit_repair", "cs_refund", "loan_fee", "police_imp"])
def test_cannot_is_no_no_where_a_question_asks_what_others_would_do(script: str) -> None:
    """Would anyone try to stop you? "I can't" is what the customer was told, and offers itself as no answer."""
    call = Call("en", 1, published=LIBRARY.latest(script)).to_question().take("key 1", "key 1")
    assert call.take("say I can't").node == "plain_3" and len(call.conversation.answers) == 2


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "不敢"), ("zh-CN", "我不敢"), ("en", "I don't dare")])
def test_a_customer_who_dares_not_is_followed_up_another_way(language: str, said: str) -> None:
    call = Call(language, 1, published=LIBRARY.latest("police_imp")).to_question().take("key 1", f"say {said}")
    assert call.node == "end_cannot_talk" and call.findings.cannot_talk


@pytest.mark.parametrize(
    ("script", "variant", "said"), [("fake_invest", 1, "不用"), ("recovery", 0, "不要"), ("task_rebate", 0, "不能")]
)
def test_a_refusal_that_a_question_offers_is_its_no(script: str, variant: int, said: str) -> None:
    call = Call(variant=variant, published=LIBRARY.latest(script)).to_question()
    first = call.published.script.nodes["q1"]
    assert isinstance(first, Question)
    call.take("key 1" if first.variants[variant].risk == "yes" else "key 2")
    call = call.take("key 1") if script == "task_rebate" else call
    call.take(f"say {said}")
    assert call.conversation.answers[-1].meaning is Meaning.NO


def test_a_refusal_that_warns_counts_where_it_is_not_offered() -> None:
    """Could the transfer wait until the day after tomorrow? 不行 is a no, and a warning."""
    call = Call(variant=2, published=LIBRARY.latest("bank_safe")).to_question().take("key 1", "key 1", "say 不行")
    assert call.conversation.answers[-1].meaning is Meaning.NO and call.conversation.answers[-1].weight == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-CN", "不需要，谢谢"), ("zh-CN", "不用"), ("zh-CN", "不要"), ("en", "no thanks"), ("en", "no need")],
)
def test_a_brush_off_is_neither_another_phone_nor_another_payment(language: str, said: str) -> None:
    """Every robot call hears 不需要. It was taken for "not my phone" and for "not my payment"."""
    assert Call(language).take("answered human", f"say {said}").node == "opening"
    call = Call(language).take("answered human", "key 1", "key 1", f"say {said}")
    assert call.node == "payment" and not call.findings.finished


def test_a_refusal_is_a_no_where_the_menu_offers_it() -> None:
    call = Call(variables=VARIABLES["zh-CN"] | {"guardian_ready": True}).take(
        "answered human", "key 1", "key 1", "key 3"
    )
    assert call.node == "tell" and "no_guardian" in call.take("say 不用").conversation.flags


@pytest.mark.parametrize("said", ["不是不是！", "没有没有没有", "不对不对", "没有这回事"])
def test_a_no_said_twice_is_a_no(said: str) -> None:
    """不是不是 has 是不是 in it, and was taken for a question: an account taken over was no warning."""
    assert Call().take("answered human", "key 1", "key 1", f"say {said}").findings.outcome is Outcome.NOT_ME


def test_never_met_in_person_is_a_no_and_no_wish_for_a_person() -> None:
    call = Call(variant=1, published=LIBRARY.latest("romance")).to_question().take("say 没见过真人")
    assert call.conversation.answers[0].meaning is Meaning.NO


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("我不转", Outcome.DISSUADED),
        ("能不能帮我停掉", Outcome.DISSUADED),
        ("算了", Outcome.DISSUADED),
        ("可不可以先停着", Outcome.KEEP_HOLD),
        ("钱已经出去了", Outcome.ALREADY_PAID),
        ("我撑不下去了", Outcome.DISTRESS),
    ],
)
def test_a_plain_refusal_at_the_choice_is_understood(said: str, outcome: Outcome) -> None:
    call = Call(published=LIBRARY.latest("fake_invest")).to_question().take("key 1", "key 1", "key 2")
    assert call.node == "closing" and call.take(f"say {said}").findings.outcome is outcome


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "我在开会"), ("zh-CN", "没空"), ("en", "I'm busy")])
def test_a_callee_who_has_no_time_is_not_asked_again_but_called_again(language: str, said: str) -> None:
    call = Call(language).take("answered human", f"say {said}")
    assert call.node == "busy" and call.findings.finished and call.findings.contact is Contact.UNVERIFIED_HUMAN
    guardian = Call(language, published=LIBRARY.latest("guardian_call")).take("answered human", f"say {said}")
    assert guardian.node == "end_not_now", "as to any script that says nothing of it, they want to wait"
    at_the_choice = Call(language).to_question().take("key 1", "key 1", "key 2", f"say {said}")
    assert at_the_choice.findings.outcome is Outcome.KEEP_HOLD


@pytest.mark.parametrize("said", ["算了", "算了吧", "算了，别问了", "算了，不说了"])
def test_a_callee_who_gives_the_call_up_has_not_given_the_transfer_up(said: str) -> None:
    for call in (Call().take("answered human"), Call().to_question()):
        assert call.take(f"say {said}").conversation.outcome is None, "asked again"
    assert Call().to_question().take("say 算了，我不转了").findings.outcome is Outcome.DISSUADED


INSISTS = {"zh-CN": ("没时间", "没空等", "我没时间等", "没时间等，现在就转"), "en": ("not now", "I'm busy")}


@pytest.mark.parametrize(("language", "said"), [(one, said) for one, words in INSISTS.items() for said in words])
def test_a_customer_who_has_no_time_to_wait_insists(language: str, said: str) -> None:
    """Asked whether the payment may wait, 没时间 was taken for a yes: no colleague and no guardian was told."""
    risky = ("key 1", "key 1", "key 1", "key 3", "key 1")
    call = Call(language, published=LIBRARY.latest("police_imp")).to_question().take(*risky)
    assert call.node == "insist" and call.take(f"say {said}").findings.outcome is Outcome.PERSISTS
    at_the_choice = Call().to_question().take("key 1", "key 1", "key 2", "say 没时间等")
    assert at_the_choice.node == "closing"


@pytest.mark.parametrize("said", ["打不通", "占线", "我联系不上他"])
def test_a_guardian_who_cannot_reach_the_customer_is_worried(said: str) -> None:
    """A scammer keeps the customer's line busy. It was answered with "I could not understand"."""
    call = Call(published=LIBRARY.latest("guardian_call")).take("answered human", "key 1", f"say {said}")
    assert call.findings.outcome is Outcome.KEEP_HOLD and "guardian_worried" in call.conversation.flags
