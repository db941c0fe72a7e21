"""A plain yes or no: a closed set of answers that say nothing else. An answer that only begins like one is neither."""

from __future__ import annotations

import re
from itertools import pairwise

from wakeup.ivr.nlu.echoes_zh import ECHO_NO_ZH, ECHO_YES_ZH, WHO_ZH, of_others_zh, strays_zh
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.yes_no_en import (
    ASSENT_EN,
    COMPARED_EN,
    DISSENT_EN,
    ME_EN,
    MINE_EN,
    NO_AT_A_MENU_EN,
    NO_EN,
    POLITE_EN,
    warning_en,
)

_FILLERS = re.compile(
    r"^(嗯+|呃+|啊+|哦+|喔+|噢+|诶+|欸+|那个|这个|那|我想想|喂+|(um+|uh+|er+|well|oh|hmm+|so)\b)[\s,]*"
)
_LONGEST_ZH, _LONGEST_EN = 16, 60
"""Maximum characters of a plain answer. A longer one may mean anything."""
_HUM = re.compile(r"(?:嗯[\s,]*+)++|(?:uh huh[\s,]*+)++")
"""What a listener says to show that they are listening."""
_TAIL_ZH = (
    r"[的啊呀哦喔噢哈嘛呢啦咯喽嘞咧滴]*(?: ?(?:lah|la|lor|leh))?"
    r"(?:[\s,]*(?:谢谢[你您]?|[你您]请?说吧?|[你您]?请(?:说|讲)|怎么了))?"
)

_ASSENT_ZH = (
    "是|就是|对|对头|要得|系|有|好|行|好吧|行吧|可以吧|是这样|嗯|没错|不错|当然|当然[是有对]|确实|确实[是有]|正是"
    "|能|可以|愿意|我愿意|方便|同意|我同意"
)
"""A yes that names nothing of what was asked. Listeners say it, too, before anything was asked."""
_ME_ZH = (
    "我是|我就是|就是我|是我|系我|是我自己|我自己|本人|我本人|是本人|是我本人|我是本人|我就是本人|我的|是我的"
    "|我就?是机主|机主是我"
)
"""Says who is speaking. People say it to any caller, before anything was asked."""
_MINE_ZH = (
    "这?是我的(?:手机|号码|电话)|(?:是?我自己|是我)(?:本人)?(?:操作|转|办|付|弄)"
    "|是?(?:我(?:自己|本人)?|自己)刚?才?(?:操作|转|办|付|弄|汇)(?=的)"
)
_COMPARED_ZH = "一样|两边一样|是一样|一致|两边一致|是一致|对得上|两边对得上"
_SAME_ZH = f"{_ASSENT_ZH}|{_COMPARED_ZH}"
_YES_ZH = f"{_SAME_ZH}|{_ME_ZH}|{_MINE_ZH}"
_UNABLE_ZH, _UNNEEDED_ZH, _AFRAID_ZH = "不能|不可以|不行", "不想|不要|不用了?|不了|不必了?|不需要了?|不愿意", "不敢"
"""Refusals: what the callee may not, need not or dare not do."""
_DISSENT_ZH = (
    f"不|没|没有|没有过|没得|莫得|不是|不系|都不是|并不是|不对|不会|否|{_UNABLE_ZH}|{_UNNEEDED_ZH}"
    "|我不|我没|我没有|都没有?|从来没有?|从没|从没有|并没有|并不|当然不|当然不是|当然没有?"
    "|没有?这(?:回|种|个)事|没有的事|哪有(?:这回事|的事)?"
)
"""A no that names nothing of what was asked."""
_NO_ZH = f"{_DISSENT_ZH}|不一样|两边不一样|两边不同|我不是|不是我|不系我|[他她]没有?"


def _whole(chinese: str, english: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:{chinese}){_TAIL_ZH}[\s,]*){{1,8}}|(?:(?:{english}){POLITE_EN}[啊呀啦的吧]*(?:[\s,]+|$)){{1,6}}"
    )


