"""Who asks who we are and cries for help in one breath has cried for help; who is watched or coached cannot talk."""

from __future__ import annotations

from tests.ivr.stage import Call, misheard
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

HELP = (
    "你是哪位啊我被骗了|什么事我好害怕|打错了吧救救我|他不在他们要杀我|你是谁他们威胁我|他们说我犯了什么事要抓我|我被锁在屋里了|他们把我带到一个宾馆|他们不让我出门|快报警"
    "|我女儿被绑架了|他们就在我家门口|他们把门锁了|要我的命啊|被骗子骗了|我上当受骗了|他敲诈我|对方有我的照片|我不知道该怎么办了|what is this about I've been scammed|who is this please help me they are outside"
    "|wrong number send help|they took me to a hotel|he threatened me|they have pictures of me|I'm so scared of them"
    "|I need the police"
)
WATCHED = (
    "你是谁旁边有个人|哪位我说话不方便|什么事他们不让我挂|有一个人在我旁边|他们在旁边|他在旁边守着我|他们能看到我手机屏幕|我另一个电话通着|他们让我别挂|他教我怎么回答|他们让我这么说的"
    "|照他们说的讲|警察叫我保密|我在做笔录|我一直开着共享|对方让我骗你们|叫我千万别告诉家里人|让我不要跟任何人说|要保密不能跟人讲|我在跟李警官视频|who is this they are listening"
    "|there's a man here|someone is in the room|they can hear us|I'm on a video call with the officer"
    "|they told me not to tell my family|he told me what to say|she wants me to lie|I have to stay on the line"
)
NEITHER = (
    "你是哪位|什么事|没有人教我怎么说|没人让我骗你们|我老婆在旁边玩手机|他在旁边睡觉|我没在跟警察视频|没有人在旁边|我不要报警|我同事有照片|视频看到他本人"
    "|nobody told me what to say|no one is on the line|I don't have to stay on the line|he is in the shop|can you help me understand"
)
AFRAID_TO_PRESS = (
    "不方便按，有人看着|我现在手不方便，他在旁边|人多不方便按|他在旁边，我不方便按|他在旁边，我手不方便|现在在外面手不方便|不方便按，等我出去|不敢按|不能按，手机在他手里|他们说我不能按"
    "|他不让我按|不许我按|按不了有人看着|我按不了他在旁边|手机在他手里不方便按"
)
UNABLE_TO_PRESS = "开车不方便按|我在开车，不方便按|手机不在手里不方便按|不能按揭|不能按时付|我不能按他们说的做|能不能按1|手不方便|我手不方便按|不方便按键|我现在不方便按|不方便按按钮啊"


def test_a_cry_for_help_stands_before_a_question() -> None:
    """Who asked "who is this?" beside it went to the words for call assistants."""
    assert not misheard(HELP, Meaning.AGENT)
    calls = {said: in_their_language(said).take("answered human", f"say {said}") for said in HELP.split("|")}
    assert not [said for said, call in calls.items() if call.findings.outcome is not Outcome.AGENT_REQUESTED]


def test_who_is_watched_or_told_what_to_say_cannot_talk() -> None:
    wrong = {said: heard for said in WATCHED.split("|") if (heard := understand(said)) is not Meaning.CANNOT_TALK}
    assert not wrong
    calls = {said: in_their_language(said).to_question().take(f"say {said}") for said in WATCHED.split("|")}
    assert not [said for said, call in calls.items() if not call.findings.cannot_talk]


def in_their_language(said: str) -> Call:
    return Call("en" if said.isascii() else "zh-CN")


def test_the_same_words_denied_or_of_others_are_neither() -> None:
    wrong = {
        said: heard
        for said in NEITHER.split("|")
        if (heard := understand(said)) in {Meaning.AGENT, Meaning.CANNOT_TALK}
    }
    assert not wrong


def test_why_a_key_cannot_be_pressed_is_heard() -> None:
    """手不方便 and 不方便按键 alone say no more than that; with words beside them they had said nothing at all."""
    assert not misheard(AFRAID_TO_PRESS, Meaning.CANNOT_TALK)


def test_a_key_that_cannot_be_pressed_is_no_fear() -> None:
    wrong = [said for said in UNABLE_TO_PRESS.split("|") if understand(said) is Meaning.CANNOT_TALK]
    assert not wrong
