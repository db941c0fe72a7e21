"""What a prompt means to the callee who hears it, in Chinese or English: the choices offered and the question
asked.

Wording and polarity rotate, so a callee has to understand before pressing. The service's scripts are never read
here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from wakeup.simulator.questions import Question, question_of


class Choice(StrEnum):
    """The meaning of pressing a key."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    OWNER = "owner"
    NOT_OWNER = "not_owner"
    OWNER_AWAY = "owner_away"
    WRONG_NUMBER = "wrong_number"
    CODE_MATCHES = "code_matches"
    CODE_DIFFERS = "code_differs"
    NO_CODE = "no_code"
    GO_ON = "go_on"
    CHECK_FIRST = "check_first"
    MADE_IT = "made_it"
    NOT_MADE = "not_made"
    CANCEL = "cancel"
    KEEP = "keep"
    PROCEED = "proceed"
    PAID = "paid"
    CALL_BANK = "call_bank"
    AGENT = "agent"
    STOP_CALLS = "stop_calls"
    CANNOT_TALK = "cannot_talk"
    AGAIN = "again"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    options: dict[Choice, str]
    question: Question | None = None

    def key(self, choice: Choice) -> str:
        return self.options.get(choice, "")


# The first pattern that matches wins, so negations and narrower wordings come first.
_CHOICES: tuple[tuple[Choice, str], ...] = (
    (Choice.STOP_CALLS, r"不想再接|不再接|stop (all )?(the )?automated|no more (automated )?calls"),
    (Choice.CANNOT_TALK, r"不方便多说|不方便说|说话不方便|cannot talk|can't talk|cannot speak freely"),
    (Choice.AGAIN, r"听不清|再听|重听|hear (that|something|it) again|repeat"),
    (Choice.AGENT, r"人工|^(for|speak to|talk to) a (person|colleague)|agent"),
    (Choice.PAID, r"已经(转|付)(出|过|了)|already (gone|paid|sent)|has gone"),
    (Choice.CALL_BANK, r"自己打给银行|call the bank yourself|call (us|your bank) back"),
    (Choice.CHECK_FIRST, r"先(想)?(挂断)?核实|check first|verify first"),
    (Choice.GO_ON, r"接着听|继续听|go on now|continue (this|the) call"),
    (Choice.OWNER_AWAY, r"不方便接|cannot come|not here|away"),
    (Choice.WRONG_NUMBER, r"打错|wrong number"),
    (Choice.NOT_OWNER, r"不是(您)?(机主|本人)|someone else"),
    (Choice.CODE_DIFFERS, r"不一样|不一致|differ|do not match|does not match"),
    (Choice.NO_CODE, r"没看到|打不开|no code"),
    (Choice.CODE_MATCHES, r"一样|一致|match"),
    (Choice.NOT_MADE, r"不是您(自己)?操作|did not make|not made by you"),
    (Choice.MADE_IT, r"(您|自己)(自己)?操作的|ma(d|k)e (this|the|that) (payment|transfer) yourself|made it yourself"),
    (Choice.OWNER, r"机主|本人|is yours|are the owner"),
    (Choice.KEEP, r"先留着|先停|先不转|愿意(先)?等|再想想|keep it on hold|on hold|willing to wait|think it over"),
    (Choice.PROCEED, r"继续转|继续付|现在转|还是要(现在)?(转|付)|go ahead|pay now|still want to pay"),
    (Choice.CANCEL, r"不转了|取消|no longer want|cancel|stop the payment"),
    (Choice.OTHER, r"别的情况|其他|anything else|something else"),
    (Choice.UNSURE, r"说不准|不确定|不清楚|not sure|unsure"),
    (Choice.NO, r"^(不|没|否)[\u4e00-\u9fff]{0,3}$|^(for |if )?(no|not|none)\b|^if (you|they|it) \w+( not|n't)"),
    (Choice.YES, r"^(是|对|有|能|会|可以|[打见谈查问]过)[的了吧]?$|^(for )?yes$|^if (so|you (did|do|could|can|have))$"),
)
_COMPILED = tuple((choice, re.compile(pattern, re.IGNORECASE)) for choice, pattern in _CHOICES)
_OPPOSITE = {
    Choice.OWNER: Choice.NOT_OWNER,
    Choice.CODE_MATCHES: Choice.CODE_DIFFERS,
    Choice.MADE_IT: Choice.NOT_MADE,
    Choice.OWNER_AWAY: Choice.WRONG_NUMBER,
}

