"""Play a call against a script: inputs in, words out, the conversation restored from JSON between turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.scoring import Findings, findings
from wakeup.ivr.turn import Answered, AnsweredBy, Cancelled, Detected, HungUp, Input, Keys, Silence, Speech, Turn
from wakeup.runtime.scripts.library import load_library

SCRIPTS = Path(__file__).parents[2] / "scripts_ivr"
LIBRARY = load_library(SCRIPTS)
GENERIC = LIBRARY.latest("generic")
QUESTIONS = ("q1", "plain_2", "plain_3")
LANGUAGES = GENERIC.script.languages.supported
VARIABLES: dict[str, dict[str, Any]] = {
    "zh-CN": {
        "bank_name": "星河银行",
        "amount_spoken": "大约五万两千新币",
        "payee_masked": "姓王的那位",
        "settled": False,
        "call_code": "4082",
        "police_number": "报警电话",
        "credit_bureau": "当地的征信机构",
    },
    "en": {
        "bank_name": "Star River Bank",
        "amount_spoken": "about 52,000 Singapore dollars",
        "payee_masked": "someone whose name begins with J",
        "settled": False,
        "call_code": "4082",
        "police_number": "the police",
        "credit_bureau": "the credit bureau",
    },
}


class Call:
    """One conversation. Every input goes through a conversation that was stored and restored."""

    def __init__(
        self,
        language: str = "zh-CN",
        variant: int = 0,
        *,
        published: Published = GENERIC,
        variables: dict[str, Any] | None = None,
        unhurried: bool = False,
    ) -> None:
        self.published = published
        self.variables = VARIABLES[language] if variables is None else variables
        self.conversation = begin(
            published.script,
            published.prompts,
            conversation_id="conversation-1",
            language=language,
            variant=variant,
            variables=self.variables,
            unhurried=unhurried,
        )
        self.turns: list[Turn] = []

    def take(self, *acts: str | Input) -> Call:
        """Take inputs, in the short notation of the stories or as objects."""
        for act in acts:
            self.conversation, turn = advance(
                self.published.script,
                self.published.prompts,
                Conversation.from_json(self.conversation.to_json()),
                read_input(act) if isinstance(act, str) else act,
                self.variables,
            )
            self.turns.append(turn)
        return self

    @property
    def heard(self) -> str:
        return words(self.turns[-1])

    @property
    def node(self) -> str:
        return self.turns[-1].node

    @property
    def findings(self) -> Findings:
        return findings(Conversation.from_json(self.conversation.to_json()))

    def to_question(self, variant_code: str = "1") -> Call:
        """The right party answers, compares the code and confirms the payment. The first question is asked next."""
        return self.take("answered human", "key 1", f"key {variant_code}", "key 1")


def read_input(text: str) -> Input:
    """Parse `key 1`, `key 1 @900` (milliseconds), `say 没有`, `say 没有 @900`, `silence`, `hung up`, `answered human`, `cancelled` or
    `detected machine`."""
    kind, _, rest = text.partition(" ")
    match kind:
        case "key":
            digits, _, elapsed = rest.partition(" @")
            return Keys(digits, elapsed_ms=int(elapsed) if elapsed else None)
        case "say":
            said, _, elapsed = rest.partition(" @")
            return Speech(said, elapsed_ms=int(elapsed) if elapsed else None)
        case "silence":
            return Silence()
        case "hung":
            return HungUp()
        case "answered":
            return Answered(AnsweredBy(rest))
        case "cancelled":
            return Cancelled()
        case "detected":
            return Detected(AnsweredBy(rest))
        case _:
            raise ValueError(text)


def words(turn: Turn) -> str:
    return " ".join(utterance.text for utterance in turn.utterances)


def answers_for(variant: int, *risky: bool) -> tuple[str, ...]:
    """The keys that answer the three questions of this variant riskily or harmlessly."""
    keys = []
    for name, is_risky in zip(QUESTIONS, risky, strict=True):
        means_risk = GENERIC.script.nodes[name].variants[variant].risk == "yes"  # type: ignore[union-attr]
        keys.append("key 1" if means_risk == is_risky else "key 2")
    return tuple(keys)


def misheard(sentences: str, meaning: Meaning) -> dict[tuple[str, bool], Meaning | None]:
    """Return which of these sentences, divided by "|", are not understood as this, said at a question (True) or
    elsewhere (False), and as what they are."""
    return {
        (said, asked): heard
        for said in sentences.split("|")
        for asked in (False, True)
        if (heard := understand(said, asked=asked)) is not meaning
    }
