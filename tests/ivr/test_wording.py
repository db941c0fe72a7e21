"""Check every prompt as a careful listener would, and how small facts are spoken: codes, payees, amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ivr.stage import LIBRARY, SCRIPTS, VARIABLES
from wakeup.ivr.checks import said_in
from wakeup.ivr.library import Published
from wakeup.ivr.wording import masked_payee, speaking_ms, spoken_digits, spoken_ward
from wakeup.runtime.scripts.files import read_sources, script_folders
from wakeup.runtime.words.amounts import spoken_amount
from wakeup.workshop.lint.reading import RULES, subject_of
from wakeup.workshop.lint.subject import Rule

SUBJECTS = [subject for folder in script_folders(SCRIPTS) if (subject := subject_of(read_sources(folder))) is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}")
def test_no_shipped_script_breaks_this_rule(rule: Rule) -> None:
    assert len(SUBJECTS) == len(tuple(LIBRARY))
    assert not [f"{subject.script.id}: {finding}" for subject in SUBJECTS for finding in rule(subject)]


@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda published: published.script.id)
def test_every_language_says_everything_with_and_without_its_optional_variables(published: Published) -> None:
    script = published.script
    for language in script.languages.supported:
        full = VARIABLES[language] | {
            "settled": True,
            "unhurried": True,
            "unrecorded": True,
            "callback_time": "T",
            "ward": "W",
            "crisis_text": "C",
        }
        bare = VARIABLES[language] | {
            "settled": False,
            "unhurried": False,
            "unrecorded": False,
            "callback_time": "",
            "ward": "",
            "crisis_text": "",
        }
        for prompt in said_in(script):
            for variables in (full, bare):
                said = published.prompts.render(script.id, language, prompt, variables)
                assert said and "{" not in said and "  " not in said


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("王小明", "姓王的那位", "the payee you entered"),
        ("王明", "姓王的那位", "the payee you entered"),
        ("欧阳小明", "姓欧阳的那位", "the payee you entered"),
        ("欧阳克", "姓欧阳的那位", "the payee you entered"),
        ("蔡 徐坤", "姓蔡的那位", "the payee you entered"),
        ("諸葛亮", "名称以“諸”开头的收款方", "the payee you entered"),
        ("陳大文", "姓陳的那位", "the payee you entered"),
        ("阿卜杜拉·买买提", "名字以“阿”开头的那位", "the payee you entered"),
        ("欧阳", "名称以“欧”开头的收款方", "the payee you entered"),
        ("鑫达商行", "名称以“鑫达”开头的收款方", "the payee you entered"),
        ("鑫达行", "名称以“鑫达”开头的收款方", "the payee you entered"),
        ("陈记", "名称以“陈”开头的收款方", "the payee you entered"),
        ("上海烟草", "名称以“上海”开头的收款方", "the payee you entered"),
        ("深圳市星河贸易有限公司", "名称以“深圳”开头的收款方", "the payee you entered"),
        ("可口可乐·中国有限公司", "名称以“可口”开头的收款方", "the payee you entered"),
        ("john  tan", "英文名以J开头的收款方", "someone whose name begins with J"),
        ("  ", "您填的收款方", "the payee you entered"),
    ],
)
def test_a_payee_is_spoken_of_without_the_full_name(name: str, chinese: str, english: str) -> None:
    assert masked_payee(name, "zh-CN") == chinese
    assert masked_payee(name, "en") == english


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("支付宝", "支"), ("美团", "美"), ("京东", "京"), ("小米", "小"), ("星投资", "星"), ("东方红", "东"), ("金山", "金"),
    ],
)  # fmt: skip
def test_a_brand_is_not_called_a_person(name: str, begins: str) -> None:
    assert masked_payee(name, "zh-CN") == f"名称以“{begins}”开头的收款方"


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("陈美玲", "姓陈、名字最后一个字是“玲”", None),
        ("陈玲", "姓陈", None),
        ("欧阳修文", "姓欧阳、名字最后一个字是“文”", None),
        ("Mei Ling Chen", "叫Mei", "Mei"),
        ("+6591234567", None, None),
        ("", None, None),
    ],
)
def test_a_guardian_hears_the_customers_name_as_our_texts_write_it(
    name: str, chinese: str | None, english: str | None
) -> None:
    assert (spoken_ward(name, "zh-CN"), spoken_ward(name, "en")) == (chinese, english)


def test_words_take_as_long_as_a_calm_voice_needs() -> None:
    assert speaking_ms("您好，") == 700
    assert speaking_ms("Press 1, please.") == 1600
    assert speaking_ms("") == 0


def test_digits_are_spoken_one_by_one() -> None:
    assert spoken_digits("0123456789", "zh-CN") == "零、一、二、三、四、五、六、七、八、九"
    assert spoken_digits("90", "en") == "nine, zero"
    for wrong in ("", "12a", "٣", "1 2"):
        with pytest.raises(ValueError, match="digits"):
            spoken_digits(wrong, "en")


@pytest.mark.parametrize(
    ("amount", "currency", "chinese", "english"),
    [
        ("52000.00", "SGD", "大约五万两千新币", "about 52,000 Singapore dollars"),
        ("52345.67", "CNY", "大约五万两千元", "about 52,000 Chinese yuan"),
        ("2", "CNY", "大约两元", "about 2 Chinese yuan"),
        ("0.30", "EUR", "大约一欧元", "about 1 euro"),
        ("12.4", "USD", "大约十二美元", "about 12 US dollars"),
        ("105", "CNY", "大约一百一十元", "about 110 Chinese yuan"),
        ("110000", "CNY", "大约十一万元", "about 110,000 Chinese yuan"),
        ("250", "HKD", "大约两百五十港币", "about 250 Hong Kong dollars"),
        ("19000", "MYR", "大约一万九千令吉", "about 19,000 Malaysian ringgit"),
        ("10050", "IDR", "大约一万印尼盾", "about 10,000 Indonesian rupiah"),
        ("800", "AUD", "大约八百澳元", "about 800 Australian dollars"),
        ("995", "GBP", "大约一千英镑", "about 1,000 British pounds"),
        ("22000000", "USD", "大约两千两百万美元", "about 22,000,000 US dollars"),
        ("120000000", "JPY", "大约一亿两千万日元", "about 120,000,000 Japanese yen"),
    ],
)
def test_an_amount_is_spoken_rounded_and_with_its_currency(
    amount: str, currency: str, chinese: str, english: str
) -> None:
    assert spoken_amount(Decimal(amount), currency, "zh-CN") == chinese
    assert spoken_amount(Decimal(amount), currency, "en") == english


def test_nothing_is_no_amount() -> None:
    with pytest.raises(ValueError, match="amount"):
        spoken_amount(Decimal(0), "CNY", "zh-CN")
