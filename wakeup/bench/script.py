"""Measure one turn of a conversation, from stored state and input to new state and TwiML, over the whole script
library."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path
from random import Random

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published
from wakeup.ivr.render import Variables
from wakeup.ivr.turn import Answered, AnsweredBy, Input, Keys, Silence, Speech
from wakeup.runtime.clock import monotonic
from wakeup.runtime.scripts.library import load_library
from wakeup.telephony.twiml import render

WARM_UP = 200
LONGEST_CALL = 40
ACTION = "https://wakeup.example.com/twilio/voice/att_0/1/tag"
SPOKEN = ("是的", "没有", "我想问一下", "yes", "no", "I am not sure")
FACTS: Variables = {
    "bank_name": "星河银行", "amount_spoken": "大约五万两千新币", "payee_masked": "姓王的那位", "settled": False,
    "family_worried": False, "call_code": "4082", "callback_time": None, "room": None,
    "promised": False, "guardian_ready": False, "crisis_text": None, "police_number": "反诈热线",
    "credit_bureau": "征信机构",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptTurns:
    """Microseconds per turn: read the conversation, advance it, write it, render the document."""

    turn_p50_us: float
    turn_p99_us: float


def bench_script(folder: Path, turns: int) -> ScriptTurns:
    """Run calls of seeded callees through all scripts and languages in turn."""
    dice = Random(7)  # noqa: S311 - the same calls every time
    library = list(load_library(folder))
    took: list[float] = []
    calls = 0
    while len(took) < WARM_UP + turns:
        published = library[calls % len(library)]
        languages = published.script.languages.supported
        took += _call(published, languages[calls // len(library) % len(languages)], calls, dice)
        calls += 1
    cuts = statistics.quantiles(took[WARM_UP:], n=100, method="inclusive")
    return ScriptTurns(turn_p50_us=round(cuts[49] * 1e6, 1), turn_p99_us=round(cuts[98] * 1e6, 1))


def _call(published: Published, language: str, number: int, dice: Random) -> list[float]:
    script, prompts = published.script, published.prompts
    stored = begin(
        script, prompts, conversation_id=f"att_{number}", language=language, variant=number, variables=FACTS
    ).to_json()
    took: list[float] = []
    act: Input = Answered(AnsweredBy.HUMAN)
    while len(took) < LONGEST_CALL:
        began = monotonic()
        after, turn = advance(script, prompts, Conversation.from_json(stored), act, FACTS)
        stored = after.to_json()
        render(turn, None if turn.ends else ACTION)
        took.append(monotonic() - began)
        if after.finished:
            break
        act = _act(dice)
    return took


def _act(dice: Random) -> Input:
    kind = dice.random()
    if kind < 0.75:
        return Keys(dice.choice("1112223"), elapsed_ms=4000)
    return Silence() if kind < 0.85 else Speech(dice.choice(SPOKEN), confidence=0.9)
