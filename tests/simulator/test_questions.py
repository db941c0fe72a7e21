"""Simulated callees understand the questions of the shipped scripts: what each is about, and what yes means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.house.tree import ROOT
from wakeup.simulator.questions import question_of

SCRIPTS = ROOT / "scripts_ivr"


def shipped() -> Iterator[tuple[str, str, bool]]:
    """Place and text of each question, and whether yes is a mark of a scam."""
    for file in sorted(SCRIPTS.glob("**/script.yaml")):
        nodes = yaml.safe_load(file.read_text(encoding="utf-8")).get("nodes", {})
        variants = [v for node in nodes.values() if node["type"] == "question" for v in node["variants"]]
        for language in ("zh-CN", "en"):
            prompts = yaml.safe_load((file.parent / f"prompts.{language}.yaml").read_text(encoding="utf-8"))
            for variant in variants:
                place = f"{file.parent.relative_to(SCRIPTS)} {language} {variant['prompt']}"
                yield place, prompts[variant["prompt"]], variant["risk"] == "yes"


def test_callees_know_what_yes_means_to_every_question_of_the_shipped_scripts() -> None:
    asked = list(shipped())
    assert len(asked) > 300
    misread = [place for place, text, risk in asked if (q := question_of(text)) is None or q.yes_is_risk is not risk]
    assert not misread, "extend the patterns in wakeup/simulator/questions.py"


@pytest.mark.parametrize("text", ["", "Goodbye.", "再见。"])
def test_a_sentence_that_asks_nothing_is_no_question(text: str) -> None:
    assert question_of(text) is None
