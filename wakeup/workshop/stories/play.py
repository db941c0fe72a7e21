"""Play one story through one script, in one language and wording. Between turns the conversation is serialised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import begin, follow
from wakeup.ivr.library import Published
from wakeup.ivr.nodes import Split, prompts_of
from wakeup.ivr.render import Prompts, Value, Variables
from wakeup.ivr.scoring import Findings, findings
from wakeup.ivr.script import Script, VariableType
from wakeup.ivr.trail import Trail
from wakeup.ivr.turn import Turn
from wakeup.ivr.walk import split_bucket
from wakeup.workshop.stories.notation import Saying, StoryError, read_act, split_act
from wakeup.workshop.stories.reading import Told
from wakeup.workshop.stories.story import WORDINGS, Fault, Story, Wording
from wakeup.workshop.tryout.variables import sample_variables

UNHURRIED = "unhurried"
"""The variable that follows the pace of the call."""
_MAX_CUSTOMERS = 100_000


@dataclass(frozen=True, slots=True)
class Taken:
    """One input of the callee and its result."""

    text: str
    """As the story has it."""
    shown: str
    """As it was heard: an answer with its key, a saying with its words."""
    trail: Trail
    turn: Turn
    said: tuple[str, ...]
    """Prompts, in order."""
    given: frozenset[str]
    """Variables that were given and are neither empty nor false."""


@dataclass(frozen=True, slots=True)
class Played:
    """One story as it was played."""

    told: Told
    wording: Wording
    taken: tuple[Taken, ...]
    found: Findings


class StoryFaultError(Exception):
    """A story does not fit the script; the fault has its place."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Broken:
    """The prompts of a script, some of which fail to render."""

    prompts: Prompts
    broken: frozenset[str]

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        if prompt_id in self.broken:
            raise KeyError(prompt_id)
        return self.prompts.render(script_id, language, prompt_id, variables)


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What does not change during one call."""

    variables: Variables
    there: frozenset[str]
    """Variables that are given and are neither empty nor false."""
    broken: frozenset[str]
    begun: str
    """The conversation before the call is answered."""


class StoryPlayer:
    """Plays stories through one script in one language.

    Turns already played are cached: many stories begin alike, and the interpreter is a pure function of what is stored.
    """

    def __init__(self, published: Published, language: str, sayings: Mapping[str, Saying]) -> None:
        self._script, self._prompts = published.script, published.prompts
        self._language, self._sayings = language, sayings
        self._circumstances: dict[str, _Circumstances] = {}
        self._turns: dict[tuple[str, str, str], tuple[str, Taken]] = {}

    def play(self, told: Told, wording: Wording) -> Played:
        """Play a story. Raises StoryFaultError when it does not fit the script."""
        at = told.line
        taken = []
        try:
            alike = repr((wording, _apart(told.story)))
            given = self._circumstances.get(alike) or self._begin(told.story, wording)
            self._circumstances[alike] = given
            stored = given.begun
            for text, at in zip(told.inputs, told.lines, strict=True):  # noqa: B007 - the line is told when it fails
                turned = self._turns.get((alike, stored, text)) or self._turn(given, stored, text)
                self._turns[alike, stored, text] = turned
                stored = turned[0]
                taken.append(turned[1])
        except StoryError as error:
            where = f"{self._script.id} {self._language} {wording}"
            raise StoryFaultError(Fault(told.file, at, f"{told.name}: {error}", where)) from error
        return Played(told, wording, tuple(taken), findings(Conversation.from_json(stored)))

    def _begin(self, story: Story, wording: Wording) -> _Circumstances:
        script = self._script
        variables = _variables(script, story, self._language)
        broken = _known_prompts(script, story)
        conversation = begin(
            script,
            _Broken(self._prompts, broken),
            conversation_id="story",
            language=self._language,
            variant=WORDINGS.index(wording),
            variables=variables,
            split_by=_customer(script, story),
            unhurried=story.unhurried,
        )
        if conversation.fault is not None:
            raise StoryError(f"no call would be made: {conversation.fault}")
        there = frozenset(name for name, value in variables.items() if value)
        return _Circumstances(variables, there, broken, conversation.to_json())

    def _turn(self, given: _Circumstances, stored: str, text: str) -> tuple[str, Taken]:
        """Play one turn, from stored state to stored state."""
        script = self._script
        before = Conversation.from_json(stored)
        if before.finished:
            raise StoryError(f"the call has ended at {before.node}, before {text!r}")
        happens, changed, holds = split_act(text)
        if changed and changed not in script.variables:
            raise StoryError(f"{changed!r} is not a variable of this script")
        act, shown = read_act(happens, script, before, self._sayings)
        variables = {name: value for name, value in given.variables.items() if name != changed}
        there = given.there - {changed}
        if holds:
            variables[changed], there = True, there | {changed}
        prompts = _Broken(self._prompts, given.broken) if given.broken else self._prompts
        after, turn, trail = follow(script, prompts, before, act, variables)
        said = tuple(script.spoken(prompt, after.persona) for prompt in after.said) if turn.utterances else ()
        return after.to_json(), Taken(text, shown, trail, turn, said, there)


def _apart(story: Story) -> tuple[object, ...]:
    """Return everything that makes two calls differ before they are answered."""
    return story.variables, story.without, story.broken, story.unhurried, story.sent, story.persona


def _variables(script: Script, story: Story, language: str) -> Variables:
    """Return the script's samples, replaced where the story gives other values."""
    variables: dict[str, Value] = dict(sample_variables(script, language))
    for name in (*story.variables, *story.without):
        if name not in script.variables:
            raise StoryError(f"{name!r} is not a variable of this script")
    for name, given in story.variables.items():
        text = given if isinstance(given, str) else given.get(language)
        if text is None:
            raise StoryError(f"the variable {name!r} has no text in {language}")
        variables[name] = text == "yes" if script.variables[name].type is VariableType.FLAG else text
    if UNHURRIED in script.variables:
        variables[UNHURRIED] = story.unhurried
    return {name: value for name, value in variables.items() if name not in story.without}


def _known_prompts(script: Script, story: Story) -> frozenset[str]:
    said = {prompt for node in script.nodes.values() for prompt in prompts_of(node)} if story.broken else set()
    for prompt in story.broken:
        if prompt not in said:
            raise StoryError(f"{prompt!r} is not a prompt of this script")
    return frozenset(story.broken)


def _customer(script: Script, story: Story) -> str:
    """Return a customer id that every split sends the way the story wants, and that gets the wanted persona."""
    if not story.sent and not story.persona:
        return "anybody"
    if story.persona and story.persona not in script.personas:
        raise StoryError(f"{story.persona!r} is not a persona of this script")
    wanted = {}
    for name, which in story.sent.items():
        node = script.nodes.get(name)
        if not isinstance(node, Split) or not which.isdigit() or not 1 <= int(which) <= len(node.ways):
            raise StoryError(f"{name!r} is not a split with a way {which}")
        below = sum(way.share for way in node.ways[: int(which) - 1])
        wanted[name] = range(below, below + node.ways[int(which) - 1].share)
    customers = (f"customer-{number}" for number in range(_MAX_CUSTOMERS))
    heard = (one for one in customers if story.persona in {"", script.persona_for(split_bucket(one, "persona"))})
    suits = (one for one in heard if all(split_bucket(one, name) in share for name, share in wanted.items()))
    chosen = next(suits, None)
    if chosen is None:
        raise StoryError("no customer gets all these ways")
    return chosen
