"""The verb of a question as its answer: 说过, "they did". It reassures only where the question asks that very thing.

没见过 is no answer to "did you get to know them online?", and "they told me to" none to "was it your own idea?": both
say something else, and what they say warns.
"""

from __future__ import annotations

import re

WHO_ZH = "(?:我们?|他们?|她们?|对方|人家|也|都|真|还|一直|以前|之前|早就|确实|暂时|目前|现在|那?倒)*"
_DID_ZH = (
    "说|讲|问|劝|看|去|来|换|交代|查|装|答应|叮嘱|变|核对|确认|收到|教|取回来|加|接|聊|让|见|当面见|打|打听|联系"
    "|听说|给|碰|遇|找|谈|提|要求|催|签|做|办|合作|登记|验证"
)
_BEEN_ZH = "转|付|汇|借|投|用|试|请|取|买|开|退|赚|拿|认识"
"""Of these verbs only the form with 过 is a plain answer: 没用 and 没转 say something else."""
ECHO_YES_ZH = WHO_ZH + (
    f"(?:(?:{_DID_ZH}|{_BEEN_ZH})(?:过|到过|到了|成过|上过|见过)|见过(?:面|真人|本人)|会|会答应|肯|要|敢|需要|认识|打算|能找到|找得到"
    "|记得|知道|早就知道|看得到|看得见|来得及|打得通|有关系|在催|有关|听过"
    "|有人(?:在)?(?:教|叫|让|劝|催|说|告诉)过?我?|回来了|变了|换了|打过交道)"
)
_FIRM_NO_ZH = "[我也都]?(?:肯定|绝对|完全|真的|根本)(?:不是|没有)"
ECHO_NO_ZH = (
    f"{_FIRM_NO_ZH}|{WHO_ZH}(?:(?:从来|从|并)?(?:没|没有|未)人?(?:(?:{_DID_ZH})(?:过|到|到过|成过|见|见过|上过)?|(?:{_BEEN_ZH})(?:过|成过"
    f"|到过))"
    "|没有?|(?:从来)?没见过(?:面|真人|本人)?|不可能|没有?人?(?:教|叫|让|劝|催|告诉)过?我|没听过|没有?人|没打过交道|没回来"
    "|不(?:会|会答应|肯|敢|需要|认识|打算|能找到)|找不到|看不到|看不见|来不及|打不通)"
)

_WHO_EN = "(?:i|we|they|he|she|it|someone|somebody|the school|the bank)"
_DID_EN = (
    "asked|told|said|checked|called|confirmed|changed|met|known|knew|seen|saw|heard|been|used|tried|shown|sent|given"
    "|promised|offered|contacted|started|ask|tell|check|call|confirm|change|meet|use|try|have|need"
)
_IT_EN = "(?: (?:me|us|it|them|him|her|that|this|so|to|ever|yet|before|anyone|anybody|one|any))*"
ECHO_YES_EN = (
    f"{_WHO_EN}(?: (?:did|do|does|have|has|already))? (?:{_DID_EN}){_IT_EN}"
    "|(?:already )?(?:checked|confirmed|changed|called|asked)"
)
ECHO_NO_EN = (
    "(?:(?:i|we|they|he|she|it) (?:don't|do not|doesn't|does not|didn't|did not|haven't|have not|hasn't|has not"
    "|never|have never|has never)|nobody|no one|nobody has|no one has|nobody did|not)(?: ever| even)?"
    f" (?:{_DID_EN}){_IT_EN}|nobody|no one|nobody (?:did|has)|not yet|no way|nothing like that"
    "|(?:nobody|no one)(?: has)? (?:told|asked) me anything"
    "|(?:it was not|it wasn't|wasn't|was not|not) me"
)

_OFFERED_ZH = re.compile("([^。，？]+)，请按")
_POLITE_ZH = re.compile("[你您]请?说吧?|[你您]?请[说讲]")
_VERBS_ZH = f"[看来打找][得不][到见及通]|找到|有关系?|会|肯(?!定)|要|敢|需要|打算|知道|叫|告诉|{_DID_ZH}|{_BEEN_ZH}"
_VERB_ZH = re.compile("|".join(sorted(_VERBS_ZH.split("|"), key=len, reverse=True)))
_ASKED_ZH = re.compile(f"(?:有人|有没有人?)(?:跟您|对您|先|正)?({_VERB_ZH.pattern})|(?<!只)能当?面?(找到)")
"""Verbs that the question asks about though its offers say 有 and 能."""
_DONE_ZH = re.compile(
    f"(?:{_VERB_ZH.pattern})(?:到|成|回来)?(?:过(?!面?的人)|了(?=吗)|给您)|您(?:自己|早就)*打(?:算|(?!开))"
)
"""What the question asks about in its own words: 您打过, 换了吗. Not in 见过面的人, nor where it asks for 只 that."""
_OTHERWISE_ZH = str.maketrans("不见", "得到")
"""看不见 asks and answers like 看得到."""
_SAME_ZH = (
    *(("听过", "听说过"), ("听说过", "知道"), ("打过交道", "打过见过"), ("叮嘱", "说"), ("交代", "说"), ("提", "说")),
    *(("找得到", "找到"), ("当面", "")),
)
"""What is said and asked in either words, one after the other."""
_TELLS_ZH = frozenset("教叫让劝催说要") | {"告诉"}
_ANYONE_ZH = re.compile("有人|有没有|别人|哪位")
_NOBODY_ZH = re.compile("没有?人")
_THEY_SAY_ZH = re.compile("[他她]|对方|人家|有人")
_I_SAY_ZH = re.compile("(?<![教叫让劝催说诉过])我")
_YOU_ZH = re.compile("(?<![跟给替劝教带找请对和])您(?!(?:自己)?(?:找到|熟悉|身边|损失|认识)|[的们])")
"""Not in 跟您说过, where others speak, nor in 您熟悉的那位经办人, who is asked about."""
_MAKE_YOU_ZH = re.compile("[要让叫]您[^，]*")
_THEY_ZH = re.compile("对方|有人|有没有|别人|卖家")
_FACE_ZH = re.compile("当面打过|面对面")
_CLAUSE = re.compile("[，。]")


