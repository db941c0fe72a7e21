"""The SMS templates in `config/messages/<language>.toml`. Templates are data; what they must not say is checked
here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wakeup.domain.errors import ConfigError, NotFoundError
from wakeup.domain.language import nearest_locale, zh_or_en
from wakeup.domain.segments import segments, shortest
from wakeup.runtime.words.files import blanks_fault, content_of
from wakeup.usecases.sms_templates import RenderedSms

FOLDER = "messages"
DEFAULT = "en"
MAX_SEGMENTS = 2
WORDS: Mapping[str, frozenset[str]] = {
    "prompt": frozenset({"bank", "name", "code"}),
    "reminder": frozenset({"bank", "name", "code"}),
    "ask_back": frozenset({"bank", "name", "code"}),
    "hint": frozenset({"bank", "code"}),
    "invitation": frozenset({"bank", "name", "code"}),
    "number_changed": frozenset({"bank"}),
    "missed_call": frozenset({"bank"}),
    "outcome": frozenset({"bank"}),
    "education": frozenset({"bank"}),
}
"""Every template required, and the variables it must use."""
_SAMPLE = {"en": {"bank": "Star River Bank", "name": "Mei"}, "zh": {"bank": "星河银行", "name": "陈*玲"}}
_FORBIDDEN = (
    (re.compile(r"https?:|www\.|\w\.(?:com|net|org|cn|sg|uk|ly)\b", re.IGNORECASE), "contains a link"),
    (re.compile(r"\d[\d -]{3,}\d|\+\d"), "contains a number that could be called or paid to"),
    (re.compile(r"[$€£¥]|\b(?:SGD|USD|GBP|EUR|CNY)\b|金额|元"), "mentions an amount"),
    (
        re.compile(r"\b(?:account|payee|transfer of)\b|账户|账号|卡号|收款", re.IGNORECASE),
        "mentions an account or payee",
    ),
)
_STOP = {"en": re.compile(r"\bSTOP\b"), "zh": re.compile(r"退订回TD")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The templates of one language."""

    version: str
    someone: str
    """The form of address for a person without a usable name."""
    texts: Mapping[str, str]


class FileSmsTemplates:
    """Implements `usecases.sms_templates.SmsTemplates`."""

    def __init__(self, languages: Mapping[str, Language], bank_names: Mapping[str, str]) -> None:
        self._languages = languages
        self._bank_names = bank_names

    def write(self, kind: str, locale: str, words: Mapping[str, str]) -> RenderedSms:
        language, name = self._found(kind, locale)
        bank = self._bank_names[zh_or_en(language)]
        own = self._languages[language]
        body = own.texts[name].format_map({**words, "bank": bank, "name": shortest(words.get("name") or own.someone)})
        return RenderedSms(body=body, template=self._label(language, name))

    def wording(self, kind: str, locale: str) -> str:
        return self._label(*self._found(kind, locale))

    def _label(self, language: str, name: str) -> str:
        return f"{name}/{language}/{self._languages[language].version}"

    def _found(self, kind: str, locale: str) -> tuple[str, str]:
        """Return the language for a locale, and the template of a typology or the general one of its kind.

        Raises NotFoundError.
        """
        language = nearest_locale(locale, self._languages) or DEFAULT
        texts = self._languages[language].texts
        name = next((name for name in (kind, kind.partition(".")[0]) if name in texts), None)
        if name is None:
            raise NotFoundError("no such text")
        return language, name


def load_sms_templates(folder: Path, bank_names: Mapping[str, str]) -> FileSmsTemplates:
    """Return the templates of every language in a folder. Raises ConfigError with a line per fault."""
    faults: list[str] = []
    languages = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            content = content_of(path)
        except ConfigError as wrong:
            faults += wrong.faults
            continue
        found = template_faults(path.stem, content)
        faults += [f"{FOLDER}/{path.name}: {fault}" for fault in found]
        if not found:
            languages[path.stem] = Language(**content)
    if not faults and DEFAULT not in languages:
        faults.append(f"{FOLDER}: {DEFAULT}.toml is missing")
    if faults:
        raise ConfigError(faults)
    return FileSmsTemplates(languages, bank_names)


def template_faults(language: str, content: Mapping[str, object]) -> list[str]:
    """Return the faults of one language's file: unknown or missing parts, and what no SMS may say."""
    texts, version = content.get("texts"), content.get("version")
    faults = [f"{key}: unknown" for key in sorted(content.keys() - {"texts", "someone", "version"})]
    if not isinstance(version, str) or re.fullmatch(r"[0-9A-Za-z._-]{1,32}", version) is None:
        faults.append("version: must be a short word such as 2026-11")
    if not isinstance(content.get("someone"), str):
        faults.append("someone: is missing")
    if not isinstance(texts, dict):
        return [*faults, "texts: is missing"]
    faults += [f"texts.{kind}: is missing" for kind in sorted(WORDS.keys() - texts.keys())]
    for name, text in texts.items():
        kind = name.partition(".")[0]
        if kind not in WORDS or not isinstance(text, str):
            faults.append(f"texts.{name}: unknown")
        else:
            faults += [f"texts.{name}: {fault}" for fault in _text_faults(zh_or_en(language), text, WORDS[kind])]
    return faults


def _text_faults(spoken: str, text: str, words: frozenset[str]) -> list[str]:
    if (fault := blanks_fault(text, words)) is not None:
        return [fault]
    sample = text.format_map({**_SAMPLE[spoken], "code": "47"})
    faults = [fault for pattern, fault in _FORBIDDEN if pattern.search(sample)]
    if segments(sample) > MAX_SEGMENTS:
        faults.append(f"takes more than {MAX_SEGMENTS} segments")
    if not _STOP[spoken].search(text):
        faults.append("does not say how to opt out")
    return faults