_REFUSED_ZH = "[不别](?:用|要)?(?:告诉|通知|麻烦|打扰)(?:[他她]们?|家里?人|别人)?|不一致|不同"
"""At a menu only: in answer to a question, 别告诉家里人 may be what the callee was told to do."""
_BARE = _whole(f"{_ASSENT_ZH}|{_ME_ZH}|{_DISSENT_ZH}", f"{ASSENT_EN}|{ME_EN}|{DISSENT_EN}")
_SAME_EN = f"{ASSENT_EN}|{COMPARED_EN}"
_YES = _whole(_YES_ZH, f"{_SAME_EN}|{ME_EN}|{MINE_EN}")
_NO = _whole(f"{_NO_ZH}|{_REFUSED_ZH}", NO_AT_A_MENU_EN)
_ECHO_YES = _whole(f"{_YES_ZH}|{ECHO_YES_ZH}", f"{_SAME_EN}|{ME_EN}")
_ECHO_NO = _whole(f"{_NO_ZH}|{ECHO_NO_ZH}", NO_EN)
_WITHOUT_ME = _whole(f"{_SAME_ZH}|{ECHO_YES_ZH}", _SAME_EN)
_CONSENT_ZH, _CONSENT_EN = "好|好吧|行|行吧|同意|我同意|愿意|我愿意", "ok|okay"
_LET_TALK_ZH = f"{_CONSENT_ZH}|可以|可以吧|能|方便|当然可以|有"
_LET_TALK_EN = f"{_CONSENT_EN}|sure|of course|certainly|absolutely|definitely|can(?= la)"
"""At a menu these only say "go on". In answer to a question they say yes."""
_CONSENTS, _LETS_TALK = _whole(_CONSENT_ZH, _CONSENT_EN), _whole(_LET_TALK_ZH, _LET_TALK_EN)
_NOTHING_SAID = {
    # At a menu, by whether it asks for consent, and whether something is compared.
    (False, False): _whole(f"{_LET_TALK_ZH}|{_COMPARED_ZH}", f"{_LET_TALK_EN}|{COMPARED_EN}"),
    (False, True): _LETS_TALK,
    (True, False): _whole(_COMPARED_ZH, COMPARED_EN),
}
"""Words that agree, and answer nothing where neither consent nor a comparison is asked for."""
_COMPARES = re.compile(r"一样|\bmatch|\bsame\b|\bdiffer")
"""Prompts that 一样 answers."""
_ALIKE = (
    *("不是 不系", "不会", "不可能", "不能 不可以", "不行", "不用 不要 不必 不想 不需要 不愿意", "没有 没 没得 莫得"),
    *("没有人 没人", "不敢", "不"),
)
_NEGATIONS = {said: alike for alike in _ALIKE for said in alike.split()}
"""Each negation, with those that say the same."""
_NEGATION = re.compile("|".join(sorted(_NEGATIONS, key=len, reverse=True)))
_COMPARED = re.compile(r"一样|一致|对得上|不同|\b(?:same|match(?:es)?|differ(?:ent)?)\b")
_OFFERS_TO_COMPARE = re.compile(r"一样，请按|\b(?:same|different), press")
_ASKS_CONSENT = re.compile(r"行吗|好吗|愿意|同意|肯|方便听|能听|接进去|\b(?:willing|would like|can listen|joined?)\b")
_GOES_ON = re.compile(r"接着听|\bto go on\b")
"""Prompts that 可以 and "sure" answer at a menu, but not 好, which people say all the time, nor 一样."""
_AGREES_TO_GO_ON = _whole("可以|可以吧|能|方便|当然可以", "sure|of course|certainly|absolutely|definitely|can(?= la)")
_TO_GO_ON = _whole("(?:[那我]|现在|就|继续)*接?着?听", "go on(?: now)?|to go on(?: now)?")
_TO_CHECK = _whole("[那我]?(?:想|要)?先(?:挂断?)?核实", "(?:to )?(?:hang up and )?check first|i want to check first")
_ASKS_WHO = re.compile(r"您本人|是您(?!，)|\byours\b|made (?:it|this payment) yourself|you the one|\bare you\b[^.]*\?")
"""Prompts that 是我 answers."""
_OWNS = re.compile(r"机主|手机|号码|电话|\bthis is s?he\b|\bmy (?:phone|number)\b")
_ASKS_WHOSE = re.compile(r"这个号码|您本人在用|\bphone is yours\b")
"""我是机主 says whose phone it is, and not who made a payment."""
_MADE = re.compile(r"操作|[转办付弄汇]|\b(?:made|sent|paid|transferred)\b|\bdid (?:it|this|that|the)\b")
_ASKS_WHO_MADE = re.compile(r"自己操作|\bmade (?:it|this payment) yourself")
"""Nor does 我转的 say whose phone it is."""
_ONCE = re.compile(r"\b(?:was|were|did|have|had)\b")
"""A phone that was mine is mine no more."""
_NOBODY_ZH = re.compile("没有?人")
_NOT_ME_EN = re.compile(r"\b(?:not|wasn't) me\b")