def strays(words: str, *, offered_by: str) -> bool:
    """True if these words, which are no plain yes or no, say what the prompt does not ask, or of somebody else."""
    return _strays_en(words, offered_by.lower()) if words.isascii() else _strays_zh(words, offered_by)


def _strays_zh(words: str, prompt: str) -> bool:
    said = _POLITE_ZH.sub("", words)
    verbs = _verbs_zh(said)
    question = prompt.partition("，请按")[0].replace("问题", "")
    asked = _verbs_zh("，".join(_OFFERED_ZH.findall(prompt)))
    asked |= _verbs_zh("".join("".join(one) for one in _ASKED_ZH.findall(question)))
    asked |= _verbs_zh("".join("".join(_DONE_ZH.findall(one)) for one in _CLAUSE.split(question) if "只" not in one))
    if _FACE_ZH.search(question):
        asked |= _verbs_zh("见")
    if _NOBODY_ZH.search(said):
        told = _TELLS_ZH if _verbs_zh(question) & _TELLS_ZH else frozenset()
        anyone = _ANYONE_ZH.search(question) or (verbs and _THEY_ZH.search(question))
        return not anyone or not verbs <= asked | told
    return not verbs <= asked or any(_disagrees_zh(said, question, verb) for verb in verbs)


def _verbs_zh(words: str) -> set[str]:
    for one, other in _SAME_ZH:
        words = words.replace(one, other)
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


_FORMS = (
    "ask asked asking|tell told telling|say said saying|check checked checking|call called calling|confirm confirmed"
    "|change changed|meet met|know known knew|see seen saw|hear heard|use used using|show shown shows"
    "|send sent|give gave given|promise promised|offer offered offering|contact contacted|start started|need needed"
)
_LEMMA = {form: forms.split()[0] for forms in _FORMS.split("|") for form in forms.split()}
_WORD = re.compile("[a-z']+")
_OTHERS = (
    r"any(?:one|body)|some(?:one|body)|they|(?:the|this) (?:person|seller|lender|other side|sender|company|firm|place)"
    r"|official game support|customer service|the sum they ask for"
)
_NO_TELLERS = ("customer service", "the sum they ask for")
"""These are no persons, who ask or tell."""
_AUX = "have|has|had|did|do|does|were|are|is|can"
_SUBJECT = re.compile(rf"\b(?:{_AUX}) (?:(you)|{_OTHERS})\b|\b(you) the one who\b|\b(?:{_OTHERS}) $")
_DOING = re.compile(r"\b(?:is|are) (?:\w+ ){1,4}$")
_MAIN = re.compile(rf"\b(?:{_AUX}|could|would) (?:(you)|{_OTHERS})\b")
_TOLD = re.compile(r"\b(?:were you|been) (?:advised|asked|told|sent|given|shown)\b")
"""Of others, though it begins with "you"."""
_THEY_SAY = re.compile(r"\b(?:they|he|she|someone|somebody|the school|the bank)\b")
_I_SAY = re.compile(r"\b(?:i|we)\b")
_NOBODY = re.compile(r"\b(?:nobody|no one)\b")
_ANYONE = re.compile(r"\b(?:any|some)(?:one|body)\b")
_FACE = re.compile(r"\b(?:have|did) you\b[^?]*\b(?:face to face|in person)")
_HOW = re.compile(r"\b(?:only|through)\b")
"""Who asks how something was done is not answered by "I haven't seen it"."""


def _strays_en(words: str, prompt: str) -> bool:
    question = prompt.rpartition("?")[0]
    main = _MAIN.search(question)
    of_others = _TOLD.search(question) is not None or (main is not None and main[1] is None)
    verbs = {_LEMMA[word] for word in _WORD.findall(words) if word in _LEMMA}
    if _NOBODY.search(words):
        if main is not None and main[0].endswith(_NO_TELLERS) and verbs & {"ask", "tell"}:
            return True
        return not (of_others or _ANYONE.search(question)) or any(
            not _asked_of(verb, question) for verb in verbs - {"ask", "tell"}
        )
    they, i = _THEY_SAY.search(words), _I_SAY.search(words)
    if not verbs:
        # "They did", "we haven't": without a verb it is the verb of the question, if it is asked of them.
        of_us = not of_others and main is not None
        return not of_us if words.startswith("we ") else they is not None and not of_others
    if i and _HOW.search(question):
        return True
    for verb in verbs:
        subjects = _asked_of(verb, question)
        if not subjects or (they and "they" not in subjects) or (i and "you" not in subjects):
            return True
    return False


def _asked_of(verb: str, question: str) -> set[str]:
    """Return of whom the question asks what this verb says."""
    found: set[str] = set()
    for word in _WORD.finditer(question):
        if _LEMMA.get(word.group()) != verb:
            continue
        before = question[: word.start()]
        if word.group().endswith("ing") and not _DOING.search(before):
            continue
        subjects = list(_SUBJECT.finditer(before))
        if _TOLD.search(question[max(0, word.start() - 9) : word.end()]):
            found.add("they")
        elif subjects:
            found.add("you" if subjects[-1][1] or subjects[-1][2] else "they")
    if verb == "meet" and _FACE.search(question):
        found.add("you")
    return found
