"""A wish to stop with a threat behind it is no decision, and a cry for help brings a person."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, Call, misheard
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nlu.threats import threatened
from wakeup.ivr.turn import Speech

DECIDED = (
    "可以不转吗|不转了，但是谢谢你|不转了，不过我想问一下|不转了，怎么取消|I want to cancel but I don't know how|cancel it but thanks|"
    "不转了|那我不转了，谢谢|不转了，我去报警|我不转了，我要报警抓他们|不转了，他们是骗子|不转了，警察说是骗子|不转了，让他们来抓我吧|不转了，不怕他们抓我|不转了，我要去告他们|不转了，我怕被骗"
    "|不转了，我会告诉我老婆|算了，不转了，我去找警察|取消吧，我不怕|取消转帐|停止转帐|我不转了，他们爱抓就抓|不转了，他们是骗子，要抓他们|不转了，警察会抓他们的|好的好的不转了不转了"
    "|不转了，我女儿说是骗子|不转了，我自己去派出所问|不转了，请警察去抓他们|取消，谢谢你|别转了，他骗我的|不转了，可以吗|不转了行不行|我不转了，他们要是再来电话我就报警|不转了，老公说得对"
    "|I won't send it|I won't send it, thank you|I won't send it, I'm going to the police"
    "|I won't pay, I'll report them|cancel it, the police will arrest them"
    "|cancel it, they are going to steal my money|I won't send it, it's a scam"
    "|I won't send it, the bank will block it|please cancel it, they said they are from the bank"
    "|cancel it, he lied to me|cancel it, I don't want to lose my house|I won't pay, let them arrest me"
    "|if I don't pay they will arrest me, but please cancel it"
    "|I won't send it, I don't care if they're angry|cancel it, they will take my money"
    "|I won't pay them, I told my son|please stop the payment, I'm calling the police"
)
THREATENED = (
    "我不想转可是没办法|不想转了又怕|我不想转，但是警察要我转|不想转，可是不转不行|不转了本金就没了|取消了就违约了|取消要赔钱|取消会影响征信|取消不了|算了吧没用|"
    "I don't want to pay but I have no choice|I don't want to send it but the police say I must|"
    "cancel it and I lose my deposit|"
    "不转了他们就抓我怎么办|不转了，他们就抓我|不转他们说要抓我|不转了警察就来抓我|我不转了，警察会抓我吗|不转了会被抓吗|不转了账户就被冻结了|不转了我的账户会冻结|不转了卡就封了|不转了他们会害我家人"
    "|不转了他们就去我家闹|不转了我儿子有危险|不转了孩子就没命了|不转了我的工作就没了|不转了公司要开除我|不转了他们把照片发出去怎么办|不转了他就把视频发给我朋友|不转了照片就发出去了|不转了会怎么样"
    "|不转了要坐牢的|不转了会不会犯法|取消会不会坐牢|取消了他们会害我家人|取消的话他们就抓我|要是取消他们就起诉我|如果不转了怎么办|不付了他就杀了我|不付了他们告诉我老婆|不转了他们逼我"
    "|不转了会影响征信吗会被起诉|别转了他们就撕票|不转了，法院要起诉我|算了，他们会抓我的|不转了就拘留我|我先不转他们会不会来找我|等等他们要抓我|不赚了他们就抓我|不转帐了他们就抓我"
    "|I won't send it, they'll arrest me|I won't send it, will they arrest me"
    "|I won't pay but they'll arrest me|I won't send it they'll freeze my account"
    "|I won't pay, they will post my photos|I won't pay, I'll be arrested"
    "|I won't pay, my account will be frozen|I won't send it, what will happen to me"
    "|I won't pay, I'll go to jail|cancel it they will kill me|I won't go ahead they will arrest me"
    "|I won't pay, he'll hurt my family|I won't pay, he says he'll tell my wife"
    "|I won't pay, I'll lose my job|I don't want to pay, they said they'd come to my house"
    "|cancel it and they will sue me|if I cancel they'll arrest me"
    "|I won't pay, the police are coming to arrest me|I won't send it, my boss will fire me"
    "|don't send it, they will leak my pictures|wait, they will arrest me|I won't pay or else they come"
    "|unless I cancel they will sue"
)


def test_an_honest_wish_to_stop_cancels_whoever_is_named_beside_it() -> None:
    wrong = {said: heard for said in DECIDED.split("|") if (heard := understand(said)) is not Meaning.CANCEL}
    assert not wrong


def test_a_wish_to_stop_with_a_threat_behind_it_is_no_decision() -> None:
    wrong = {
        said: heard for said in THREATENED.split("|") if (heard := understand(said)) in {Meaning.CANCEL, Meaning.KEEP}
    }
    assert not wrong


@pytest.mark.parametrize("said", ["不转了，他们会抓我", "I won't send it, they'll arrest me", "先停着他们就抓我"])
def test_a_threatened_customer_who_wants_to_pay_is_no_dissuaded_customer(said: str) -> None:
    """It ended the call with "will not go out" and "thank you": no colleague and no guardian was told."""
    language = "en" if said.isascii() else "zh-CN"
    risky = ("key 1", "key 1", "key 1", "key 3", "key 1")
    call = Call(language, published=LIBRARY.latest("police_imp")).to_question().take(*risky, f"say {said}")
    assert call.node == "insist" and not call.findings.finished, "asked again"
    assert call.take(f"say {said}").findings.outcome is Outcome.CONTRADICTED


@pytest.mark.parametrize("after", [",我会告诉我老婆", ",他们爱抓就抓", ",让他们来抓我吧", ", they will arrest them"])
def test_what_is_dared_or_meant_for_the_others_is_no_threat(after: str) -> None:
    assert not threatened(after)


HELP = (
    "我有危险|他有刀|I'm in danger|he has a knife|someone is at my door|send the police|"
    "救救我|帮帮我|快帮帮我|怎么办啊|我该怎么办|那怎么办|不知道怎么办|我害怕|我好害怕|我怕|我儿子被绑架了|他们要杀我|我女儿在他们手上|我被威胁了"
    "|他们逼我转的|被逼的|我手机被控制了|有人远程我电脑|我要挂失|帮我报警|叫救护车|help|help me|please help me|I need help"
    "|what should I do|what do I do now|I don't know what to do|I'm scared|I'm so scared lah|they kidnapped my son"
    "|they have my daughter|they will kill me|I'm being forced|they are forcing me|freeze my account"
    "|someone is controlling my screen|call the police"
)
NO_HELP = (
    "没有危险|我没有刀|我妈要开刀|is she in danger|"
    "没被逼|不是被逼的|我没有被威胁|没人逼我|他们不会杀我|钱在他们手上|没有绑架|不害怕|我不怕|怎么办手续|手机没有被控制|I'm not being forced"
    "|I was not forced|nobody is forcing me|I'm not scared|they help me|he'll help me|help me cancel it"
    "|they'll freeze my account|I need help with the loan"
)


def test_a_cry_for_help_brings_a_person() -> None:
    """It was answered with "I did not understand" until the call gave up."""
    assert not misheard(HELP, Meaning.AGENT)


def test_what_is_denied_or_told_of_others_is_no_cry_for_help() -> None:
    wrong = {said: heard for said in NO_HELP.split("|") if (heard := understand(said)) is Meaning.AGENT}
    assert not wrong


DESPAIR = (
    "我受不了了|我崩溃了|我快疯了|我对不起孩子|不如一死|我活着真累|让我死|I can't take it|I can't do this any more|I hate my life"
    "|I want to disappear|I don't see a way out|I'm so tired of life|let me die"
)
NO_DESPAIR = "我受不了你们|系统崩溃了|手机疯了|对不起|对不起我没听清|I can't take it with me|I can't take this call"
GONE = "钱都被骗光了|骗光了|能追回来吗|我转了一半|I lost everything|they took everything|I sent half|can I get it back"
NOT_GONE = "没有被骗走|说能追回来|他们能帮我追回来|they say I can get it back"


def test_despair_in_other_words_is_heard() -> None:
    wrong = {said: heard for said in DESPAIR.split("|") if (heard := understand(said)) is not Meaning.DISTRESS}
    assert not wrong


def test_annoyance_is_no_despair() -> None:
    wrong = {said: heard for said in NO_DESPAIR.split("|") if (heard := understand(said)) is Meaning.DISTRESS}
    assert not wrong


def test_money_that_has_gone_in_other_words_is_heard() -> None:
    wrong = {said: heard for said in GONE.split("|") if (heard := understand(said)) is not Meaning.ALREADY_PAID}
    assert not wrong


def test_what_a_recovery_scam_promises_has_not_gone() -> None:
    wrong = {said: heard for said in NOT_GONE.split("|") if (heard := understand(said)) is Meaning.ALREADY_PAID}
    assert not wrong


WATCHED = (
    "旁边有人|有人在我旁边|有人看着我|他们在看着我|有人在听|别让他听见|他们不让我挂电话|我不能挂|我在跟警察通话|someone is listening|he is watching me"
    "|they're listening|someone is with me|I'm not alone|I can't say|they won't let me hang up|don't let them hear"
    "|I'm on the phone with the police"
)
NOT_WATCHED = (
    "没有人在旁边|没有人看着我|没有人在听|我先生在旁边|我跟警察打过电话|没跟警察通过话|没有不让我挂|可以挂了吗|nobody's with me|no one is watching me"
    "|I'm not on the phone with the police|why don't you let me talk"
)


def test_a_customer_who_is_listened_to_is_followed_up_another_way() -> None:
    assert not misheard(WATCHED, Meaning.CANNOT_TALK)


def test_an_answer_that_nobody_listens_is_not_taken_for_the_opposite() -> None:
    wrong = {
        (said, asked): heard
        for said in NOT_WATCHED.split("|")
        for asked in (False, True)
        if (heard := understand(said, asked=asked)) is Meaning.CANNOT_TALK
    }
    assert not wrong


FEARS = (
    "他被骗了|他肯定上当了|我怕他被骗|我觉得是诈骗|他说不转就要被抓|我该怎么办|他被人威胁了|取消他们会害他|他说警察要抓他|他会不会有危险|老人家糊涂"
    "|她一直在打电话|她不接我电话|救救她|he's being scammed|I think she's been scammed|it's a scam|what should I do"
    "|she's in danger|they'll arrest him|he won't listen|she's not answering|help her|please stop him"
)
NO_FEAR_BUT = "转人工，他被骗了|I want to talk to a person, he's being scammed"
NO_FEAR = "你们是骗子吧|他没被骗|不是骗子|没问题|放心|他在我旁边|are you a scammer|he is not being scammed|it's not a scam|she's fine"


def guardian_says(said: str) -> Call:
    call = Call("en" if said.isascii() else "zh-CN", published=LIBRARY.latest("guardian_call"))
    return call.take("answered human", "key 1", f"say {said}")


def test_a_guardian_who_fears_for_the_customer_is_worried() -> None:
    """他被骗了 asked for a person and recorded no worry: no payment was held for it."""
    wrong = [one for one in FEARS.split("|") if "guardian_worried" not in guardian_says(one).conversation.flags]
    assert not wrong


@pytest.mark.parametrize("said", NO_FEAR_BUT.split("|"))
def test_a_guardian_who_asks_for_a_person_gets_one(said: str) -> None:
    assert guardian_says(said).findings.outcome is Outcome.AGENT_REQUESTED


def test_a_guardians_fear_that_was_heard_badly_is_asked_again() -> None:
    call = Call(published=LIBRARY.latest("guardian_call")).take("answered human", "key 1")
    assert call.take(Speech("他被骗了", confidence=0.2)).node == "choice"


def test_a_guardian_who_fears_nothing_is_asked_again() -> None:
    wrong = {said: node for said in NO_FEAR.split("|") if (node := guardian_says(said).node) != "choice"}
    assert not wrong
