"""Which of two languages is used to speak and write to a person."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY
from wakeup.domain.language import nearest_locale, zh_or_en
from wakeup.ivr.library import Published
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.words.sms_templates import load_sms_templates

CHINESE = ("zh-CN", "zh-HK", "zh_SG", "zh-Hant-TW", "ZH", "cmn-TW", "yue-HK", "nan", "wuu", "hak-CN")
ALL_ELSE = ("en", "en-GB", "ms-SG", "ta-IN", "id-ID", "fr", "ja-JP", "zha", "x", "")


@pytest.mark.parametrize("locale", CHINESE)
def test_every_kind_of_chinese_is_chinese(locale: str) -> None:
    assert zh_or_en(locale) == "zh"


@pytest.mark.parametrize("locale", ALL_ELSE)
def test_a_customer_who_speaks_neither_language_is_spoken_to_in_english(locale: str) -> None:
    assert zh_or_en(locale) == "en"


@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda published: published.script.id)
def test_the_voice_and_the_texts_speak_one_language(published: Published) -> None:
    sms_templates = load_sms_templates(data_folder("config") / "messages", {"zh": "星河银行", "en": "Star River Bank"})
    for locale in (*CHINESE, *ALL_ELSE):
        written = sms_templates.wording("prompt", locale).split("/")[1]
        assert published.script.language_for(locale) == written == ("zh-CN" if zh_or_en(locale) == "zh" else "en"), (
            locale
        )


@pytest.mark.parametrize(
    ("locale", "there_is", "found"),
    [
        ("zh-HK", ("en", "zh-CN", "zh-HK"), "zh-HK"),
        ("zh-TW", ("en", "zh-CN"), "zh-CN"),
        ("yue-HK", ("en", "zh-CN", "yue-CN"), "yue-CN"),
        ("yue-HK", ("en", "zh-CN"), "zh-CN"),
        ("ms-SG", ("ms", "zh-CN", "en"), "ms"),
        ("ta-IN", ("ms", "zh-CN", "en-SG"), "en-SG"),
        ("fr", ("zh-CN",), None),
        ("en", (), None),
    ],
)
def test_a_shared_base_language_comes_before_zh_or_en(
    locale: str, there_is: tuple[str, ...], found: str | None
) -> None:
    assert nearest_locale(locale, there_is) == found
