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
    rf"(?!有?人帮我|是[^,]{{1,6}}就$)(?:{_FILLER_ZH}){{0,4}}"
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
_PAID_BEFORE = re.compile("(?:上次|上回|上个?月|去年|以前)(?:(?![以之]后|到现在)[^,]){0,8}$")
_PAID = re.compile("^(?:已经|都|刚)?[转付汇交打]")
_DUE = re.compile("(?:定金|订金|首付|房租|学费|尾款)[^,]{0,8}$")
_DUE_PAID = re.compile("^(?:已经|都|刚)?[付交]")
_TO_WHOM = re.compile("给|[0-9一二两三四五六七八九十百千万几][0-9十百千万]*[万千百块元笔次]")
_GOES = re.compile("[过出]去|走")
"""定金已经付了 says so of another payment than ours. 首付已经转给他了 does not: a deposit may be what we ask about."""
_DONE_EN = re.compile(r"(?:payments?|transfers?)\b.*\bdone|i\b.*\b(?:just|done)\b")
_NOT_DONE_EN = re.compile(
    r"(?:n't|\b(?:if|when|whenever|once|after|until|till|unless|before|whether|while|need|needs|want|wants|wanted|get|getting|make|sure"
    r"|is|was|are|has|will|must|should|would|could|can|may|did|do|help|like|wish|hope|see|please|not|never|to|said|says|told))"
    r"\b[^,]*$"
)
"""Before "the payment is done": a condition, a question or a wish."""
_SINCE = re.compile("已经|钱|都|早就|刚")
"""不是，已经转走了 in one breath: the no is the answer, and the rest says why."""
_REACH = 40
"""A clause reaches this many characters to either side at most, which bounds the time for a long text."""

_CALLS_OFF = re.compile("取消|撤销|cancel")
_OTHER_ZH = (
    "会员|保障|保险|订阅|直播|代理|贷款|额度|自动|扣[费款]|(?<!手)续[费订期]|课程|套餐|免密|授权|资格|合同|协议|功能|预[约定订]"
    "|酒店|白条|借呗|花呗|航班|车次|[机车船门]票|演唱会|会议|行程|签证(?!费)|准证(?!费)|学籍|学位|低保|名额|驾照"
)
_DONE_BEFORE = re.compile("(?:另[外一]|上一)笔$")
_OURS = re.compile("[这那]个?笔|转账|转给|汇款|付款|支付|的钱|都取消|也取消")
"""What names the payment outweighs what it is for: 取消付保险的钱."""
_OTHER = re.compile(rf"^(?:[^,]{{0,6}}?)(?:{_OTHER_ZH})")
_OTHER_BEFORE = re.compile(rf"(?<!不)(?<!不要)(?:{_OTHER_ZH})(?!我?也?不[^,]{{1,2}}了)[^,]{{0,6}}$")
"""保险不买了取消 calls off what was to be paid for it."""
_FEE = re.compile("^(?:一下|掉)?(?:需?要|收|会?扣|有)*手续费(?!的)")
_FEE_BEFORE = re.compile(
    "(?<![付交转])(?<![付交转][了的])手续费(?:能不能|可不可以|能|可以?|想|要|怎么|也|都|给我|帮我)*$"
)
"""手续费能取消吗 asks for less to pay, and 取消要手续费吗 what it would cost. 取消付手续费 calls the payment off."""
_NEAR_ONES_ZH = (
    "(?<![婆公妈爸哥姐弟妹])(?<!女儿)(?<!儿子)(?<!孩子)(?<!妻子)(?<!家人)(?<!家里人)(?<![你您])(?<![你您]们)(?<!警[察方官])"
    "(?<!派出所)(?<!银行)(?<!是骗子)"
)
"""Whom family, the police or we ourselves tell to stop wishes it, too."""
_WISH_ZH = "我[要想]|请|麻烦|骗"
_OTHERS_ACT = re.compile(
    "(?:谁|为什么|干嘛|凭什么|[你您]们怎么)(?:要|把|给|会)?$"
    f"|(?:才能|才可以|才会|{_NEAR_ONES_ZH}[让叫教要]我(?:先|去|来)?|为了|用来)$"
    "|(?<!^)(?<!,)(?<!请)(?<!麻烦)客服[^,]{0,2}[帮替给](?![^,]{0,4}(?:我[要想]|请|麻烦|[吧的]))[^,]{0,4}$"
    "|(?:[他她]们?|对方|人家|(?:客服|老师|那边|平台|公司)(?![你您]?(?:[帮替给]我)$))[^,]{0,2}"
    rf"(?:[说让叫教帮替给会]|(?<!可)能|可以|告诉|通知|答应)(?![^,]{{0,4}}(?:{_WISH_ZH}|取消|[吧的]))[^,]{{0,4}}$"
    r"|\b(?:they|he|she|(?:the|an?) (?!police|bank\b)\w+|someone|somebody|customer service)"
    r"(?:'s|'re|'ve|'ll| is| are| was| were| has| have| will)?"
    r" (?:said|says?|told|tells?|help(?:s|ed|ing)|(?<!somebody )(?<!someone )help|ask\w*|want\w*|need\w*|makes?|made"
    r"|can|going)\b"
    r"(?![^,]*\b(?:i|i'd|please|so|but|scam\w*)\b)(?:[^,]*\b(?:to|me|us|can|could|will|would|they|he|she|and|it|that))?"
    r" (?:(?:just|also|first|then) )?$"
    r"|\b(?:pay|paid|send|sent|transfer)(?: (?!i\b)\w+){0,2} to $"
)
"""Another person calls something off for the callee, or the payment would: 转了才能取消. 客服帮我取消 is said to us."""
_IF_SO = re.compile("^[了掉]+(?:的话|就(?![好行可])|要(?!怎|多)|会(?!不|扣|退)|没|吗$)")
"""取消了要扣定金: what would follow."""
_OTHER_EN = re.compile(
    r" (?:(?!(?:it|everything|now|please|because|and|so|but|before|after|or|if|i|i'm|he|she|they|we|you|payments?"
    r"|transfers?|transactions?|remittance|money)\b)\w+ ){0,3}?"
    r"(?:subscription|membership|contract|insurance|policy|loan|plan|service|premium|card|account|appointment|booking"
    r"|reservation|flight|ticket|visa|passport|licen[cs]e|permit|enroll?ment)s?\b"
    r"(?! (?:payments?|transfers?|transactions?|fees?)\b)"
)
"""What is called off in English, where it is no payment."""

