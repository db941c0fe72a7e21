"""The verb of a question as its answer: 说过, 没见过. It reassures only where the question asks that very thing.

没见过 is no answer to "did you get to know them online?": it says something else, and what it says warns. In English a
yes or no is a plain word (`yes_no_en`).
"""

from __future__ import annotations

import re

WHO_ZH = "(?:我们?|他们?|她们?|对方|人家|也|都|真|还|一直|以前|之前|早就|确实|暂时|目前|现在|那?倒)*"
_DID_ZH = (
    "说|讲|问|劝|看|去|来|换|交代|查|装|答应|叮嘱|变|核对|确认|收到|教|取回来|加|接|聊|让|见|当面见|打|打听|联系"
    "|听说|给|碰|遇|找|谈|提|要求|催|签|做|办|合作|登记|验证|拦|等"
)
_BEEN_ZH = "转|付|汇|借|投|用|试|请|取|买|开|退|赚|拿|认识"
"""Of these verbs only the form with 过 is a plain answer: 没用 and 没转 say something else."""
ECHO_YES_ZH = WHO_ZH + (
    f"(?:(?:{_DID_ZH}|{_BEEN_ZH})(?:(?:过|到过|成过|上过|见过)了?|到了)|见过(?:面|真人|本人)|会|会答应|肯|要|敢|需要|认识|打算|能找到|找得到"
    "|记得|知道|早就知道|看得到|看得见|来得及|打得通|有关系|在催|有关|听过"
    "|有人(?:在)?(?:教|叫|让|劝|催|说|告诉)过?我?|回来了|变了|换了|打过交道)"
)
_FIRM_NO_ZH = "[我也都]?(?:肯定|绝对|完全|真的|根本)(?:不是|没有)"
ECHO_NO_ZH = (
    f"{_FIRM_NO_ZH}|{WHO_ZH}(?:(?:从来|从|并)?(?:没|没有|未)(?:人在?)?(?:(?:{_DID_ZH})(?:过|到|到过|成过|见|见过|上过)?|(?:{_BEEN_ZH})(?:过|成过"
    f"|到过))"
    "|没有?|(?:从来)?没见过(?:面|真人|本人)?|不可能|没有?人?(?:教|叫|让|劝|催|告诉|找|等|拦)过?我|没听过|没有?人|没打过交道|没回来"
    "|不(?:会|会答应|肯|敢|需要|认识|打算|能找到)|找不到|看不到|看不见|来不及|打不通)"
)

_OFFERED_ZH = re.compile("([^。，？]+)，请按")
_POLITE_ZH = re.compile("[你您]请?说吧?|[你您]?请[说讲]")
_VERBS_ZH = f"[看来打找][得不][到见及通]|找到|有关系?|会|肯(?!定)|要|敢|需要|打算|知道|叫|告诉|{_DID_ZH}|{_BEEN_ZH}"
_VERB_ZH = re.compile("|".join(sorted(_VERBS_ZH.split("|"), key=len, reverse=True)))
_ASKED_ZH = re.compile(f"(?:有人|有没有人?)(?:跟您|对您|先|正|在)?({_VERB_ZH.pattern})|(?<!只)能当?面?(找到)|(有关)吗")
"""Verbs that the question asks about though its offers say 有 and 能."""
_DONE_ZH = re.compile(
    f"(?:{_VERB_ZH.pattern})(?:到|成|回来)?(?:过(?!面?的人)|了(?=吗)|(?<=换)给您)|您(?:自己|早就)*打(?:算|(?!开))"
)
"""What the question asks about in its own words: 您打过, 换了吗. Not in 见过面的人, nor where it asks for 只 that."""
_OTHERWISE_ZH = str.maketrans("不见", "得到")
"""看不见 asks and answers like 看得到."""
_SAME_ZH = (
    *(("听说过", "知道"), ("听过", "知道"), ("打过交道", "打过见过"), ("叮嘱", "说"), ("交代", "说")),
    *(("找得到", "找到"), ("当面", "")),
)
"""What is said and asked in either words."""
_DRAWS_ZH = re.compile("提[现走]")
"""Who does not ask about money that is drawn asks with 提 whether it was said."""
_NOT_ME_ZH = re.compile("不[是系]我")
"""不会 says that they cannot do it where nobody asks whether anything will be, and 不是我 who did not begin it."""
_BEFORE_ZH = re.compile("以前|之前|早就|半年前")
_NOW_ZH = re.compile("现在|目前|暂时")
_NEVER_ZH = re.compile("(?:我们?|真|也|都)*(?:以前|之前|早就)[^过]*没有?[^过]*")
_NOT_THEM_ZH = re.compile("官方客服|除了对方|登记您")
_HE_ZH = re.compile("[他她](?!们)")
_PLACE_ZH = re.compile("的地方，")
_TELLS_ZH = frozenset("教叫让劝催说要") | {"告诉"}
_ANYONE_ZH = re.compile("有人|有没有|别人|哪位")
_ANY_YOU_KNOW_ZH = re.compile("(?<!只)有您(?!的)|您身边")
"""Asks for anyone whom they met: 没有人 answers it, but 有人 does not say who."""
_SOMEBODY_ZH = re.compile("(?<!没)有人")
_NOBODY_ZH = re.compile("没有?人")
_THEY_SAY_ZH = re.compile("[他她]|对方|人家|有人")
_I_SAY_ZH = re.compile("(?<![教叫让劝催说诉过])我|^都没")
_YOU_ZH = re.compile("(?<![跟给替劝教带找请对和])您(?!(?:自己)?(?:找到|熟悉|身边|损失|认识)|[的们])")
"""Not in 跟您说过, where others speak, nor in 您熟悉的那位经办人, who is asked about."""
_MAKE_YOU_ZH = re.compile("[要让叫]您[^，]*")
_THEY_ZH = re.compile("对方|有人|有没有|别人|卖家")
_FACE_ZH = re.compile("当面打过|面对面")
_CLAUSE = re.compile("[，。]")


