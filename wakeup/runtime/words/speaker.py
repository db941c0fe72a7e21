"""The script library as the use cases see it: the choice of script and language, and the variables of its prompts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.errors import NotFoundError
from wakeup.domain.language import zh_or_en
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.library import Library, Published
from wakeup.ivr.render import OnDemand, Value, Variables
from wakeup.ivr.script import ScriptError
from wakeup.ivr.turn import Utterance
from wakeup.ivr.wording import masked_payee, spoken_ward
from wakeup.runtime.scripts.library import GENERIC, GUARDIAN_CALL, read_back
from wakeup.runtime.words.amounts import spoken_amount
from wakeup.runtime.words.announcements import Announcements
from wakeup.runtime.words.hours import spoken_time
from wakeup.usecases.speaker import CallFacts, WhisperFacts


def typologies_of(carried: Iterable[Published]) -> frozenset[str]:
    """Return the typologies a risk event may name: the built-in ones and those that have a script."""
    return (TYPOLOGIES | {published.script.id for published in carried}) - {GUARDIAN_CALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankWords:
    """The bank's names and contacts as they are spoken, by language."""

    names: dict[str, str]
    crisis: dict[str, str]
    police: dict[str, str]
    credit_bureau: dict[str, str]


class LibrarySpeaker:
    """Implements `usecases.speaker.Speaker`."""

    def __init__(self, library: Library, words: BankWords, colleagues: Announcements, *, people: bool = False) -> None:
        """`people`: whether colleagues can be brought to the line when there are no agents."""
        self._library = library
        self._words = words
        self._people = people
        self._colleagues = colleagues
        library.latest(GENERIC)

    def choose(self, typology: str, locale: str, paused: Collection[str] = ()) -> tuple[Published, str]:
        """Return the script of the typology, or the generic one, which cannot be paused, and the language to speak.

        The language is the callee's if the script has it, else the script's default.
        """
        try:
            published = self._library.latest(GENERIC if typology in paused else typology)
        except NotFoundError:
            published = self._library.latest(GENERIC)
        return published, published.script.language_for(locale)

    def for_guardian(self, locale: str) -> tuple[Published, str]:
        """Return the script for guardians, never a customer's: a guardian must not hear of a payment."""
        published = self._library.latest(GUARDIAN_CALL)
        return published, published.script.language_for(locale)

    def pinned(self, conversation: Conversation) -> Published:
        return self._library.of(conversation)

    def carried(self) -> Iterable[Published]:
        return self._library

    def read_back(self, content: str) -> Published:
        try:
            return read_back(content)
        except ScriptError:
            raise NotFoundError("a stored script can no longer be read") from None

    def colleague(self, what: str, language: str, facts: WhisperFacts) -> tuple[Utterance, ...]:
        return self._colleagues.colleague(what, language, facts)

    def to_guest(self, what: str, language: str) -> tuple[Utterance, ...]:
        return self._colleagues.of_the_bank(what, language, self._words.names[zh_or_en(language)])

    def asks_to_record(self, language: str) -> tuple[Utterance, ...]:
        return self.to_guest("consent", language)

    def to_customer(self, what: str, language: str) -> tuple[Utterance, ...]:
        return self._colleagues.say(what, language)

    def to_supervisor(self, what: str, language: str) -> tuple[Utterance, ...]:
        return self._colleagues.say(what, language)

    def variables(self, facts: CallFacts, language: str) -> Variables:
        spoken = zh_or_en(language)
        crisis = self._words.crisis.get(spoken)
        known: dict[str, Value] = {
            "bank_name": self._words.names[spoken],
            "settled": facts.settled,
            "gone": facts.gone,
            "family_worried": facts.guardian_worried,
            "call_code": facts.call_code,
            "promised": facts.promised,
            "unhurried": facts.unhurried,
            "crisis_text": crisis or None,
            "police_number": self._words.police[spoken],
            "credit_bureau": self._words.credit_bureau[spoken],
        }
        late: dict[str, Callable[[], Value]] = {
            "amount_spoken": lambda: spoken_amount(max(facts.amount, Decimal(1)), facts.currency, language),
            "payee_masked": lambda: masked_payee(facts.payee_name(), language),
            "person_ready": lambda: self._person_ready(facts),
            "ward": lambda: spoken_ward(facts.ward(), language),
            "room": facts.room,
            "unrecorded": facts.unrecorded,
            "guardian_ready": facts.guardian_ready,
            "callback_time": lambda: _callback_time(facts, language),
        }
        return OnDemand(known, late)

    def _person_ready(self, facts: CallFacts) -> bool:
        found = facts.person_ready()
        return self._people if found is None else found


def _callback_time(facts: CallFacts, language: str) -> str | None:
    again_at = facts.calls_again_at()
    return None if again_at is None else spoken_time(again_at, facts.now, language)
