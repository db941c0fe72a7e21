"""What stands around a phrase in its clause and takes its meaning away: a negation, another object, another speaker."""

from __future__ import annotations

import re

_FILLER_ZH = (
    "是|会|再|能|可以?|用|必要?|需要?|要|得|敢|许|准|想|愿意?|打算|同意|舍得|让|给|叫|帮|替|应该|该|什么|有|人|[我你您他她它]们?|客服|把|被"
    "|好|马上|现在|就|先|随便|这么|那么|真的?|说|讲|当真|觉得|太|很|特别|怎么|理由|道理|原因|办法|权利?|去|来|你们"
)
_FILLER_EN = (
    "to|want(?:ed|ing)?|wish|need|like to|have|had|going|gonna|be|being|been|it|this|that|the|my|an?|any(?:one|body)?"
    "|you|them|him|us"
    "|me|please|really|even|ever|yet|at all|say|said|ask(?:ed|ing)?|tell|told|let|try(?:ing)?|plan(?:ning)?|just|so|is"
    "|was|here|too|very|particularly|mean|intend(?:ing)?|decided?|agreed?|dare|now|simply|think|reason"
)
_DENIED = re.compile(
    r"(?:(?:(?<![要能可行会])不|(?<=要)不(?=要)|[没未别无])(?!好意思|行|对|如|然|妨)"
    rf"(?:{_FILLER_ZH}){{0,4}}"
    r"|有(?:什么|啥)[好可]"
    r"|(?:n't|\bnot|\bnever|\bcannot|\bnothing to|\bnobody is|\bno (?:need|reason|longer))"
    rf"(?: (?:{_FILLER_EN})){{0,4}} )$"
)
"""A negation before a phrase in the same clause, with nothing between them but words that carry it on: 不要取消, "I
don't want to cancel". In 不认识他取消吧 it denies something else. 要不先停着 and 能不能取消 have none."""
_NOT_YET = re.compile(
    r"(?:[不没未别要](?:有|是|能|再)*|(?:n't|\bnot|\bnever)"
    r"(?: (?:yet|already|actually|even|really|have|been|to|just|ever|think|believe))? )$"
)
"""The same before money that has gone: 还没转过去. Here 不知道 and 没办法 negate nothing."""
_PAID_ELSEWHERE = re.compile("(?:定金|订金|首付|房租|学费|尾款|上次|上回|上个?月|去年|以前)[^,]{0,8}$")
_PAID = re.compile("^(?:已经|都|刚)?[转付汇交打]")
"""定金已经付了 says so of another payment than the one we ask about."""
_SINCE = re.compile("已经|钱|都|早就|刚")
"""不是，已经转走了 in one breath: the no is the answer, and the rest says why."""
_REACH = 40
"""A clause reaches this many characters to either side at most, which bounds the time for a long text."""

