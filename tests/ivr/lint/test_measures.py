"""The limits that lint checks are those of the service: its facts, its documents, its timing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.ivr.stage import LANGUAGES, LIBRARY, SCRIPTS, Call
from wakeup.ivr.library import Published
from wakeup.runtime.dependencies import announcements
from wakeup.runtime.scripts.files import read_sources
from wakeup.runtime.words.speaker import BankWords, LibrarySpeaker
from wakeup.telephony.twiml import render
from wakeup.usecases.speaker import CallFacts
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.facts import GIVEN
from wakeup.workshop.lint.lengths import FRAME_BYTES, words_bytes
from wakeup.workshop.lint.reading import subject_of
from wakeup.workshop.lint.subject import Subject

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def subject(name: str = "romance") -> Subject:
    found = subject_of(read_sources(SCRIPTS / name))
    assert found is not None
    return found


def test_the_variables_given_are_the_variables_lint_knows() -> None:
    words = BankWords(names={"en": "B"}, crisis={}, police={"en": "p"}, credit_bureau={"en": "c"})
    facts = CallFacts(
        amount=Decimal(1), currency="SGD", payee_name=lambda: "John", call_code=None, settled=False, gone=False, now=NOON, unhurried=False, calls_again_at=lambda: None
    )  # fmt: skip
    given = LibrarySpeaker(LIBRARY, words, announcements()).variables(facts, "en")
    assert set(given) == set(GIVEN)
    absent = {name for name, value in given.items() if value is None}
    assert absent == {name for name, known in GIVEN.items() if not known.always}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda published: published.script.id)
def test_no_real_document_is_larger_than_lint_thinks(published: Published, language: str) -> None:
    call = Call(language, published=published).to_question().take("key 3", "key 3", "key 3", "key 3", "key 1")
    measured = subject(published.script.id)
    weight = {name: words_bytes(measured, language, name) for name in measured.script.nodes}
    address = f"https://calls.bank.example/v1/{'0' * 64}"
    before = ""
    for turn in call.turns:
        starts = (before or measured.script.entry.human,)
        ways = graph.by_answering(measured.script.nodes[before]) if before else starts
        thought = max(graph.longest(measured.script, (one,), weight, graph.unheard) for one in ways)
        document = render(turn, address if turn.listen else None)
        assert len(document.encode()) <= thought + FRAME_BYTES
        if turn.ends:
            break
        before = turn.node


def test_the_longest_way_goes_no_way_twice() -> None:
    script = subject().script
    once = dict.fromkeys(script.nodes, 1)
    assert graph.longest(script, (script.entry.human,), once) <= len(script.nodes)
    assert graph.longest(script, ("end_consistent",), once) == 1
    assert graph.longest(script, ("consistent",), once) == 2


def test_a_node_on_a_loop_follows_itself_and_another_does_not() -> None:
    script = subject().script
    assert "identify" in graph.after(script, "identify", graph.by_answering)
    assert "payment" not in graph.after(script, "payment", graph.by_answering)
