"""Fixed sentences beside the scripts: to colleagues, to customers waiting for them, and to callers of our number.

They are in `config/people/<language>.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.errors import ConfigError
from wakeup.domain.language import zh_or_en
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.ivr.turn import Utterance
from wakeup.runtime.words.amounts import spoken_amount
from wakeup.runtime.words.files import blanks_fault, content_of
from wakeup.usecases.speaker import WhisperFacts

FOLDER = "people"
LANGUAGES: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}
SAID: Mapping[str, frozenset[str]] = {
    "lead": frozenset({"tier"}),
    "whisper": frozenset({"typology", "name", "amount", "payee", "state", "outcome", "answers"}),
    "lead_guardian": frozenset(),
    "whisper_guardian": frozenset({"name", "customer"}),
    "from_colleague": frozenset(),
    "joined": frozenset(),
    "joined_guardian": frozenset(),
    "declined": frozenset(),
    "gone": frozenset(),
    "too_late": frozenset(),
    "over": frozenset(),
    "listening": frozenset(),
    "hold": frozenset(),
    "handed_on": frozenset(),
    "consent": frozenset({"bank"}),
    "unrecorded": frozenset(),
    "guest_ask": frozenset({"bank"}),
    "guest_joining": frozenset(),
    "guest_thanks": frozenset(),
    "guest_gone": frozenset(),
    "guest_declined": frozenset(),
    "guest_stopped": frozenset(),
    "watch": frozenset(),
    "listened": frozenset(),
    "line_digits": frozenset(),
    "line_choose": frozenset(),
    "line_be_ready": frozenset(),
    "line_rest": frozenset(),
    "line_leave": frozenset(),
    "line_wrong": frozenset(),
    "in_hello": frozenset(),
    "in_hold": frozenset(),
    "in_kept": frozenset(),
    "in_goodbye": frozenset(),
    "in_nobody": frozenset(),
    "in_moment": frozenset(),
    "in_whisper": frozenset(),
}
"""Every sentence required, and the blanks it must fill."""
_TOLD = frozenset(Outcome) - {
    Outcome.GUARDIAN_WORRIED, Outcome.CALLBACK_VERIFY, Outcome.OPT_OUT, Outcome.PARTIAL, Outcome.HUNG_UP,
    Outcome.NO_INPUT,
}  # fmt: skip
_STATES: Mapping[TransferState, str] = {
    TransferState.PENDING: "waits",
    TransferState.HELD: "held",
    TransferState.ALLOWED: "let_go",
    TransferState.RELEASED: "let_go",
    TransferState.CANCELLED: "settled",
    TransferState.REFUSED: "settled",
}
WORDS = frozenset(
    {"somebody", "relative", "nothing_said", "answers"}
    | {*_STATES.values()}
    | {f"tier_{tier}" for tier in Tier}
    | {f"typology_{code}" for code in TYPOLOGIES}
    | {f"outcome_{outcome}" for outcome in _TOLD}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    said: Mapping[str, str]
    words: Mapping[str, str]


class Announcements:
    """The sentences of both languages, complete."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages

    def colleague(self, what: str, language: str, facts: WhisperFacts) -> tuple[Utterance, ...]:
        """Return what an agent hears at this point of the call."""
        spoken = zh_or_en(language)
        said, filled = self._languages[spoken].said, self._filled(spoken, facts) if SAID[what] else {}
        # Of a guardian nothing is said of the case: the agent could repeat it to them.
        suffix = "" if facts.guardian_of is None else "_guardian"
        names: tuple[str, ...] = (f"{what}{suffix}" if what == "joined" else what,)
        if what == "whisper":
            between = ("from_colleague",) if facts.handed_on else ()
            names = (f"lead{suffix}", *between, f"whisper{suffix}")
        return tuple(Utterance(text=said[name].format_map(filled), language=LANGUAGES[spoken]) for name in names)

    def say(self, what: str, language: str) -> tuple[Utterance, ...]:
        """Return a sentence without blanks."""
        spoken = zh_or_en(language)
        return (Utterance(text=self._languages[spoken].said[what], language=LANGUAGES[spoken]),)

    def of_the_bank(self, what: str, language: str, bank: str) -> tuple[Utterance, ...]:
        """Return a sentence that may name the bank."""
        spoken = zh_or_en(language)
        text = self._languages[spoken].said[what].format(bank=bank)
        return (Utterance(text=text, language=LANGUAGES[spoken]),)

    def _filled(self, spoken: str, facts: WhisperFacts) -> Mapping[str, str]:
        words = self._languages[spoken].words
        outcome = words.get(f"outcome_{facts.outcome}") if facts.outcome is not None else None
        answers = words["answers"].format(risky=facts.risky, answered=facts.answered) if facts.answered else ""
        return {
            "tier": words[f"tier_{facts.tier}"],
            "typology": words.get(f"typology_{facts.typology}", words["typology_generic"]),
            "name": _speakable(facts.name) or words["somebody" if facts.guardian_of is None else "relative"],
            "customer": _speakable(facts.guardian_of or "") or words["somebody"],
            "amount": spoken_amount(max(facts.amount, Decimal(1)), facts.currency, LANGUAGES[spoken]),
            "payee": _speakable(facts.payee_name) or words["somebody"],
            "state": words[_STATES[facts.state]],
            "outcome": outcome or ("" if answers else words["nothing_said"]),
            "answers": answers,
        }


def load_announcements(folder: Path) -> Announcements:
    """Read the sentences of both languages. Raises ConfigError with a line per fault."""
    faults: list[str] = []
    languages = {}
    for spoken in LANGUAGES:
        path = folder / f"{spoken}.toml"
        try:
            content = content_of(path)
        except ConfigError as wrong:
            faults += wrong.faults
            continue
        said, words = content.get("said", {}), content.get("words", {})
        faults += [f"{FOLDER}/{path.name}: {fault}" for fault in _faults(said, words)]
        languages[spoken] = Language(said=said, words=words)
    if faults:
        raise ConfigError(faults)
    return Announcements(languages)


def _faults(said: Mapping[str, object], words: Mapping[str, object]) -> list[str]:
    faults = [f"said.{name}: is missing" for name in sorted(SAID.keys() - said.keys())]
    faults += [f"said.{name}: unknown" for name in sorted(said.keys() - SAID.keys())]
    faults += [f"words.{name}: is missing" for name in sorted(WORDS - words.keys())]
    faults += [f"words.{name}: unknown" for name in sorted(words.keys() - WORDS)]
    for name, text in said.items():
        if isinstance(text, str) and name in SAID and (fault := blanks_fault(text, SAID[name])) is not None:
            faults.append(f"said.{name}: {fault}")
    return faults


def _speakable(name: str) -> str:
    """Return the name fit to be spoken, or nothing if it has digits: a name with digits is an attempt to have them
    read out."""
    return "" if any(letter.isdigit() for letter in name) else " ".join(name.split())[:40]
