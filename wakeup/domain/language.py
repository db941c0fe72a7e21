"""Chinese or English: the one place that chooses between the two by locale."""

from __future__ import annotations

from collections.abc import Iterable

CHINESE = frozenset({"zh", "cmn", "yue", "nan", "wuu", "hak"})
"""They share one writing system, and speakers of each understand Mandarin better than English."""


def base_language(locale: str) -> str:
    """Return the base language of a locale: zh for zh-Hans-SG or zh_SG."""
    return locale.replace("_", "-").partition("-")[0].lower()


def zh_or_en(locale: str) -> str:
    """Return `zh` for every Chinese language, and `en` for all others."""
    return "zh" if base_language(locale) in CHINESE else "en"


def nearest_locale(locale: str, languages: Iterable[str]) -> str | None:
    """Return the best of these languages for a locale, or None.

    In this order: the locale itself, a language with the same base language (zh-CN for zh-HK), one with the same
    `zh_or_en`.
    """
    known = tuple(languages)
    if locale in known:
        return locale
    return next(
        (one for wanted in (base_language(locale), zh_or_en(locale)) for one in known if base_language(one) == wanted),
        None,
    )
