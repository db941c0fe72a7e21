"""The meaning of spoken words, in Mandarin and English: word lists, no models. Doubtful words give None."""

from __future__ import annotations

import re
from functools import lru_cache

from wakeup.ivr.nlu.clauses import denied, not_yet, of_something_else, talks_freely
from wakeup.ivr.nlu.despair import no_despair
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.phrases import EN, ZH
from wakeup.ivr.nlu.plain_words import is_confident, normal
from wakeup.ivr.nlu.threats import menaced, supposed, threatened
from wakeup.ivr.nlu.yes_no import is_hum, yes_or_no

_PATTERNS = {
    # Chinese has no word boundaries; in English `human` must not be found in `humane`, but `cancel` is in 我要cancel.
    # A pattern may begin with the comma before its clause, which stands behind a letter.
    meaning: re.compile(
        "|".join(
            [*([ZH[meaning]] if meaning in ZH else []), rf"(?:(?=,)|(?<![a-z0-9_']))(?:{EN[meaning]})(?![a-z0-9_'])"]
        )
    )
    for meaning in Meaning
    if meaning in EN
}
_NOT_ASKED = frozenset({Meaning.GENUINE, Meaning.WRONG_NUMBER})
"""Not so in a question: 是不是打错了 asks who we are."""
_SAYS_LITTLE = frozenset(
    {
        *(Meaning.UNSURE, Meaning.REPEAT, Meaning.NOT_SEEN, Meaning.WORRIED),
        *(Meaning.PURPOSE, Meaning.WRONG_NUMBER, Meaning.ABSENT),
    }
)
"""They decide nothing: a threat beside them is what the callee says."""
_WHEN = ("wait", "later")
"""Beside a threat they say when: "later they will come"."""
_NEAR = 40
"""So many characters before a wish to stop are read for what denies it, or a long text would take its square."""
_PLEA = re.compile(
    r"(?:(?:please|just|i want to|i'd like to|can you|could you) )*(?:cancel|stop)"
    r"(?: it| this| (?:the|this|my) (?:payment|transfer))?(?: please)?(?: and)?[, ]*"
)
"""A wish to stop and no more: who tried to cancel, or forgot to, has paid."""
_ASKS_BACK = re.compile(r"\bget \w+(?: money)? back")
"""After a wish to stop, "can I get it back" does not say that the money has gone."""
_OWN = re.compile(
    r"^(?!.*\b(?:already|gone|scam\w*)\b)(?:(?:yes|yeah|yep)\b|.*\bmyself\b)"
    r"|^(?:yes|yeah|yep),? i(?:'ve| have)? made (?:the|this) (?:payment|transfer) already$"
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
_PROTECTS = (
    *(Meaning.DISTRESS, Meaning.NOT_ME, Meaning.ALREADY_PAID, Meaning.OPT_OUT, Meaning.CANNOT_TALK),
    *(Meaning.CALLBACK, Meaning.AGENT, Meaning.CANCEL, Meaning.KEEP, Meaning.WORRIED),
)
_PROTECTING = re.compile(
    r"取消|撤|停|拦|算了|退|冻结|挂失|人工|真人|投诉|已经|[转付汇打交][了咗左]|付款了|确认了|骗|逼|救|帮帮|威胁|控制|绑|保密|天台|桥上|咪"
    r"|cancel|(?<![a-z])(?:stop|freeze|block|lock|hold|back|agent|human|operator|officer|person|people|someone|somebody"
    r"|representative|manager|customer service|complain\w*|already|paid|sent|wired|transferred|gone|scam\w*|cheat\w*"
    r"|forced|scared|afraid|help|die|kill\w*|police)(?![a-z])"
)
"""What no claim stands beside. A rule that refuses such a word its own meaning does not make the rest a claim: "go
ahead and cancel this one" is no go-ahead, whoever cancels what."""
_EMPHATIC_NO = re.compile(r"(?<![是有对])(?:不是|没有|不对){2,}")
"""不是不是 and 没有没有没有 ask nothing, though 是不是 and 有没有 are in them."""
_QUESTION = re.compile(r"吗$|是不是|对不对|有没有|能不能|是吧|对吧|行不行|好不好")


def understand(text: str, confidence: float | None = None, *, asked: bool = False) -> Meaning | None:
    """Return what the words mean, or None if they are doubtful, contradictory or off the subject.

    `asked`: they answer one of our questions, so that its own verb (说过) is a yes or a no, and so is a bare "not me".
    Despair is recognised at any confidence: ringing a colleague for nothing is better than not ringing one.
    """
    found = _found(text, asked=asked)
    return None if not is_confident(confidence) and found is not Meaning.DISTRESS else found


def _found(text: str, *, asked: bool) -> Meaning | None:
    words = normal(text)
    if not words:
        return None
    asks = "?" in text or "？" in text or _QUESTION.search(_EMPHATIC_NO.sub("", words)) is not None
    plain = None if asks else yes_or_no(words, asked=asked)
    if asked and plain is not None:
        return plain
    for meaning, pattern in _PATTERNS.items():
        if _means(meaning, pattern, words) and not (asks and meaning in _NOT_ASKED):
            return Meaning.AGENT if meaning in _SAYS_LITTLE and _in_danger(words) else meaning
    return Meaning.AGENT if plain is None and _in_danger(words) else plain


def _in_danger(words: str) -> bool:
    """True for a threat with no wish to stop beside it. With one, the callee is asked which of the two it is."""
    return menaced(words) and all(
        one.group() in _WHEN
        or of_something_else(before, one.group(), words[one.end() : one.end() + _NEAR])
        or denied(before, one.group())
        or supposed(before)
        for stop in (Meaning.CANCEL, Meaning.KEEP)
        for one in _PATTERNS[stop].finditer(words)
        for before in (words[max(0, one.start() - _NEAR) : one.start()],)
    )


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


_FETCHES = re.compile(
    r"(?:(?:yes|ok|okay|sure)[, ])?(?:he|she)(?:'s| is) (?:right )?here(?: now)?"
    r"(?:[, ](?:(?:hold|hang) on|wait|(?:one|a|just a|(?:hold|wait) (?:for )?a) (?:moment|minute|second|sec)|please"
    r"|(?:let me|i'll) (?:get|call) (?:him|her)|i'll put (?:him|her) on))*"
)


def fetches(text: str) -> bool:
    """True for "he's here, hold on" and nothing else: a person who answers for the customer fetches them."""
    return _FETCHES.fullmatch(normal(text)) is not None


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


_GO_ON = re.compile(
    r"(?<![跟和同对给听])[你您](?:就|快点?|请|尽快|赶紧)*[说讲](?!的)|快点?[说讲]"
    r"|\b(?:be quick|go on|go ahead|quickly)\b"
)
"""Who has little time and tells us to speak has some."""
_LONGEST_CLAIM = 200
_PAUSE = re.compile("(?<!对不起),")


def _means(meaning: Meaning, pattern: re.Pattern[str], words: str) -> bool:
    # What stands beside a claim takes long to examine, so only where there is one, and it is no long story.
    if meaning is Meaning.GENUINE and not (
        len(words) <= _LONGEST_CLAIM and pattern.search(words) and _may_claim(words)
    ):
        return False
    if meaning is Meaning.BUSY and (_PATTERNS[Meaning.ABSENT].search(words) or _GO_ON.search(words)):
        return False
    if meaning is Meaning.ALREADY_PAID and _OWN.search(words):
        return False
    # A pause between two words must not hide despair. After 对不起 it parts an apology from what it is for.
    texts = (words, _PAUSE.sub("", words)) if meaning is Meaning.DISTRESS else (words,)
    return any(
        _counts(meaning, text[:begins], text[begins : one.end()], text[one.end() :])
        for text in texts
        for one in pattern.finditer(text)
        for begins in (one.start() + one.group().startswith(","),)
    )


def _may_claim(words: str) -> bool:
    """True if nothing beside a claim that all is well makes it uncertain or asks for protection, in any form."""
    rest = _ALL_WELL.sub("", words)
    unsure = _NO_CLAIM.search(rest) or _PROTECTING.search(rest) or threatened(rest)
    return not unsure and not any(_PATTERNS[one].search(words) for one in _PROTECTS)


def _counts(meaning: Meaning, before: str, said: str, after: str) -> bool:
    """True unless what stands around a phrase takes its meaning away."""
    match meaning:
        case Meaning.DISTRESS:
            return not no_despair(before, after)
        case Meaning.CANNOT_TALK:
            return not talks_freely(before, said, after)
        case Meaning.ALREADY_PAID:
            return not not_yet(before, said, after) and not (_ASKS_BACK.search(said) and _PLEA.fullmatch(before))
        case Meaning.CANCEL | Meaning.KEEP:
            elsewhere = of_something_else(before, said, after) or denied(before, said)
            return not elsewhere and not supposed(before) and not threatened(after)
        case Meaning.BUSY | Meaning.CALLBACK | Meaning.WORRIED:
            return not denied(before, said)
        case _:
            return True
