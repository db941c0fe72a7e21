"""The meaning of spoken words, in Mandarin and English: word lists, no models. Doubtful words give None."""

from __future__ import annotations

import re
from functools import lru_cache

from wakeup.ivr.meaning import Meaning
from wakeup.ivr.phrases import EN, ZH
from wakeup.ivr.plain_words import normal
from wakeup.ivr.threats import harm_in, menaced, supposed, threatened
from wakeup.ivr.yes_no import is_about_oneself, is_afraid, is_bare, is_consent, is_hum, is_refusal, yes_or_no

CONFIDENT = 0.4
"""Below this confidence the recogniser itself doubts the words, and the callee is asked for a key instead."""

_PATTERNS = {
    # Chinese has no word boundaries; in English `human` must not be found in `humane`, but `cancel` is in 我要cancel.
    meaning: re.compile(
        "|".join([*([ZH[meaning]] if meaning in ZH else []), rf"(?<![a-z0-9_'])(?:{EN[meaning]})(?![a-z0-9_'])"])
    )
    for meaning in Meaning
    if meaning in EN
}
_DENIABLE = frozenset(
    {Meaning.ALREADY_PAID, Meaning.BUSY, Meaning.CALLBACK, Meaning.CANCEL, Meaning.KEEP, Meaning.WORRIED}
)
_STOPS = frozenset({Meaning.CANCEL, Meaning.KEEP})
"""No decision where a threat follows: 不转了，他们就要抓我."""
_SAYS_LITTLE = frozenset({Meaning.UNSURE, Meaning.REPEAT, Meaning.NOT_SEEN, Meaning.WORRIED})
"""They decide nothing: a threat beside them is what the callee says."""
_DENIED = re.compile(
    r"(?:(?:(?<![要能可行会])不|(?<=要)不(?=要)|[没未别无])(?!好意思|行|对|如|然|妨)(?:(?![了,]).){0,3}"
    r"|有(?:什么|啥)[好可]"
    r"|(?:n't|\bnot|\bnever|\bcannot|\bnothing to|\bnobody is|\bno (?:need|reason|longer))(?: \w+){0,3} )$"
)
"""A negation close before a phrase in the same clause: 不要取消, I don't want to cancel. 要不先停着 and 能不能取消 have
none."""
_NOT_YET = re.compile(r"(?:[不没未别要](?:有|是|能|再)*|(?:n't|\bnot|\bnever)(?: \w+)? )$")
"""The same before money that has gone: 还没转过去. Here 不知道 and 没办法 negate nothing."""

_PLEA = re.compile(
    r"(?:(?:please|just|i want to|i'd like to|can you|could you) )*(?:cancel|stop)"
    r"(?: it| this| (?:the|this|my) (?:payment|transfer))?(?: please)?(?: and)?[, ]*"
)
"""A wish to stop and no more: who tried to cancel, or forgot to, has paid."""
_ASKS_BACK = re.compile(r"\bget \w+(?: money)? back")
"""After a wish to stop, "can I get it back" does not say that the money has gone."""
_OWN = re.compile(
    r"^(?!.*\b(?:already|gone|scam\w*)\b)(?:(?:yes|yeah|yep)\b|.*\bmyself\b)"
    r"|^(?:对(?!方)|是我|是的|是,)(?!.*(?:钱|已经|没了|走了|出去|过去|骗))"
)
"""A callee who says that they made the payment themselves does not say that the money has gone."""

_ALL_WELL = re.compile(r"(?<!有)没有?问题(?!吧)|没错|no problem|not a problem")
_NO_CLAIM = re.compile(
    r"[吗么]|不|没|别|未|无|非|勿|有没有|怎么|什么|谁|哪|该|如果|要是|万一|可能|应该|也许|大概|好像|等|说|讲|让|叫"
    r"|[他她]们?|对方|客服|老师|经理|警"
    r"|n't\b|\b(?:not|no|never|nobody|cannot|stop|without|should|shall|is it|is this|is that|are|can|could|may|might"
    r"|do|does|did|would|what|why|how|who|when|if|maybe|perhaps|probably|think|guess|they|he|she|said|says"
    r"|told|unless|until)\b"
)
"""What makes a claim that all is well uncertain: a negation, a question, a doubt, or hearsay."""
_EMPHATIC_NO = re.compile(r"(?<![是有对])(?:不是|没有|不对){2,}")
"""不是不是 and 没有没有没有 ask nothing, though 是不是 and 有没有 are in them."""
_QUESTION = re.compile(r"吗$|是不是|对不对|有没有|能不能|是吧|对吧|行不行|好不好")


def understand(text: str, confidence: float | None = None, *, asked: bool = False) -> Meaning | None:
    """Return what the words mean, or None if they are doubtful, contradictory or off the subject.

    `asked`: they answer one of our questions, so that its own verb is a yes or a no, and so is a bare "not me".
    Despair is recognised at any confidence: ringing a colleague for nothing is better than not ringing one.
    """
    found = _found(text, asked=asked)
    doubtful = confidence is not None and confidence < CONFIDENT
    return None if doubtful and found is not Meaning.DISTRESS else found