_ZH_OPTION = re.compile(r"([^。？！；?!;]*?)[，,、]?\s*请?按\s*(\d|星号)键?")
_ZH_SENTENCE, _EN_SENTENCE = re.compile(r"[^。？！；?!;]+"), re.compile(r"[^.?!;]+")
_EN_OPTION = re.compile(r"([^.?!;]*?),?\s+press (?:the )?(\d|star)", re.IGNORECASE)
_EN_REVERSED = re.compile(r"press (\d|star)(?: key)? ((?:to|if|for) [^,.;?!]+)", re.IGNORECASE)
_FILLER = re.compile(r"^(?:and|or|then|the question again|to|if|还有|或者)\s+", re.IGNORECASE)


def understand(heard: str) -> Meaning:
    """Return the meaning of what was spoken since the callee's last act. Later wordings of a key replace earlier
    ones."""
    options: dict[Choice, str] = {}
    first: Choice | None = None
    for phrase, key in _options(heard):
        choice = _choice(phrase)
        if choice in {Choice.NO, Choice.UNSURE} and first in _OPPOSITE and choice is Choice.NO:
            choice = _OPPOSITE[first]
        first = first if first in _OPPOSITE else choice
        options = {other: given for other, given in options.items() if given != key}
        options[choice] = key
    return Meaning(options=options, question=question_of(heard))


@lru_cache(maxsize=2048)
def _options(heard: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[int, str, str]] = []
    for span in _sentences(_ZH_SENTENCE, "按", heard):
        found += [(match.start(), match[1], match[2]) for match in _ZH_OPTION.finditer(heard, *span)]
    for span in _sentences(_EN_SENTENCE, "press", heard):
        found += [(match.start(), match[1], match[2]) for match in _EN_OPTION.finditer(heard, *span)]
        found += [(match.start(), match[2], match[1]) for match in _EN_REVERSED.finditer(heard, *span)]
    return tuple(
        (phrase.strip(" ，,：:"), "*" if key in {"星号", "star", "Star"} else key) for _, phrase, key in sorted(found)
    )


def _sentences(sentence: re.Pattern[str], names_key: str, heard: str) -> list[tuple[int, int]]:
    """Return where the sentences are that name a key. In any other the patterns look for one from every character."""
    return [found.span() for found in sentence.finditer(heard) if names_key in found[0].lower()]


@lru_cache(maxsize=2048)
def _choice(phrase: str) -> Choice:
    plain = phrase
    while (shorter := _FILLER.sub("", plain)) != plain and not _names_itself(plain):
        plain = shorter
    for choice, pattern in _COMPILED:
        if pattern.search(plain) or pattern.search(phrase):
            return choice
    return Choice.OTHER


def _names_itself(phrase: str) -> bool:
    return phrase.lower() in {"if not", "if so", "if you did not"}


