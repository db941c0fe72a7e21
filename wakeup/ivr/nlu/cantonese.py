"""Cantonese words in the Mandarin ones that the patterns expect. Recognisers of Mandarin write both."""

from __future__ import annotations

import re

_SAME = (
    ("唔该", "麻烦"),
    ("(?<!好)唔好(?!意思)", "不要"),
    ("唔使", "不用"),
    ("唔知(?!道)", "不知道"),
    ("唔明(?!白)", "不明白"),
    ("唔", "不"),
    ("咪(?=再|继续|现在|[转付汇])", "别"),
    ("冇", "没有"),
    ("佢", "他"),
    ("哋", "们"),
    ("过咗去", "过去了"),
    ("过咗数", "转了账"),
    ("咗", "了"),
    ("喺隔[离篱]", "在旁边"),
    ("喺", "在"),
    ("(?<![转付汇了])[俾畀](?=人|他)", "被"),
    ("[俾畀]", "给"),
    # 呃 is a sound of hesitation, too: 呃，我想想.
    ("(?<=[人他们被])呃|呃(?=了|晒|钱)", "骗"),
    ("仲未", "还没"),
    ("仲(?=有|没|要|在|想)", "还"),
    ("收线", "挂电话"),
    ("(?<![吃震受大])惊(?![喜讶人吓动醒奇艳险慌])", "怕"),
    ("捉(?=我|他)", "抓"),
    ("点算", "怎么办"),
    ("点解", "为什么"),
    ("乜嘢", "什么"),
    ("(?<![旁身左右])边个", "谁"),
    ("(?<![关联])係", "是"),
    ("嘅", "的"),
    ("了*喇(?!叭)", "了"),
    ("而家", "现在"),
    ("[琴寻]日", "昨天"),
    ("睇住", "看着"),
    ("睇", "看"),
    ("嚟", "来"),
    ("嗰", "那"),
    ("同(?=[^,]{1,4}讲)", "跟"),
)
_FORMS = tuple((re.compile(heard), meant) for heard, meant in _SAME)
_ANY = re.compile("[唔咪冇佢哋咗喺俾畀仲惊捉係嘅喇睇嚟嗰]|收线|点[算解]|乜嘢|边个|而家|[琴寻]日")


def in_mandarin(words: str) -> str:
    """Replace the Cantonese words. A sentence without any stays as it is."""
    if _ANY.search(words) is None:
        return words
    for heard, meant in _FORMS:
        words = heard.sub(meant, words)
    return words