def _found(text: str, *, asked: bool) -> Meaning | None:
    words = normal(text)
    if not words:
        return None
    asks = "?" in text or "？" in text or _QUESTION.search(_EMPHATIC_NO.sub("", words)) is not None
    plain = None if asks else yes_or_no(words, asked=asked)
    if asked and plain is not None:
        return plain
    for meaning, pattern in _PATTERNS.items():
        if _means(meaning, pattern, words) and not (asks and meaning is Meaning.GENUINE):
            return Meaning.AGENT if meaning in _SAYS_LITTLE and _in_danger(words) else meaning
    return Meaning.AGENT if plain is None and _in_danger(words) else plain


def _in_danger(words: str) -> bool:
    """True for a threat with no wish to stop beside it. With one, the callee is asked which of the two it is."""
    return menaced(words) and not any(_PATTERNS[one].search(words) for one in _STOPS)


_CALLS_OUT = re.compile(
    "(?:(?:喂|哈喽|[你您]好|啊|诶|哎|[你您]?刚?才?[说讲](?:的是)?(?:什么|啥)|什么|啥|有人吗|在吗|说话|听得[到见]吗|能听[到见]吗)"
    r"[呀啊呢哦]*+[\s,]*+)++"
    "|(?:(?:hello|hi|hey|what|huh|sorry|excuse me|what did you say|what was that|say what|come again|are you there"
    r"|(?:is )?(?:anyone|anybody|somebody) there|can you hear me)(?:[\s,]++|$))++"
)


def calls_out(text: str) -> bool:
    """True for nothing but 喂？ or "what?": the callee did not hear us."""
    return _CALLS_OUT.fullmatch(normal(text)) is not None


def hums(text: str) -> bool:
    """True for 嗯 and nothing else: the callee listens."""
    return is_hum(normal(text))


def bare(text: str) -> bool:
    """True for a yes or no that names nothing of what was asked: 好, "yes". 一样 and "my phone" name it."""
    return is_bare(normal(text))


def refuses(text: str, *, offered_by: str) -> bool:
    """True for 不能, 不用 and the like where the prompt does not offer such an answer."""
    return is_refusal(normal(text), offered_by=offered_by)


def consents(text: str, *, offered_by: str) -> bool:
    """True for 好, "ok" and the like where the prompt asks for no consent."""
    return is_consent(normal(text), offered_by=offered_by)


def about_oneself(text: str, *, offered_by: str) -> bool:
    """True for 是我, "my phone" and the like where the prompt does not ask who is speaking or whose it is."""
    return is_about_oneself(normal(text), offered_by=offered_by)


_DECEIVED = re.compile(
    r"被骗|受骗|上(?:了当|当)|诈骗(?!电话|短信)|骗(?:了|局|子|他|她|人|钱)"
    r"|\b(?<!no )(?:scam|fraud|trick|con(?:ned|\b)|cheat)\w*\b(?! (?:call|number|department|team)\b)"
)
_SAYS_WHO = re.compile(
    r"(?:[他她]|爸|妈|爷|奶|老(?:人|公|婆|伴)|儿|女|孙|哥|姐|弟|妹|对方|那个?人|怕|担心|觉得|怀疑|肯定)[^,]{0,8}$"
    r"|\b(?:he|she|they|him|her|(?:my|our|the) \w+|someone|i think|afraid|it's|it is|that's|that is)\b[^,]{0,25}$"
)
"""Deceit that counts: somebody is deceived or deceives. 又是诈骗电话 and "is it a scam?" are said of our call."""
_NEAR = 60
"""Who deceives stands this many characters before the deceit at most, which bounds the time for a long text."""
_BEEN_DECEIVED = re.compile(r"被骗|受骗|上(?:了当|当)|\b(?:scammed|conned|tricked|cheated)\b")
_KIN = "(?:[他她]|爸|妈|爷|奶|老(?:人|公|婆|伴)|儿|女)"
_KIN_EN = "(?:him|her|he|she|my (?:mum|mom|mother|dad|father|son|daughter|wife|husband|gran\\w*|parents?))"
_AFRAID_FOR = re.compile(
    "(?:抓|害|杀|打|救救?|帮帮|拦住?|劝劝?)[他她]|(?:逼|威胁)"
    "|(?:^|,|(?<![教叫诉])我|[那可该这]|现在|应该|还能|不知道)怎么办(?!理|手续|法|就)"
    f"|{_KIN}(?:(?![没不])[^,]){{0,6}}[接遇收碰][^,]{{0,3}}(?:诈骗|骗子)"
    f"|骗子?(?:(?![没不])[^,]){{0,3}}[骗找逼给叫让缠][^,]{{0,2}}{_KIN}|{_KIN}[^,]?会怎么?样"
    rf"|\b(?:scam|fraud|cheat)\w*\b[^,]{{0,30}}\b{_KIN_EN}\b|\b{_KIN_EN}\b[^,]{{0,20}}\bscam call"
    rf"|\bwhat about {_KIN_EN}\b"
    r"|\b(?:they|he|she|police)\b[^,]{0,15}\b(?:take|taking|come to|steal) (?:everything from )?(?:him|her|his)\b"
    r"|\b(?:arrest|kill|hurt|harm|(?<!needs to )(?<!wants to )(?<!he'll )help|stop|threaten\w*|forc\w+) (?:him|her)\b"
    r"|\bwhat (?:should|can|do) i do\b|\bhappens? to (?:him|her)\b"
    r"|[他她]怎么办|[他她]会怎么?样|\b(?:he|she) (?:be|get|is|getting) (?:arrested|jailed|hurt|killed|sued"
    "|in (?:trouble|danger))"
)
_OF_US = re.compile(r"[你您]|\byou\b|\bthis (?:is )?(?:a )?(?:scam|call)\b")