_NOT_ASKED = re.compile(
    "(?:能|可以?|敢|想|让|准|许|方便?|愿意?|没有?(?:什么|啥|谁|人)?|(?<!没)有(?:什么|啥))$|(?:为什么|凭什么)$"
)
"""Before 不: 能不能说 asks us, and 没什么不能说的 and 没有人不让我说 deny it."""
_NOBODY = re.compile(
    r"(?<!不是)没有?(?:人|谁)?$|\b(?:nobody|no one|never)(?: (?!(?:know|help|believe|care|understand)s?\b)\w+)? $"
)
_HERE_EN = r"(?: (?:is|and|who|here|home|there|too|also|just|only|with|me|next|beside|to))* $"
_FAMILY_EN = {
    "he": re.compile(rf"\bmy (?:husband|son|dad|father|brother){_HERE_EN}"),
    "she": re.compile(rf"\bmy (?:wife|daughter|mum|mom|mother|sister){_HERE_EN}"),
}
"""Of them is said who listens: my daughter is here and she is. In "my wife is crying he is listening" another does."""
_SURPRISE = re.compile("惊喜|surprise")
"""What is kept from a wife until her birthday."""


def denied(before: str, said: str) -> bool:
    """True if the words before deny what is said. A stammer denies nothing: 不不转了 is 不转了."""
    if said[0] in "不别":
        before = before.rstrip(said[0])
    return _DENIED.search(before[-_REACH:]) is not None


def not_yet(before: str, said: str, after: str) -> bool:
    """True if the words before deny that money has gone, or name another payment than ours."""
    near, clause = before[-_REACH:], said + after[:12].partition(",")[0]
    due = _DUE_PAID.match(said) and _DUE.search(near) and not _GOES.search(clause)
    if (due or (_PAID.match(said) and _PAID_BEFORE.search(near))) and not _TO_WHOM.search(clause):
        return True
    if _DONE_EN.match(said) and _NOT_DONE_EN.search(near):
        return True
    found = _NOT_YET.search(near)
    # An English negation ends with a space.
    return found is not None and (found.group().endswith(" ") or _SINCE.match(said) is None)


def talks_freely(before: str, said: str, after: str) -> bool:
    """True if words for not being able to talk are a question, denied, or said of a surprise or the family beside."""
    near = before[-_REACH:]
    if said[0] == "不" and "挂" not in said:
        free = _NOT_ASKED.search(near)
    else:
        who = _FAMILY_EN.get(said.replace("'", " ").partition(" ")[0])
        free = _NOBODY.search(near) or (who.search(near) if who else None)
    return free is not None or _SURPRISE.search(near + after[:_REACH]) is not None


def of_something_else(before: str, said: str, after: str) -> bool:
    """True if what is called off is not the payment, or somebody else calls it off: 客服让我取消会员."""
    verb = _CALLS_OFF.search(said)
    if verb is None:
        return False
    near, rest = before[-_REACH:], said[verb.end() :] + after[:_REACH]
    if rest.startswith("了") and (_DONE_BEFORE.search(near) or rest[1:3] == "另一"):
        return True
    if verb.group() == "cancel" and rest[:1].isascii():
        other = _OTHER_EN.match(rest)
    elif _OURS.search(near[-12:] + rest[:12]):
        other = _IF_SO.search(rest)
    else:
        other = _OTHER.search(rest) or _IF_SO.search(rest) or _OTHER_BEFORE.search(near)
        other = other or _FEE.search(rest) or _FEE_BEFORE.search(near)
    # Last, because it takes longest.
    return other is not None or _OTHERS_ACT.search(near) is not None
