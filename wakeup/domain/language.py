"""Chinese or English: the one place that decides, by their locale, in which of the two somebody is spoken to."""

from __future__ import annotations

from collections.abc import Iterable

CHINESE = frozenset({"zh", "cmn", "yue", "nan", "wuu", "hak"})
"""They share one writing, and whoever speaks one of them follows Mandarin sooner than English."""


def base_language(locale: str) -> str:
    """The language of a locale: zh of zh-Hans-SG or zh_SG."""
    return locale.replace("_", "-").partition("-")[0].lower()


def zh_or_en(locale: str) -> str:
    """`zh` for every kind of Chinese, and `en` for all else."""
    return "zh" if base_language(locale) in CHINESE else "en"


def nearest_locale(locale: str, languages: Iterable[str]) -> str | None:
    """Return the locale itself if it is among `languages`, else a relative (zh-CN for zh-HK), else one of its `zh_or_en`;
    None if there is none."""
    known = tuple(languages)
    if locale in known:
        return locale
    return next(
        (one for wanted in (base_language(locale), zh_or_en(locale)) for one in known if base_language(one) == wanted),
        None,
    )