_AFRAID = re.compile(rf"(?:{WHO_ZH}(?:{_AFRAID_ZH}){_TAIL_ZH}[\s,]*){{1,6}}")
_REFUSALS = tuple(
    (re.compile(rf"(?:{WHO_ZH}(?:{chinese}){_TAIL_ZH}[\s,]*){{1,6}}|{english}"), re.compile(offered))
    for chinese, english, offered in (
        (
            f"{_UNABLE_ZH}|{_AFRAID_ZH}",
            r".*\b(?:cannot|can't|won't)\b.*",
            r"不(?:能|可以|行|敢)，请按|(?:^|[.:] )(?:can|could)\b",
        ),
        (
            rf"{_UNNEEDED_ZH}|不[\s,]*谢谢",
            r"(?:please )?(?:no need|not necessary|no,? thank(?:s| you)|i(?:'d| would) rather not)\b.*",
            r"不(?:想|要|用|必|需要|愿意|方便)，请按|\b(?:would like|rather not|willing)\b",
        ),
    )
)
"""Both kinds of refusal, and the words of a prompt that offer it as an answer."""


def is_hum(words: str) -> bool:
    """True for a sound that only shows that the callee is listening."""
    return _HUM.fullmatch(words.strip(" ,")) is not None


def is_bare(words: str) -> bool:
    """True for a yes or no that names nothing of what was asked: a listener may say it before anything was asked."""
    return _BARE.fullmatch(_without_fillers(words)) is not None


def is_consent(words: str, *, offered_by: str, asked: bool) -> bool:
    """True for 好, "ok" and the like where the prompt asks for no consent: they do as they are told, no more.

    At a menu so do 可以 and "sure", unless it asks whether to go on. 一样 says nothing where nothing is compared.
    """
    prompt, bare = offered_by.lower(), _without_fillers(words)
    asks_consent, compares = _ASKS_CONSENT.search(prompt) is not None, _COMPARES.search(prompt) is not None
    if asked:
        return not asks_consent and _CONSENTS.fullmatch(bare) is not None
    empty = _NOTHING_SAID.get((asks_consent, compares))
    if empty is None or not empty.fullmatch(bare):
        return False
    goes_on = _GOES_ON.search(prompt) and _AGREES_TO_GO_ON.fullmatch(bare) and not _CONSENTS.fullmatch(bare)
    return not goes_on


def offer_to_go_on(words: str, *, offered_by: str) -> Meaning | None:
    """Return what 接着听 or "check first" chooses where the prompt offers just that, or None."""
    if not _GOES_ON.search(offered_by.lower()):
        return None
    bare = _without_fillers(words)
    if _TO_GO_ON.fullmatch(bare):
        return Meaning.YES
    return Meaning.NO if _TO_CHECK.fullmatch(bare) else None


