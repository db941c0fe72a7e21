"""Reads every prompt as a careful listener would: no secrets asked, no number spoken, nothing too long."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tests.ivr.stage import LIBRARY, SCRIPTS, VARIABLES
from wakeup.ivr.library import Published
from wakeup.ivr.nodes import Menu, Question, prompts_of
from wakeup.ivr.wording import masked_payee, speaking_ms, spoken_digits
from wakeup.runtime.amounts import spoken_amount
from wakeup.runtime.scripts.strict_yaml import load_yaml

SCRIPTS_NOW = tuple(LIBRARY)
PROMPTS = [
    pytest.param(
        path.parent.name,
        path.name.split(".")[1],
        prompt,
        text,
        id=f"{path.parent.name}/{path.name.split('.')[1]}/{prompt}",
    )
    for path in sorted(SCRIPTS.glob("*/prompts.*.yaml"))
    for prompt, text in load_yaml(path).items()
]
SECRETS = re.compile(
    r"密码|口令|验证码|短信码|动态码|校验码|卡号|身份证|安全码|有效期|安全账户|指纹|人脸|下载|点击链接|屏幕共享"
    r"|password|passcode|\bpin\b|\botp\b|verification code|one-time|card number|\bcvv\b|id number"
    r"|safe account|link|install|download",
    re.IGNORECASE,
)
LEADING = re.compile(r"是不是|难道|right\?$|isn't it|aren't you", re.IGNORECASE)
SHAMING = re.compile(r"骗|诈|上当|愚|傻|scam|fraud|fool|stupid|victim|警官|警察|officer|police", re.IGNORECASE)
_ONE = "(zero|one|two|three|four|five|six|seven|eight|nine)"
NUMBERS = re.compile(rf"[0-9]{{2,}}|[零幺一二三四五六七八九]{{3,}}|{_ONE}([ ,]+{_ONE}){{2,}}")


@pytest.mark.parametrize(("script", "language", "prompt", "text"), PROMPTS)
def test_prompt(script: str, language: str, prompt: str, text: str) -> None:
    plain = re.sub(r"\{\{.*?\}\}", "", text)
    assert not SECRETS.search(plain), "asks for, or teaches the asking of, a secret"
    assert not LEADING.search(plain), "leads"
    assert not SHAMING.search(plain), "names a crime or a badge to somebody who may be innocent, or hurt"
    assert not NUMBERS.search(plain), "speaks a number"
    assert (re.search(r"[\u3400-\u9fff]", plain) is not None) == language.startswith("zh")
    assert not re.search(r"(press|按) ?[0-9*].*(press|按) ?[0-9*].*(press|按) ?[0-9*].*(press|按) ?[1-8]", plain)
    assert speaking_ms(plain) <= 26_000, "nobody can keep that in mind"


@pytest.mark.parametrize("published", SCRIPTS_NOW, ids=lambda published: published.script.id)
def test_every_language_says_everything_with_and_without_its_optional_variables(published: Published) -> None:
    script = published.script
    for language in script.languages.supported:
        full = VARIABLES[language] | {"settled": True, "callback_time": "T", "crisis_text": "C"}
        bare = VARIABLES[language] | {"settled": False, "callback_time": "", "crisis_text": ""}
        for prompt in {prompt for node in script.nodes.values() for prompt in prompts_of(node)}:
            for variables in (full, bare):
                said = published.prompts.render(script.id, language, prompt, variables)
                assert said and "{" not in said and "  " not in said


@pytest.mark.parametrize("published", SCRIPTS_NOW, ids=lambda published: published.script.id)
def test_whatever_key_a_node_takes_is_said_and_no_other(published: Published) -> None:
    script = published.script
    for name, node in script.nodes.items():
        for language in script.languages.supported:
            render, known = published.prompts.render, VARIABLES[language] | {"callback_time": "", "crisis_text": ""}
            if isinstance(node, Menu):
                texts = [" ".join(render(script.id, language, prompt, known) for prompt in node.prompts)]
                texts += [render(script.id, language, prompt, known) for prompt in node.reprompts]
                wanted = set(node.keys)
            elif isinstance(node, Question):
                asked = [(wording.prompt, *node.after) for wording in node.variants]
                texts = [" ".join(render(script.id, language, p, known) for p in prompts) for prompts in asked]
                wanted = {"1", "2", "3"}
            else:
                continue
            for text in texts if name != "identify" else texts[1:]:
                told = set(re.findall(r"(?:按|press ?)([1-9])", text)) - set(script.keys)
                assert told == wanted, (name, language)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_who_automated_recorded_and_why_are_said_within_eight_seconds(language: str) -> None:
    published = LIBRARY.latest("generic")
    opening = published.prompts.render("generic", language, "opening", VARIABLES[language])
    assert speaking_ms(opening) <= 10_000
    for word in {"zh-CN": ("银行", "自动", "录音", "资金安全"), "en": ("Bank", "automated", "recorded", "money")}[
        language
    ]:
        assert word in opening


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("王小明", "王某某", "the payee you entered"),
        ("王明", "王某", "the payee you entered"),
        ("欧阳小明", "欧阳某某", "the payee you entered"),
        ("深圳市星河贸易有限公司", "名称以深圳开头的一方", "the payee you entered"),
        ("john  tan", "名字以J开头的一方", "someone whose name begins with J"),
        ("  ", "您填的收款人", "the payee you entered"),
    ],
)
def test_masked_payee(name: str, chinese: str, english: str) -> None:
    assert masked_payee(name, "zh-CN") == chinese
    assert masked_payee(name, "en") == english


def test_spoken_digits() -> None:
    assert spoken_digits("0123456789", "zh-CN") == "零、幺、二、三、四、五、六、七、八、九"
    assert spoken_digits("90", "en") == "nine, zero"
    for wrong in ("", "12a", "٣", "1 2"):
        with pytest.raises(ValueError):
            spoken_digits(wrong, "en")


@pytest.mark.parametrize(
    ("amount", "currency", "chinese", "english"),
    [
        ("52000.00", "SGD", "约五万两千新加坡元", "about 52,000 Singapore dollars"),
        ("52345.67", "CNY", "约五万两千元", "about 52,000 Chinese yuan"),
        ("2", "CNY", "约两元", "about 2 Chinese yuan"),
        ("0.30", "EUR", "约一欧元", "about 1 euro"),
        ("12.4", "USD", "约十二美元", "about 12 US dollars"),
        ("110000", "CNY", "约十一万元", "about 110,000 Chinese yuan"),
        ("250", "HKD", "约两百五十港币", "about 250 Hong Kong dollars"),
        ("995", "GBP", "约一千英镑", "about 1,000 British pounds"),
        ("22000000", "USD", "约两千两百万美元", "about 22,000,000 US dollars"),
        ("120000000", "JPY", "约一亿两千万日元", "about 120,000,000 Japanese yen"),
    ],
)
def test_spoken_amount(amount: str, currency: str, chinese: str, english: str) -> None:
    assert spoken_amount(Decimal(amount), currency, "zh-CN") == chinese
    assert spoken_amount(Decimal(amount), currency, "en") == english


def test_nothing_is_no_amount() -> None:
    with pytest.raises(ValueError):
        spoken_amount(Decimal(0), "CNY", "zh-CN")
