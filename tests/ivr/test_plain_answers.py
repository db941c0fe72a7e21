"""Everyday ways to say yes and no: each counts where it was asked for, and nowhere else."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, VARIABLES, Call
from wakeup.domain.outcome import Contact
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.scoring import CLAIMS_GENUINE, TRANSFER_NAMED
from wakeup.ivr.turn import Speech

NOES = "肯定没有|绝对没有|完全没有|真的没有|根本没有|没有人|肯定不是|我根本没有|nothing like that|no, nothing like that"


def _call(said: str, script: str = "generic", variant: int = 0) -> Call:
    return Call("en" if said.isascii() else "zh-CN", variant, published=LIBRARY.latest(script))


@pytest.mark.parametrize("said", NOES.split("|"))
def test_a_firm_no_is_a_no_to_a_question(said: str) -> None:
    """Not understood twice, it held the payment of an honest customer."""
    call = _call(said, "police_imp").to_question().take("key 2", f"say {said}")
    assert [answer.safe for answer in call.conversation.answers] == [True, True]
    assert understand(said) not in {Meaning.NO, Meaning.YES, Meaning.GENUINE}, "none where nothing was asked"


@pytest.mark.parametrize("said", NOES.split("|"))
def test_a_firm_no_makes_no_claim_and_names_no_transfer(said: str) -> None:
    call = _call(said).to_question().take("key 2", "key 2", "key 1", f"say {said}")
    assert CLAIMS_GENUINE not in call.conversation.flags
    menu = _call(said).take("answered human", f"say {said}")
    assert menu.node == "opening" and TRANSFER_NAMED not in menu.conversation.flags


@pytest.mark.parametrize("said", ["没有人", "nobody told me anything"])
def test_nobody_is_no_answer_where_nobody_was_asked_about(said: str) -> None:
    call = _call(said, variant=1).to_question().take("key 1", "key 2", f"say {said}")
    assert len(call.conversation.answers) == 2, "have you met them only online?"


OWNERS = "我是机主|是，我是机主|this is she|this is he|yes, this is he"


@pytest.mark.parametrize("said", OWNERS.split("|"))
def test_whose_phone_it_is_identifies_where_that_is_asked_and_nowhere_else(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").node == "code"
    assert _call(said).take("answered human", "key 1", f"say {said}").node == "code"
    payment = _call(said).take("answered human", "key 1", "key 1", f"say {said}")
    assert payment.node == "payment" and TRANSFER_NAMED not in payment.conversation.flags
    for script in ("generic", "police_imp"):
        asked = _call(said, script).to_question().take("key 1", "key 2", f"say {said}")
        assert len(asked.conversation.answers) == 2


@pytest.mark.parametrize(
    "said",
    [
        "yes this is his wife",
        "Yes, this is Mum",
        "Yes this is His Wife",
        "yes this is wrong",
        "this is John",
        "Yes, this is John",
        "Yes, this is the bank",
        "Yes, this is Papa",
        "Yes, this is Reception.",
        "Yes, this is Nobody",
        "Yes, this is Wrong Number",
        "Yes, this is Voicemail",
        "Yes this is Fraud",
    ],
)
def test_who_names_another_or_something_else_is_not_the_customer(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").conversation.contact is not Contact.RIGHT_PARTY


@pytest.mark.parametrize("said", ["ya", "yah", "ya lah"])
def test_ya_is_a_yes(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").node == "code"


@pytest.mark.parametrize("said", ["对得上", "一致", "两边一致", "一样", "they match"])
def test_what_compares_answers_what_is_compared(said: str) -> None:
    assert _call(said).take("answered human", "key 1", f"say {said}").node == "payment"
    assert _call(said).take("answered human", f"say {said}").node == "opening", "it said who they are, too"
    assert _call(said).take("answered human", "key 1", "key 1", f"say {said}").node == "payment"
    asked = _call(said).to_question().take("key 1", "key 2", f"say {said}")
    assert len(asked.conversation.answers) == 2
    agreed = _call(said, "invoice", 1).to_question().take(f"say {said}")
    assert agreed.conversation.answers[0].meaning is Meaning.YES, "is it the same account as on the first paper?"
    told = {**VARIABLES["en" if said.isascii() else "zh-CN"], "guardian_ready": True}
    tells = Call("en" if said.isascii() else "zh-CN", variables=told)
    tells.take("answered human", "key 1", "key 1", "key 3", f"say {said}")
    assert not tells.conversation.wishes


@pytest.mark.parametrize("said", ["一致能", "方便一致", "有，一样", "same, sure", "they match, ok"])
def test_words_that_answer_nothing_answer_nothing_together(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").conversation.contact is not Contact.RIGHT_PARTY
    payment = _call(said).take("answered human", "key 1", "key 1", f"say {said}")
    assert TRANSFER_NAMED not in payment.conversation.flags


@pytest.mark.parametrize("said", ["可以", "sure"])
def test_who_is_asked_whether_to_go_on_may_agree(said: str) -> None:
    """Where no code can be compared, they may call the bank first: 可以 to 现在接着听，请按1 asked again."""
    language = "en" if said.isascii() else "zh-CN"
    known = {name: value for name, value in VARIABLES[language].items() if name != "call_code"}
    call = Call(language, variables=known).take("answered human", "key 1")
    assert call.node == "identity"
    call.take(
        f"say {'ok, ok' if said.isascii() else '好'}", f"say {'they match, ok' if said.isascii() else '方便一致'}"
    )
    assert call.node == "identity"
    assert call.take(f"say {said}").node == "payment"


def _asked_to_go_on(said: str) -> Call:
    language = "en" if said.isascii() else "zh-CN"
    known = {name: value for name, value in VARIABLES[language].items() if name != "call_code"}
    return Call(language, variables=known).take("answered human", "key 1", f"say {said}")


@pytest.mark.parametrize("said", ["I will", "I can", "I would", "有"])
def test_who_may_mean_to_check_first_has_not_agreed_to_go_on(said: str) -> None:
    assert _asked_to_go_on(said).node == "identity"


@pytest.mark.parametrize("said", ["接着听", "现在接着听", "那我接着听", "go on", "go on now"])
def test_what_is_offered_at_a_menu_may_be_said(said: str) -> None:
    assert _asked_to_go_on(said).node == "payment"
    assert _call(said).take("answered human", f"say {said}").conversation.contact is not Contact.RIGHT_PARTY


@pytest.mark.parametrize("said", ["先核实", "我想先核实", "check first"])
def test_who_wants_to_check_first_may_say_so(said: str) -> None:
    assert _asked_to_go_on(said).node == "end_callback"


def test_an_offer_that_the_recogniser_doubts_is_not_taken() -> None:
    call = _asked_to_go_on("喂")
    assert call.take(Speech("接着听", confidence=0.1)).node == "identity"


MADE = "我转的|我操作的|我付的|是的我转的|我刚转的|是我汇的|自己操作的|我自己转的|是我操作的"


@pytest.mark.parametrize("said", MADE.split("|"))
def test_who_made_the_payment_says_so_where_that_is_asked_and_nowhere_else(said: str) -> None:
    assert _call(said).take("answered human", "key 1", "key 1", f"say {said}").node == "q1"
    assert _call(said).take("answered human", f"say {said}").node == "opening", "whose phone it is"
    assert len(_call(said, "police_imp", 1).to_question().take(f"say {said}").conversation.answers) == 0


@pytest.mark.parametrize("said", ["it was mine", "yes it was mine", "it was", "I did", "I have", "I made it myself"])
def test_a_phone_that_was_theirs_identifies_nobody(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").conversation.contact is not Contact.RIGHT_PARTY


@pytest.mark.parametrize("said", ["是我的手机", "it's my phone"])
def test_whose_phone_it_is_names_no_payment(said: str) -> None:
    assert _call(said).take("answered human", f"say {said}").node == "code"
    assert _call(said).take("answered human", "key 1", "key 1", f"say {said}").node == "payment"
