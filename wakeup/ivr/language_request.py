"""Recognise a request for another language: a sentence about nothing else, in either language or both at once."""

from __future__ import annotations

import re

from wakeup.domain.language import nearest_locale, zh_or_en
from wakeup.ivr.script import Script

_NAMES = {"zh": "中文|汉语|华语|国语|普通话|华文|chinese|mandarin", "en": "英语|英文|english"}
_ASIDE_ZH = (
    "不好意思|对不起|抱歉|麻烦|请问|可不可以|能不能|会不会|有没有|可以|可否|谢谢|但是|可是|还是|听得懂|想要|希望|换成|换到"
    "|改成|改用|切换|转成|服务|一下|你好|您好|好吗|行吗|[我你您们请能想要就只会懂跟用换改转到成说讲听话版的吧好行吗啊呀啦喂有]"
)
_ASIDE_EN = (
    "can|could|may|do|does|would|will|you|we|i|i'd|i'm|me|my|please|only|just|speak|speaks|speaking|speaker|talk|to|in"
    "|understand|know|want|need|prefer|rather|like|a|some|have|use|change|switch|language|it|the|hello|hi|sorry|any|anyone"
    "|someone|somebody|who|say|version|instead|thanks|thank|with|now|ok|okay|lah|but|is|there"
)
_ASIDE = re.compile(rf"(?:{_ASIDE_ZH})|(?<![a-z'])(?:{_ASIDE_EN})(?![a-z'])|[\s,.?!，。？！、]+")
_LACKS = (
    "(?:听不[太大]?懂|听不明白|(?<![能会])不[太大]?[懂会能][说讲听]?|说不[了好]|讲不[了好]|没学过)[^,，]{{0,2}}?(?:{0})"
    "|(?:{0})[我听说讲]*(?:不[太大怎]?么?[好行会懂]|听不[太大]?懂)"
    r"|(?<![a-z'])(?:no|not|(?:don't|do not|can't|cannot|can not)(?: really)? (?:speak|understand|know|talk))"
    r"(?: (?:much|any|good|very|well))*\s(?:{0})"
    r"|(?:{0}) (?:no|is(?:n't| not)?)(?: (?:very|so|too|really))? (?:good|bad|poor|weak|great)"
)
_LACKED = {one: re.compile(_LACKS.format(name)) for one, name in _NAMES.items()}
_NAMED = {one: re.compile(name) for one, name in _NAMES.items()}
_LONGEST = 60
"""Characters. A longer sentence is about something else too."""
_HINTS = {"zh": ("说英语", "讲英文", "英文"), "en": ("Chinese please", "speak Mandarin")}


def requested_language(script: Script, language: str, words: str) -> str | None:
    """Return the script's language that these words ask for, or None. Asking for the present language gives None
    too.

    The recogniser's confidence is ignored: it is listening in the wrong language, and the callee can ask to switch
    back.
    """
    wanted = _wanted(words.lower().replace("’", "'"), zh_or_en(language))
    found = (
        None if wanted is None or wanted == zh_or_en(language) else nearest_locale(wanted, script.languages.supported)
    )
    return found if found != language else None


def other_language_hints(script: Script, language: str) -> tuple[str, ...]:
    """Return recogniser hints for asking to switch language, if the script has a language other than this one."""
    spoken = zh_or_en(language)
    return _HINTS[spoken] if any(zh_or_en(one) != spoken for one in script.languages.supported) else ()


def _wanted(words: str, spoken: str) -> str | None:
    if len(words) > _LONGEST:
        return None
    lacked = {one for one, pattern in _LACKED.items() if pattern.search(words)}
    for one in lacked:
        words = _LACKED[one].sub("", words)
    named = {one for one, pattern in _NAMED.items() if pattern.search(words)}
    for one in named:
        words = _NAMED[one].sub("", words)
    if _ASIDE.sub("", words) or len(named) > 1:
        return None
    if named:
        return named.pop()
    return next((other for other in _NAMES if other != spoken), None) if lacked == {spoken} else None