_WORD = r"[“\"'「]?(?P<word>[A-Za-z0-9]{1,10}|[\u4e00-\u9fff]{1,4})[”\"'」]?"
_REPLY_OPTIONS = (
    re.compile(rf"(?P<means>[^,，。；;:：]+?)[,，]?\s*请?回复?\s*{_WORD}\s*(?:[,，。；;]|$)"),
    re.compile(r"回复?\s*[“\"']?(?P<word>[A-Za-z0-9]{1,10})[”\"']?\s*(?:表示|[:：=])?\s*(?P<means>[^,，。；;]+)"),
    re.compile(rf"reply\s+(?:with\s+)?{_WORD}\s+(?P<means>(?:if|to|for|that|when)[^,.;]+)", re.IGNORECASE),
    re.compile(rf"(?P<means>[^,.;:]+?),?\s+reply\s+(?:with\s+)?{_WORD}\s*(?:[,.;]|$)", re.IGNORECASE),
)
_REPLIES = {
    "suspicious": re.compile(r"可疑|骗|不对劲|suspicious|scam|worr", re.IGNORECASE),
    "known": re.compile(r"知情|知道|认识|没问题|正常|know|fine|genuine", re.IGNORECASE),
    "unknown": re.compile(r"不知|不清楚|不确定|not sure|don't know|do not know|联系|打给|call", re.IGNORECASE),
}
_PLAIN_REPLIES = {
    "suspicious": ("可疑，请拦住", "This looks suspicious, please stop it"),
    "known": ("我知道这笔钱", "I know about this"),
    "unknown": ("我不清楚", "I do not know"),
    "stop": ("STOP", "STOP"),
}


_CODE = re.compile(r"(?:[Rr]eply|回复)\s*(\d{2})(?!\d)(?P<offers>.*)", re.DOTALL)
_OFFER = re.compile(r"(?<!\d)([1-9])\s*=?\s*([^\d=。.:]+)")
_WHOLE = re.compile(r"(?<!\d)(\d{2})([1-9])(?!\d)\s*=?\s*([^\d=,，。.:]+)")
"""Three digits that are the whole answer: the code, and its meaning."""
_OFFERED = {
    "suspicious": re.compile(r"担心|worr", re.IGNORECASE),
    "known": re.compile(r"知情|正常|aware|well", re.IGNORECASE),
    "call": re.compile(r"我去|还没有|call|not yet", re.IGNORECASE),
    "unknown": re.compile(r"不清楚|unsure", re.IGNORECASE),
}
_AGREES = re.compile(r"^(?:同意|yes)", re.IGNORECASE)
_CHATTER = (
    "她昨天还跟我说要换手机,我妈这个人就是闲不住,你们银行的人真客气,改天再聊",
    "Oh hello, she told me about a new phone yesterday, lovely weather today, is it not, talk to you soon",
)
_CURSES = ("关你们什么事!别烦我", "Mind your own business, leave us alone")


def reply_to_text(wish: str, body: str) -> str:
    """Return the reply of a guardian whose opinion is `wish`: what the SMS offers for it, otherwise a plain
    sentence."""
    tongue = 0 if re.search(r"[\u4e00-\u9fff]", body) else 1
    if wish in {"chatty", "hostile"}:
        return (_CHATTER if wish == "chatty" else _CURSES)[tongue]
    whole, coded = _WHOLE.findall(body), _CODE.search(body)
    if whole and wish != "stop":
        return _coded_reply(wish, whole[0][0], {digit: means for _, digit, means in whole})
    if coded is not None and wish != "stop":
        return _coded_reply(wish, coded[1], dict(_OFFER.findall(coded["offers"])))
    return _worded_reply(wish if wish in _PLAIN_REPLIES else "unknown", body)


def _coded_reply(wish: str, code: str, offers: dict[str, str]) -> str:
    """Return a reply by code and number. Every guardian who replies at all accepts an invitation."""
    if wish == "wrong_code":
        code = f"{(int(code) - 9) % 90 + 10}"
    offered = {digit: means.strip() for digit, means in offers.items()}
    wanted = _OFFERED.get(wish, _OFFERED["suspicious"])
    digit = next((d for d, means in offered.items() if wanted.search(means) or _AGREES.search(means)), "")
    return f"{code} {digit}".strip()


def _worded_reply(wish: str, body: str) -> str:
    """Return the word that the SMS offers for this opinion, otherwise a plain sentence."""
    for pattern in _REPLY_OPTIONS:
        for match in pattern.finditer(body):
            if wish in _REPLIES and _REPLIES[wish].search(match["means"]):
                return match["word"]
    return _PLAIN_REPLIES[wish][0 if re.search(r"[\u4e00-\u9fff]", body) else 1]
