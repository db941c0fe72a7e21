"""Sentences a callee may hear and sentences the service must not say: it may name a secret, but not ask for it."""

from __future__ import annotations

import pytest

from wakeup.workshop.lint.forbidden_requests import fault_of

FINE = {
    "en": [
        "Were you asked to install something new to get this done?",
        "Have they asked you to share your screen while you arrange this?",
        "Has anyone told you to download a program?",
        "If your screen is shared, please stop sharing it first.",
        "If your screen was shared, do not use that phone for banking today.",
        "Please end the other call, close screen sharing, and make no further payment.",
        "Leave the program they had you install closed.",
        "Open your banking app yourself and cancel this payment.",
        "It shows a four-digit check code.",
        "I read it, you compare it, and you need not tell me anything: zero.",
        "If they differ, or you see no code, press 2.",
        "Call the number on your bank card.",
        "Thank you for telling me straight away.",
        "Say that you want to phone the teacher first.",
        "Never give a password to anybody.",
    ],
    "zh-CN": [
        "为了办这件事，有人让您装过新的软件吗？",
        "办理的时候，对方让您打开过屏幕共享吗？",
        "请先停止付款，再把共享的屏幕断开。",
        "请先关掉屏幕共享。",
        "对方让装的软件，先别再打开。",
        "要是共享过屏幕，那部手机今天先别用来付款。",
        "这一笔付了，对方多半会说卡号错了一位，还差最后一笔。",
        "我来念，您来对，不用告诉我：四。",
        "请自己打开手机银行，取消这笔转账。",
        "请您挂断，打银行卡背面的号码。",
        "谢谢您告诉我这些。",
        "请您打个电话告诉老师本人。",
    ],
}
FORBIDDEN = {
    "en": [
        "Please tell me the code you were sent.",
        "Tell us your password.",
        "Could you read the code to me?",
        "What is your card number?",
        "May I have your date of birth?",
        "Have they asked you for a code, and what is your PIN?",
        "Please install our app.",
        "Stop that call, then install our app.",
        "Open the link we have sent you.",
        "Click on this link to cancel.",
        "Type the four digits now.",
        "Please share your screen with our colleague.",
        "A one-time password will reach you.",
        "Move it to a safe account.",
        "Have your passport number ready.",
        "Send your verification code to us.",
        "Confirm your card number with the keys.",
    ],
    "zh-CN": [
        "请告诉我您收到的验证码。",
        "请输入密码。",
        "您的卡号是多少？",
        "麻烦报一下身份证。",
        "请先下载我们的应用。",
        "对方让您装了软件，请再安装我们的软件。",
        "请点击链接取消。",
        "请打开别人发来的链接。",
        "请共享屏幕。",
        "验证码已经发到您的手机。",
        "请把钱转到安全账户。",
        "请您把核对码念给我。",
        "我们需要您的指纹。",
        "为了核实，请提供证件照片。",
    ],
}


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in FINE.items() for text in texts])
def test_these_sentences_may_be_said(language: str, sentence: str) -> None:
    assert fault_of(sentence, language) == ""


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in FORBIDDEN.items() for text in texts])
def test_these_sentences_may_not_be_said(language: str, sentence: str) -> None:
    assert fault_of(sentence, language)
