"""Personas: one script in several voices, and each customer always hears the same one."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.ivr.stage import GENERIC, SCRIPTS, VARIABLES
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.turn import Answered, AnsweredBy
from wakeup.runtime.scripts.files import read_sources


def met(customer: str) -> tuple[str, str | None, str]:
    """The persona that this customer is given, its voice, and its first words."""
    script, prompts, facts = GENERIC.script, GENERIC.prompts, VARIABLES["en"]
    conversation = begin(
        script, prompts, conversation_id="c", language="en", variant=0, variables=facts, split_by=customer
    )
    _, turn = advance(script, prompts, conversation, Answered(AnsweredBy.HUMAN), facts)
    return conversation.persona, turn.utterances[0].voice, turn.utterances[0].text


def test_every_customer_always_meets_the_same_voice_and_each_meets_its_share() -> None:
    everybody = [met(f"customer {n}") for n in range(200)]
    assert everybody == [met(f"customer {n}") for n in range(200)]
    assert 70 < sum(persona == "an" for persona, _, _ in everybody) < 130
    assert {persona: voice for persona, voice, _ in everybody} == {
        "an": "Polly.Amy-Neural",
        "plain": "Polly.Joanna-Neural",
    }
    assert all(("Ann" in text) == (persona == "an") for persona, _, text in everybody)


def test_personas_share_all_customers_and_say_nothing_too_early(tmp_path: Path) -> None:
    for name in ("romance", "shared"):
        shutil.copytree(SCRIPTS / name, tmp_path / name)

    def faults(file: str, old: str, new: str) -> list[str]:
        path = tmp_path / "shared/opening" / file
        good = path.read_text("utf-8")
        assert old in good
        path.write_text(good.replace(old, new, 1), "utf-8")
        found = [str(finding) for finding in read_sources(tmp_path / "romance").findings]
        path.write_text(good, "utf-8")
        return found

    assert faults("subscript.yaml", 'share: "50"', 'share: "60"') == ["personas: must have shares that add up to 100"]
    leak = faults("prompts.en.yaml", "this is Ann", "this is Ann about {{ amount_spoken }}")
    assert [fault.split(":")[0] for fault in leak] == ["prompts.en.opening.an"]
    assert faults("prompts.en.yaml", "opening.an:", "opening.anne:") == ["prompts.en.opening.an: is missing"]