def strays_zh(words: str, prompt: str, *, plain: bool) -> bool:
    """True if the words, be they a plain yes or no, say what the prompt does not ask, or of another person."""
    question = prompt.partition("，请按")[0].replace("问题", "")
    if plain:
        return _NOT_ME_ZH.search(words) is not None or ("不会" in words and "会" not in prompt)
    if _not_of_then(words, question) or _not_of_whom(words, question):
        return True
    if not _DRAWS_ZH.search(question):
        words, prompt, question = (one.replace("提", "说") for one in (words, prompt, question))
    said, question = _in_one_word(_POLITE_ZH.sub("", words)), _in_one_word(question)
    verbs = _verbs_zh(said)
    asked = _verbs_zh(_in_one_word("，".join(_OFFERED_ZH.findall(prompt)).replace("不用", "")))
    asked |= _verbs_zh("".join("".join(one) for one in _ASKED_ZH.findall(question)))
    asked |= _verbs_zh("".join("".join(_DONE_ZH.findall(one)) for one in _CLAUSE.split(question) if "只" not in one))
    if _FACE_ZH.search(question):
        asked |= _verbs_zh("见")
    if _NOBODY_ZH.search(said):
        told = _TELLS_ZH if _verbs_zh(question) & _TELLS_ZH else frozenset()
        anyone = _ANYONE_ZH.search(question) or _ANY_YOU_KNOW_ZH.search(question)
        they = verbs and _THEY_ZH.search(question)
        return not (anyone or they) or not verbs <= asked | told
    return not verbs <= asked or any(_disagrees_zh(said, question, verb) for verb in verbs)


def of_others_zh(words: str) -> bool:
    """True if the words say what others did."""
    return _THEY_SAY_ZH.search(words) is not None


def _not_of_then(words: str, question: str) -> bool:
    """True if the words speak of another time than the question: 以前没有 to "is it new?", 现在知道 to "before?"."""
    before = _BEFORE_ZH.search(question) is not None
    return (
        "还没" in words
        or (before and _NOW_ZH.search(words) is not None)
        or (not before and _NEVER_ZH.fullmatch(words) is not None)
    )


def _not_of_whom(words: str, question: str) -> bool:
    """True for 有人说过 where a certain person is asked about, 对方 where others are, and 他 where a place is."""
    if _SOMEBODY_ZH.search(words) and _ANYONE_ZH.search(question) is None:
        return True
    if "对方" in words and _NOT_THEM_ZH.search(question):
        return True
    if _NOBODY_ZH.search(words) and "单独" in question and not _verbs_zh(words):
        return True
    return _HE_ZH.search(words) is not None and _PLACE_ZH.search(question) is not None


def _in_one_word(words: str) -> str:
    for one, other in _SAME_ZH:
        words = words.replace(one, other)
    return words


def _verbs_zh(words: str) -> set[str]:
    return {verb.translate(_OTHERWISE_ZH) for verb in _VERB_ZH.findall(words)}


def _disagrees_zh(said: str, question: str, verb: str) -> bool:
    """True if the answer says of others what was asked of the callee (您当面见过吗), or the other way round."""
    they, i = _THEY_SAY_ZH.search(said), _I_SAY_ZH.search(said)
    found = next((one for one in _VERB_ZH.finditer(question) if one.group().translate(_OTHERWISE_ZH) == verb), None)
    if found is None or not (they or i):
        return False
    *earlier, near = _CLAUSE.split(question[: found.start()])
    for clause in (near, *(_MAKE_YOU_ZH.sub("", one) for one in reversed(earlier))):
        if _YOU_ZH.search(clause):
            return they is not None
        if _THEY_ZH.search(clause):
            break
    return i is not None and not (said.startswith("我们") and "跟您" in near)
