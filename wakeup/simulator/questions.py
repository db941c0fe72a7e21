"""How a callee understands a yes-or-no question about the payment: what it is about, and whether yes means danger.

Most questions ask for a mark of a scam. `_SAFE` matches those that ask for the opposite, `_RISK` the exceptions to it.
The patterns follow the shipped questions; a test compares them with the scripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A yes-or-no question about the payment. `topic` is origin, control or test; polarity says what yes means."""

    topic: str
    yes_is_risk: bool


_QUESTION = re.compile(r"[^。！？.!?]*[？?]")

_CONTROL = re.compile(
    r"教(过)?您|看着您|跟家里?人|跟银行提|银行问起|保密|瞒着|别告诉|挂电话|telling you what"
    r"|told (you )?what to (do|say)|tell you what|from (your )?family|from the bank|secret|guiding"
    r"|watching your screen|share your screen|屏幕共享",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"只在|从没见过|没当面|有没有人|是不是有|群聊|网上的群|only online|never (met|in person)|by phone or online"
    r"|talk you out",
    re.IGNORECASE,
)
_SAFE = re.compile(
    r"您先(找|联系|想到)|当面(打过|认识|见过|找到|告诉您)|面对面|查到|查过|看到(这笔|取消)?|您看得到|看过这|确认过|到过账"
    r"|提出(来)?[？?]|自己先提出|申请退款|告诉过|核实吗|核对过|证实过|问过|听说过|能看到|确认的吗|来得及|可以等您|明天再付"
    r"|早就打算|半年前|说过(这笔|这个)|聊过|办完吗|就是您投保|没人给您压力|肯(陪|用|从)|自己从|自己上门|自己的主意|里找的吗"
    r"|亲自去过|自己去过|买到过|见面谈|生活里见过|一样吗|取回来|拿回全部|回到银行账户|您主动打"
    r"|were you the one|face to face|in person|real life|found this|find the payee|have you called"
    r"|call(ed)? (it|the)? ?.*confirm|confirmed their|can you (see|withdraw|claim|take out)"
    r"|check(ed your| this account)"
    r"|successfully|told someone|told you this account|dealt with|(?<!contact the company )yourself|come from you"
    r"|own (idea|record|order|visit|, on)|on your own|wait until|paid tomorrow|already (in touch|brought)|old number"
    r"|same (company|account)|in the name of the company|nobody were pressing|sign a receipt|out of the loan"
    r"|did you know of|know about this fee|before this request|delivered something|for a refund|inside the office"
    r"|a video call that you started|back in your bank|knows investing",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"认识|先找|找上|联系您|介绍|get to know|got to know|contacted|begin with|introduce",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def question_of(heard: str) -> Question | None:
    """Return the last question in what was heard, or None."""
    questions = _QUESTION.findall(heard)
    if not questions:
        return None
    text = questions[-1]
    topic = "control" if _CONTROL.search(text) else "origin" if _ORIGIN.search(text) else "test"
    if topic == "control" and re.search(r"告诉过|told someone", text):
        topic = "test"
    risk = topic == "control" or _RISK.search(text) is not None or _SAFE.search(text) is None
    return Question(topic=topic, yes_is_risk=risk)