_CALLS_OFF = re.compile("取消|撤销|cancel")
_OTHER_ZH = (
    "会员|保障|保险|业务|服务|订阅|直播|代理|贷款|额度|自动|扣[费款]|续[费订期]|课程|套餐|免密|授权|资格|合同|协议|功能|预[约定订]|机票|酒店"
    "|订单|另[外一]|别的|其[他它]|上一?[次笔]|那笔|前一?笔|白条|借呗|花呗|账[户号]"
)
_OTHER = re.compile(rf"^(?:[^,]{{0,6}}?)(?:{_OTHER_ZH})")
_OTHER_BEFORE = re.compile(rf"(?:{_OTHER_ZH})[^,]{{0,6}}$")
_OTHERS_ACT = re.compile(
    "(?:谁|为什么|干嘛|凭什么|[你您]们怎么)(?:要|把|给|会)?$|(?:才能|才可以|才会|[让叫教要]我(?:先|去|来)?|说是?|为了|用来)$"
    "|(?:[他她]们?|对方|人家|客服|老师|那边|平台|公司|警[察官方])[^,]{0,2}(?:[说让叫教帮替要给能会]|可以|告诉|通知|答应)[^,]{0,6}$"
    r"|\b(?:they|he|she|(?:the|an?) \w+|someone|somebody|customer service)(?:'s|'re|'ve|'ll| is| are| was| were| has"
    r"| have"
    r"| will)? (?:said|says?|told|tells?|help\w*|ask\w*|want\w*|need\w*|makes?|made|can|going)\b[^,]*$"
    r"|\b(?:pay|paid|send|sent|transfer)(?: \w+){0,2} to $"
)
"""Another person calls something off for the callee, or the payment would: 转了才能取消."""
_IF_SO = re.compile("^[了掉]+(?:的话|就|要(?!怎)|会|还|吗|没)")
"""取消了要扣定金: what would follow."""
_OBJECT_EN = re.compile(
    r"(?:(?: and| or) (?:stop|cancel))?(?:,|$| (?:it|this|that|them|everything|all|now|please|lah?|liao|ok|okay|and"
    r"|so|then|because|but|right"
    r"|immediately|at once|already|thanks?|sorry|i|i'm|he|he's|she|she's|they|they're|we|you|what|how|will|can|is|don't"
    r"|(?:(?:the|my|this|that|your) )?(?:payments?|transfers?|transactions?|remittance|money|whole thing|thing))\b)"
    r"(?! (?:subscription|membership|contract|insurance|policy|loan|order|one)\b)"
)
"""What may follow "cancel" when it means the payment: nothing, the payment, or another clause."""


_NOT_ASKED = re.compile(
    "(?:能|可以?|敢|想|让|准|许|方便?|愿意?|没有?(?:什么|啥|谁|人)?|(?<!没)有(?:什么|啥))$|(?:为什么|凭什么)$"
)
"""Before 不: 能不能说 asks us, and 没什么不能说的 and 没有人不让我说 deny it."""
_NOBODY = re.compile(r"没有?(?:人|谁)?$|\b(?:nobody|no one|never)(?: \w+)? $")
_FAMILY_EN = re.compile(
    r"\bmy (?:wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|kids|children)\b[^,]{0,25}$"
)
_SURPRISE = re.compile("惊喜|surprise")
"""What is kept from a wife until her birthday."""


def denied(before: str, said: str) -> bool:
    """True if the words before deny what is said. A stammer denies nothing: 不不转了 is 不转了."""
    if said[0] in "不别":
        before = before.rstrip(said[0])
    return _DENIED.search(before[-_REACH:]) is not None


def not_yet(before: str, said: str) -> bool:
    """True if the words before deny that money has gone, or name another payment than ours."""
    if _PAID.match(said) and _PAID_ELSEWHERE.search(before[-_REACH:]):
        return True
    chinese = _SINCE.match(said) is not None
    found = _NOT_YET.search(before[-_REACH:])
    return found is not None and not (chinese and not found.group().endswith(" "))


def talks_freely(before: str, said: str, after: str) -> bool:
    """True if words for not being able to talk are a question, denied, or said of a surprise or the family beside."""
    near = before[-_REACH:]
    if said[0] == "不" and "挂" not in said:
        free = _NOT_ASKED.search(near)
    else:
        free = _NOBODY.search(near) or (_FAMILY_EN.search(near) if said[:2] in ("he", "sh") else None)
    return free is not None or _SURPRISE.search(near + after[:_REACH]) is not None


def of_something_else(before: str, said: str, after: str) -> bool:
    """True if what is called off is not the payment, or somebody else calls it off: 客服让我取消会员."""
    verb = _CALLS_OFF.search(said)
    if verb is None:
        return False
    near, rest = before[-_REACH:], said[verb.end() :] + after[:_REACH]
    if _OTHERS_ACT.search(near):
        return True
    if verb.group() == "cancel" and rest[:1].isascii():
        return said.endswith("cancel") and _OBJECT_EN.match(rest) is None
    return any(one.search(text) for one, text in ((_OTHER, rest), (_OTHER_BEFORE, near), (_IF_SO, rest)))
