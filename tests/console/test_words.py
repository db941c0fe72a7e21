"""Both languages say everything, and say it with the same blanks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.console.wanted_words import CONSOLE, in_templates, wanted
from wakeup.usecases.records import Note
from wakeup.web.console import masks
from wakeup.web.console.sentences import by, sentence
from wakeup.web.console.words import Look, catalogue

ZH, EN = Look(language="zh_CN", zone="Asia/Singapore"), Look(language="en", zone="Asia/Singapore")
T0 = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
_BLANK = re.compile(r"\{\w+\}|%\(\w+\)s")


def in_chinese(text: str) -> str:
    """Some Pythons find a sentence that has a plural only when they are asked for one."""
    said = catalogue("zh_CN")
    found = said.gettext(text)
    return found if found != text else said.ngettext(text, text, 1)


def test_every_sentence_is_translated_and_keeps_its_blanks() -> None:
    silent = sorted(text for text in wanted() if in_chinese(text) == text and text != "Wakeup")
    assert not silent
    torn = [text for text in wanted() if sorted(_BLANK.findall(text)) != sorted(_BLANK.findall(in_chinese(text)))]
    assert not torn


def test_no_sentence_of_a_template_trips_over_a_percent_sign() -> None:
    """Templates fill their sentences by `%`: a bare one breaks the page, and only in the language that has it."""
    said = catalogue("zh_CN")
    for text in in_templates():
        for words in (text, said.gettext(text)):
            assert "%" not in _BLANK.sub("", words), words


def test_what_is_counted_is_counted_in_both_languages() -> None:
    said = catalogue("zh_CN")
    for one in ("day", "conversation"):
        assert said.ngettext(f"%(num)s {one}", f"%(num)s {one}s", 3) != f"%(num)s {one}s", one


def test_the_search_for_sentences_finds_some() -> None:
    assert "Pause all dialling" in set(in_templates())
    assert len(wanted()) > 300


def test_no_template_speaks_outside_the_catalogue() -> None:
    """Between tags there is nothing but what the catalogue or the data says."""
    spoken = {}
    for path in (CONSOLE / "templates").glob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        words = [
            word.strip()
            for word in re.findall(r">([^<>]*)<", text)
            if re.search(r"[A-Za-z]{2,}", word) and "=" not in word
        ]
        strange = [
            word
            for word in words
            if word not in {"Wakeup", "· Wakeup", "English", "wakeup user add", "wakeup agent add", "CSV", "(n="}
        ]
        if strange:
            spoken[path.name] = strange
    assert not spoken


def test_times_amounts_and_words() -> None:
    assert EN.time(T0) == "Nov 22 10:00:00"
    assert ZH.time(T0) == "11月22日 10:00:00"
    assert EN.clock(T0, "Europe/London") == "02:00:00"
    assert EN.money(Decimal("52000.5"), "SGD").replace("\xa0", " ") == "SGD 52,000.50"
    assert ZH.word("tier", "critical") == "极高"
    assert EN.word("outcome", "not_me") == "not me"
    assert EN.left(T0 + timedelta(hours=2, seconds=5), T0) == "2:00:05"
    assert EN.left(T0, T0 + timedelta(seconds=65)) == "−1:05"
    assert EN.left(T0 + timedelta(days=2), T0) == "2d 0h"


def test_the_timeline_in_plain_words() -> None:
    note = Note(kind="decided", by="ann", data={"sequence": 3, "ruling": "allow", "reason": "released_by_person"})
    assert (by(note, EN), sentence(note, EN)) == ("ann", "Decision 3: allow, because released by person.")
    assert sentence(note, ZH) == "第 3 号决定:放行,原因:人工放行。"
    strange = Note(kind="something_new", by="system", data={"a": 1})
    assert (by(strange, EN), sentence(strange, EN)) == ("Wakeup", "something new: a 1")
    bare = Note(kind="turn", by="callee", data={})
    assert sentence(bare, EN) == "Turn –, at –: –."


def test_masks_show_enough_to_tell_apart_and_no_more() -> None:
    assert masks.phone("+6591234567") == "+65••••67"
    assert masks.name("陈美玲") == "陈••"
    assert masks.account("DBS-123-456789") == "••••789"
    assert (masks.account("1234"), masks.phone(""), masks.name(None)) == ("••", "–", "–")
    assert masks.heard("speech my pin is 1234") == "speech (14)"
    assert masks.heard("keys 1") == "keys 1"
