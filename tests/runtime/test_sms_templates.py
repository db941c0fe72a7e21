"""What an SMS of ours may say, checked before one is sent."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wakeup.domain.errors import ConfigError
from wakeup.domain.language import zh_or_en
from wakeup.domain.naming import called, same_name
from wakeup.domain.segments import is_gsm, segments
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.words.sms_templates import WORDS, load_sms_templates, template_faults

FOLDER = data_folder("config") / "messages"
NAMES = {"zh": "星河银行", "en": "Star River Bank"}


def content(language: str = "en") -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_our_own_texts_are_without_fault_and_only_the_first_question_takes_two_segments(language: str) -> None:
    assert template_faults(language, content(language)) == []
    sms_templates = load_sms_templates(FOLDER, NAMES)
    words = {"name": called("陈美玲") if language == "zh-CN" else "Mei", "code": "47"}
    assert segments(sms_templates.write("prompt", language, words).body) == 2
    # The law of the US allows no more than 160 characters in an SMS to a customer about their own payment.
    about_a_payment = [
        kind for kind in content(language)["texts"] if kind.partition(".")[0] in {"missed_call", "outcome"}
    ]
    for kind in ("reminder", "ask_back", "hint", *about_a_payment):
        assert segments(sms_templates.write(kind, language, words).body) == 1, kind


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "zh_HK", "cmn-TW", "en", "en-GB", "fr", ""])
def test_every_locale_gets_some_language(locale: str) -> None:
    letter = load_sms_templates(FOLDER, NAMES).write("prompt", locale, {"name": "Mei", "code": "47"})
    assert ("担心" in letter.body) is (zh_or_en(locale) == "zh")
    assert letter.template == f"prompt/{'zh-CN' if zh_or_en(locale) == 'zh' else 'en'}/2026-11e"


@pytest.mark.parametrize(("name", "said"), [("Zoë", "Zoe"), ("Łukasz", "Łukasz"), ("Béa", "Béa"), ("陈*玲", "陈*玲")])
def test_an_accent_makes_no_text_twice_as_dear(name: str, said: str) -> None:
    """With one letter outside the GSM alphabet, a segment holds 70 characters instead of 160."""
    body = load_sms_templates(FOLDER, NAMES).write("prompt", "en", {"name": name, "code": "47"}).body
    assert f": {said} chose you" in body
    assert segments(body) == (2 if is_gsm(said) else 3)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("{bank} {name} {code} see https://x.example STOP", "contains a link"),
        ("{bank} {name} {code} go to bank.com STOP", "contains a link"),
        ("{bank} {name} {code} call 6591 2345 STOP", "contains a number that could be called or paid to"),
        ("{bank} {name} {code} pays 500 SGD STOP", "mentions an amount"),
        ("{bank} {name} {code} to this account STOP", "mentions an account or payee"),
        ("{bank} {name} {code}", "does not say how to opt out"),
        ("{bank} {name} STOP", "must use exactly bank, code, name"),
        ("{bank} {name} {code} {amount} STOP", "must use exactly bank, code, name"),
        ("{bank} {name} {code} STOP {", "has an unmatched brace"),
        ("{bank} {name} {code} STOP " + "x" * 300, "takes more than 2 segments"),
    ],
)
def test_a_text_template_with_a_forbidden_content_is_refused(said: str, fault: str) -> None:
    texts = {**content()["texts"], "prompt": said}
    assert template_faults("en", {**content(), "texts": texts}) == [f"texts.prompt: {fault}"]


def test_a_folder_with_faults_stops_the_start_and_names_every_one(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(
        'version = ""\nsomeone = "x"\nmore = 1\n[texts]\nprompt = "x"\nodd = "y"\n', encoding="utf-8"
    )
    (tmp_path / "zh-CN.toml").write_text("not toml", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_sms_templates(tmp_path, NAMES)
    told = "\n".join(refused.value.faults)
    for part in ("version", "more: unknown", "texts.odd: unknown", "texts.prompt", "zh-CN.toml: cannot be read"):
        assert part in told
    assert all(f"texts.{kind}: is missing" in told for kind in WORDS if kind != "prompt")


def test_a_folder_without_english_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"en\.toml is missing"):
        load_sms_templates(tmp_path, NAMES)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("你" * 70, 1), ("你" * 71, 2), ("你" * 134, 2), ("你" * 135, 3), ("a" * 69 + "你", 1), ("a" * 70 + "你", 2),
        ("😀" * 35, 1), ("😀" * 36, 2), ("a" * 71 + "’", 2),
    ],
)  # fmt: skip
def test_a_text_is_counted_in_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_text_fits_the_short_alphabet_or_not() -> None:
    assert is_gsm("Hello {1} £5 ñ Ω")
    assert not is_gsm("you’re")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈美玲", "陈*玲"), ("陈玲", "陈*"), ("欧阳修文", "欧*文"), ("Mei Ling Chen", "Mei"), ("", ""), ("  ", ""),
        ("Anne-Marie O'Neil", "Anne-Marie"), ("+6591234567", ""), ("J0hn 12", ""), ("http://x", ""),
        ("bank.com", ""), ("a@b", ""), ("Dr. No", "Dr"),
        ("X" * 40, "X" * 16), ("{code}", "code"),
    ],
)  # fmt: skip
def test_a_text_names_the_customer_by_a_part_of_the_name(name: str, shown: str) -> None:
    assert called(name) == shown


def test_a_friend_without_a_name_is_called_a_person_you_know() -> None:
    sms_templates = load_sms_templates(FOLDER, NAMES)
    assert "Someone you know chose you" in sms_templates.write("prompt", "en", {"name": "", "code": "47"}).body
    assert "您的亲友登记您" in sms_templates.write("prompt", "zh-CN", {"name": "", "code": "47"}).body


def test_two_names_are_alike_whatever_their_case_and_spaces() -> None:
    assert same_name("Lin  Chen", "lin chen")
    assert not same_name("", "")
    assert not same_name(None, None)
    assert not same_name("Lin", None)