_WANTS_SOMEONE = re.compile(r"人工|真人|客服|同事|\b(?:agent|human|operator|person|someone|colleague)\b")


def fears(text: str, confidence: float | None = None) -> bool:
    """True if a guardian fears that the customer is deceived or threatened, rather than that this call deceives, and
    does not ask for a person."""
    words = normal(text)
    if (confidence is not None and confidence < CONFIDENT) or _WANTS_SOMEONE.search(words):
        return False
    if harm_in(words) or any(not _DENIED.search(words[: one.start()]) for one in _AFRAID_FOR.finditer(words)):
        return True
    asks = "?" in text or "？" in text or words.endswith(("吧", "吗"))
    return not _OF_US.search(words) and any(
        not _DENIED.search(words[: one.start()])
        and (
            _BEEN_DECEIVED.match(one.group())
            or (not asks and _SAYS_WHO.search(words[max(0, one.start() - _NEAR) : one.start()]))
        )
        for one in _DECEIVED.finditer(words)
    )


def afraid(text: str) -> bool:
    """True for 不敢 and nothing else."""
    return is_afraid(normal(text))


def gives_up(text: str) -> bool:
    """True if only 算了 says that the transfer is not wanted. Annoyed callees say it of the call, too."""
    return understand(text.replace("算了", "")) is not Meaning.CANCEL


_CANNOT_WAIT = re.compile(r"(?:空|时间|工夫)等|现在就[转付]|time to wait")


def cannot_wait(text: str) -> bool:
    """True if the callee has no time for the transfer to wait, rather than for this call."""
    return _CANNOT_WAIT.search(normal(text)) is not None


_GROUP = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)")
"""A group of a pattern. Its content is not a complete phrase, so it gives no hint."""


@lru_cache(maxsize=256)
def hints(meanings: tuple[Meaning, ...], language: str) -> tuple[str, ...]:
    """Return a few words per meaning as hints for the speech recogniser, in the language of the conversation."""
    chinese = language.startswith("zh")
    spoken: list[str] = []
    for meaning in meanings:
        words = _BARE[chinese].get(meaning) or (ZH if chinese else EN).get(meaning, "")
        spoken += [word for word in _GROUP.sub("()", words).split("|") if re.fullmatch(r"[\w' ]+", word)][:4]
    return tuple(dict.fromkeys(spoken))


_BARE = {
    True: {
        Meaning.YES: "是|是的|对|有",
        Meaning.NO: "不是|没有|不对",
        Meaning.NOT_ME: "不是我转的|不是我操作的|我没转|我没操作",
        Meaning.RELATIVE: "我是他老婆|我是她老公|我是家属|别人的手机",
    },
    False: {
        Meaning.YES: "yes|yeah",
        Meaning.NO: "no|nope",
        Meaning.RELATIVE: "his wife|her husband|someone else's phone",
        Meaning.CANNOT_TALK: "can't talk|cannot talk|not a good time",
    },
}


_PAUSE = re.compile("(?<!对不起),")


def _means(meaning: Meaning, pattern: re.Pattern[str], words: str) -> bool:
    if meaning is Meaning.DISTRESS:
        # A pause between two words must not hide despair. After 对不起 it parts an apology from what it is for.
        return pattern.search(words) is not None or pattern.search(_PAUSE.sub("", words)) is not None
    if meaning is Meaning.GENUINE:
        return pattern.search(words) is not None and not _NO_CLAIM.search(_ALL_WELL.sub("", words))
    if meaning not in _DENIABLE:
        return pattern.search(words) is not None
    if meaning is Meaning.BUSY and _PATTERNS[Meaning.ABSENT].search(words):
        return False
    if meaning is Meaning.ALREADY_PAID and _OWN.search(words):
        return False
    denied = _NOT_YET if meaning is Meaning.ALREADY_PAID else _DENIED
    said = (found for found in pattern.finditer(words) if not denied.search(words[: found.start()]))
    if meaning in _STOPS:
        said = (one for one in said if not supposed(words[: one.start()]) and not threatened(words[one.end() :]))
    if meaning is Meaning.ALREADY_PAID:
        said = (one for one in said if not (_ASKS_BACK.search(one.group()) and _PLEA.fullmatch(words[: one.start()])))
    return next(said, None) is not None
