"""Chinese text has Chinese punctuation: no half-width sign is next to a Chinese character."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from babel.messages.pofile import read_po

from tests.house.tree import ROOT
from wakeup.runtime.scripts.files import read_sources, script_folders
from wakeup.web.api.call_status import WORDS
from wakeup.web.console.i18n import Look

CATALOGUE = ROOT / "wakeup" / "web" / "console" / "locale" / "zh_CN" / "LC_MESSAGES" / "console.po"
HAN = "\u3400-\u9fff"
BLANK = re.compile(r"\{\w+\}|%\(\w+\)s")
HALF_WIDTH = re.compile(rf"[{HAN}] ?[,:;?!()]|[,:;?!()] ?[{HAN}]")


ONE_WORD = {
    "电信商": "运营商", "电话公司": "运营商", "教唆": "有人教其应答", "死信": "未送达的决定", "会面": "三方通话",
    "真相": "核查结论", "APP": "手机银行", "银行应用": "手机银行", "应用内": "手机银行", "暂缓": "拦截",
    "未办理": "未执行", "延长时间": "延长时限", "期限已延长": "时限已延长",
}  # fmt: skip
"""Words that are not to be used, and their replacements."""


def half_width(text: str) -> bool:
    """The value of a placeholder is read within Chinese text, so it counts as a Chinese character."""
    return bool(re.search(f"[{HAN}]", text)) and bool(HALF_WIDTH.search(BLANK.sub("字", text)))


def said() -> dict[str, str]:
    """The console's Chinese sentences by their English originals."""
    with CATALOGUE.open("rb") as text:
        found = [one for one in read_po(text) if one.id]
    return {singular(one.id): singular(one.string) for one in found}


def singular(words: str | Sequence[str] | None) -> str:
    assert words is not None
    return words if isinstance(words, str) else words[0]


def test_the_consoles_chinese_is_punctuated_as_chinese() -> None:
    assert len(said()) > 600
    assert not [words for words in said().values() if half_width(words)]


def test_the_chinese_catalogue_has_one_word_for_one_thing() -> None:
    assert not [words for words in said().values() if any(other in words for other in ONE_WORD)]
    # 账户 holds money; a person who signs in has a 账号.
    assert [key for key, words in said().items() if "账户" in words] == ["typology:bank_safe"]
    # 客服 is whom a scammer pretends to be; ours is a 坐席.
    assert [key for key, words in said().items() if "客服" in words] == ["typology:cs_refund"]


def test_no_sentence_leaves_its_time_behind() -> None:
    """自 wants its 起 after the time, so the time is a placeholder within the sentence."""
    assert not [words for words in said().values() if words.endswith("自")]


def test_no_sentence_is_in_the_catalogue_twice() -> None:
    """Only the first of the two would be shown."""
    listed = re.findall(r"^msgid (.+)$", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(listed) == len(set(listed)) > 600


def test_the_words_for_the_banks_app_are_punctuated_as_chinese() -> None:
    assert not [words for words in WORDS["zh"].values() if half_width(words)]


def test_our_texts_are_punctuated_as_chinese() -> None:
    texts = tomllib.loads((ROOT / "config" / "messages" / "zh-CN.toml").read_text(encoding="utf-8"))["texts"]
    assert len(texts) > 20
    assert not [words for words in texts.values() if half_width(words)]


def test_titles_of_scripts_are_punctuated_as_chinese() -> None:
    """A title is `TITLE (标题)`: the brackets between the two languages are half-width, those within are not."""
    viewer, folders = Look(language="zh_CN"), script_folders(ROOT / "scripts_ivr")
    titles = [viewer.title(str(read_sources(folder).data["title"])) for folder in folders]
    assert len(titles) == 20
    assert not [title for title in titles if half_width(title)]


def test_a_half_width_sign_is_found_wherever_it_stands() -> None:
    for wrong in ("录音,188 秒", "决定 (二)", "{reason}:放行", "正确吗?", "在 {due_at},放行"):
        assert half_width(wrong), wrong
    for right in ("录音，188 秒", "._- 和 sip:name@host", "1,200.50 元", "（a-z、0-9、._-）以字母开头", "10:30 之前"):
        assert not half_width(right), right
