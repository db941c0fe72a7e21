"""Every link of the documents resolves, and every decision record is on the index page of the records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, name_of, text_of

RECORDS = ROOT / "docs" / "decisions"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_NUMBERED = re.compile(r"\[(\d{4})\]\((?:[^)\s]*/)?(\d{4})-[^)\s]*\.md")


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    text = re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    return {anchor(heading) for heading in _HEADING.findall(text)}


def anchor(heading: str) -> str:
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")


def broken(page: Path, text: str) -> list[str]:
    """The links of this text, as part of this page, that lead nowhere in the tree."""
    found = []
    for link in _LINK.findall(_CODE.sub("", text)):
        if re.match(r"https?:|mailto:", link):
            continue
        where, _, part = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        if not target.exists() or (part and target.suffix == ".md" and part not in anchors(target)):
            found.append(f"{name_of(page)}: {link}")
    return found


def records() -> list[Path]:
    return sorted(path for path in pages() if path.parent == RECORDS and path.name != "README.md")


def test_every_link_of_a_document_leads_somewhere() -> None:
    assert not [fault for page in pages() for fault in broken(page, text_of(page))]


@pytest.mark.parametrize("link", ["nowhere.md", "words.md#no-such-heading", "#no-such-heading"])
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    page = ROOT / "docs" / "architecture.md"
    assert broken(page, f"See [this]({link}) and [that](words.md).") == [f"docs/architecture.md: {link}"]


def test_every_record_is_once_on_the_index_page() -> None:
    linked = re.findall(r"^- \[\d{4}\]\((\d{4}-[^)]+\.md)\): \S", text_of(RECORDS / "README.md"), re.MULTILINE)
    assert sorted(linked) == [path.name for path in records()]


def test_a_record_has_one_number_and_says_what_holds() -> None:
    numbers = [path.name[:4] for path in records()]
    assert len(set(numbers)) == len(numbers)
    for path in records():
        text = text_of(path)
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert "\n**Status:** " in text and "\n**Later:**" not in text, (
            f"{path.name}: put what came later into the decision"
        )


def test_a_link_to_a_record_is_shown_with_its_number() -> None:
    shown = [(name_of(page), said, number) for page in pages() for said, number in _NUMBERED.findall(text_of(page))]
    assert len(shown) > 100
    assert not [one for one in shown if one[1] != one[2]]