def is_about_oneself(words: str, *, offered_by: str) -> bool:
    """True for a yes that says who is speaking, or whose it is, where the prompt does not ask that.

    是我 is how people answer the phone. It is no answer to "do the codes match?" or "have you met them?".
    """
    bare = _without_fillers(words)
    named = (_YES.fullmatch(bare) or _ECHO_YES.fullmatch(bare)) and not _WITHOUT_ME.fullmatch(bare)
    asks = _ASKS_WHOSE if _OWNS.search(bare) else _ASKS_WHO_MADE if _MADE.search(bare) else _ASKS_WHO
    prompt = offered_by.lower()
    once = _ONCE.search(bare) and _ASKS_WHOSE.search(prompt)
    return bool(once) or (bool(named) and not is_hum(words) and asks.search(prompt) is None)


def is_refusal(words: str, *, offered_by: str) -> bool:
    """True for 不能, 不用 and the like where the prompt offers no such answer.

    Does anyone forbid you to tell others? 不能 repeats what was forbidden, so it means yes rather than no.
    """
    bare, prompt = _without_fillers(words), offered_by.lower()
    return any(said.fullmatch(bare) and not offered.search(prompt) for said, offered in _REFUSALS)


def is_astray(words: str, *, offered_by: str) -> bool:
    """True for the verb of another question than the one that the prompt asks, and for "not me", which answers none. A
    plain yes or no never is."""
    bare = _without_fillers(words)
    if is_hum(words):
        return False
    plain = _YES.fullmatch(bare) is not None or _NO.fullmatch(bare) is not None
    return _NOT_ME_EN.search(bare) is not None or strays_zh(bare, offered_by, plain=plain)


def agrees_to_something_else(words: str, *, offered_by: str) -> bool:
    """True for a yes with a verb that the prompt does not ask, unless it says what others did, which warns."""
    return is_astray(words, offered_by=offered_by) and not of_others_zh(words)


def warning(words: str) -> Meaning | None:
    """Return YES or NO for words that are no plain one, and answer a question only where they warn: "they told me"."""
    bare = _without_fillers(words)
    return warning_en(bare) if len(bare) <= _LONGEST_EN else None


def names_nobody_else(words: str, *, offered_by: str) -> bool:
    """True for 没人找我 and the like where the prompt asks for no one: to "did you contact them first?" it accuses the
    callee of nothing. A plain no before it is the answer."""
    bare = _without_fillers(words)
    nobody = _NOBODY_ZH.search(bare)
    if nobody is None or _NO.fullmatch(bare[: nobody.start()]):
        return False
    return is_astray(words, offered_by=offered_by)


def compares_nothing(words: str, *, offered_by: str) -> bool:
    """True for 一样, "different" and the like where the prompt does not offer that very word.

    To "has the account changed?", 不一样 says that it has, and to "are the names different?" that they are.
    """
    return _COMPARED.search(words) is not None and not _OFFERS_TO_COMPARE.search(offered_by.lower())


def is_afraid(words: str) -> bool:
    """True for nothing but 不敢."""
    return _AFRAID.fullmatch(_without_fillers(words)) is not None


def yes_or_no(words: str, *, asked: bool) -> Meaning | None:
    """Return YES, NO or None. `asked`: a question was asked, whose own verb may be the answer: 说过."""
    if is_hum(words):
        return Meaning.YES
    bare = _without_fillers(words)
    if len(bare) > (_LONGEST_EN if bare.isascii() else _LONGEST_ZH):
        return None
    if asked and _takes_itself_back(bare):
        return None
    agrees, denies = (_ECHO_YES, _ECHO_NO) if asked else (_YES, _NO)
    if agrees.fullmatch(bare):
        return Meaning.YES
    return Meaning.NO if denies.fullmatch(bare) else None


def _takes_itself_back(words: str) -> bool:
    """True for two negations in one breath: 不是没有 says yes. 不是不是, 不，没有 and the stammer 不不是 are a no."""
    return any(
        one.end() == other.start() and one.group() != "不" and _NEGATIONS[one.group()] != _NEGATIONS[other.group()]
        for one, other in pairwise(_NEGATION.finditer(words))
    )


def _without_fillers(words: str) -> str:
    bare = words.strip(" ,")
    while (shorter := _FILLERS.sub("", bare, count=1)) != bare and shorter:
        bare = shorter
    return bare.strip(" ,")
