"""`wakeup scripts try ID`: play a call in the terminal, as the callee.

It reads lines and shows prompts; what the lines mean is in `workshop.tryout`.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from wakeup.cli.commands.shared import console, fail
from wakeup.cli.options import ScriptFolder, ScriptId
from wakeup.domain.decision import Verdict
from wakeup.domain.errors import ConfigError
from wakeup.ivr.turn import (
    Answered,
    Cancelled,
    Detected,
    HungUp,
    Input,
    Keys,
    MeetingNews,
    NothingLeft,
    PersonLeft,
    Recorded,
    Silence,
    Speech,
    Turn,
)
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.ivr.conversation import Conversation
    from wakeup.ivr.nlu.meaning import Meaning
    from wakeup.ivr.render import Variables
    from wakeup.ivr.script import Script
    from wakeup.runtime.scripts.files import Sources
    from wakeup.workshop.tryout.call import Callee
    from wakeup.workshop.tryout.speak import Sound

VERDICT_WIDTH = 110
_UNREADABLE = "\ufffd"
_BYTES = re.compile(r"[\ud800-\udfff]")
"""How undecodable bytes are read where the terminal's encoding is not known."""
_ACTS: dict[type[Input], str] = {
    Silence: "said nothing", HungUp: "hung up", Cancelled: "cancelled in the app", Answered: "answered",
    NothingLeft: "no transfer left to decide",
}  # fmt: skip


def play(
    script: ScriptId,
    *,
    language: Annotated[str, typer.Option("--lang", help="Locale, such as zh-CN or en.")] = "zh-CN",
    variant: Annotated[str, typer.Option(help="Wording of the questions: a, b or c.")] = "a",
    persona: Annotated[str, typer.Option(help="Persona that speaks, if the script has personas.")] = "",
    unhurried: Annotated[bool, typer.Option(help="Play it at the pace for callees who need more time.")] = False,
    given: Annotated[
        list[str] | None,
        typer.Option(help="A variable of this call: `person_ready`, `room`, `callback_time=at three`. Repeatable."),
    ] = None,
    folder: ScriptFolder = None,
) -> None:
    """Play a call as the callee, in the terminal: read the prompts, press keys or type what you say."""
    from wakeup.runtime.scripts.chosen import chosen, language_of, told
    from wakeup.workshop.stories.story import WORDINGS
    from wakeup.workshop.tryout.call import Callee
    from wakeup.workshop.tryout.variables import given_variables

    try:
        sources = chosen(folder or data_folder("scripts_ivr"), script)
        spoken = language_of(sources, language)
    except ConfigError as wrong:
        fail(*wrong.faults)
    if variant not in WORDINGS:
        fail(f"unknown wording {variant!r}; must be one of: {', '.join(WORDINGS)}")
    faults = [told(sources, finding) for finding in sources.findings if finding.error]
    if faults:
        fail("this script cannot be played:", *faults)
    assert sources.script is not None
    personas = sources.script.personas
    if persona and persona not in personas:
        fail(f"unknown persona {persona!r}; must be one of: {', '.join(personas) or 'none'}")
    callee = Callee(language=spoken, variant=WORDINGS.index(variant), persona=persona, unhurried=unhurried)
    try:
        more = given_variables(sources.script, spoken, given or [])
    except ConfigError as wrong:
        fail(*wrong.faults)
    _play(sources, sources.script, callee, more)


def _play(sources: Sources, script: Script, callee: Callee, given: Variables) -> None:
    from wakeup.runtime.scripts.library import read_back
    from wakeup.workshop.stories.story import WORDINGS
    from wakeup.workshop.tryout.call import play_call
    from wakeup.workshop.tryout.speak import Sound
    from wakeup.workshop.tryout.variables import sample_variables

    variables = {**sample_variables(script, callee.language), **given, "unhurried": callee.unhurried}
    pace = ", unhurried" if callee.unhurried else ""
    head = f"{script.id} version {script.version}, in {callee.language}, wording {WORDINGS[callee.variant]}{pace}"
    console.print(head, style="bold")
    if variables.get("call_code"):
        console.print(f"The banking app shows the check code {variables['call_code']}.")
    console.print("You answer the phone. Type ? for help.", style="dim")
    sound = Sound()
    console.print(sound.note, style="dim")
    published = read_back(sources.content)
    try:
        ended = play_call(published, callee, variables, _type, Terminal(sound))
        if sys.stdin.isatty():
            sound.finish()
    finally:
        sound.hush()
    if not ended.finished:
        fail(f"the call cannot start: {ended.fault}", code=1)
    _sum_up(ended)


class Terminal:
    """Shows the call."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound

    def did(self, act: Input, meaning: Meaning | None = None) -> None:
        match act:
            case Keys():
                early = "" if act.elapsed_ms is None else f" after {act.elapsed_ms} ms"
                shown = f"pressed {act.digits}{early}"
            case Speech():
                shown = (
                    "said something that was not understood" if meaning is None else f"said, understood as: {meaning}"
                )
            case Recorded():
                shown = f"left a message of {act.seconds} s" if act.sid else "spoke, but nothing was recorded"
            case PersonLeft():
                shown = f"call to an agent: {act.how}"
            case MeetingNews():
                shown = f"conference: {act.how}"
            case Detected():
                shown = f"answering machine detection: {act.by}"
            case _:
                shown = _ACTS[type(act)]
        console.print(f"  you: {shown}", style="dim", markup=False)

    def hear(self, conversation: Conversation, turn: Turn) -> None:
        from wakeup.ivr.scoring import score

        self._sound.say(turn)
        stands = f" {turn.node} · score {score(conversation.answers)} "
        if turn.n == 0 and conversation.persona:
            console.print(f"{conversation.persona} speaks.", markup=False)
        console.print(Rule(Text(stands), align="left", style="dim"))
        for utterance in turn.utterances:
            console.print(Text(utterance.text, style="cyan"), soft_wrap=True)
        if turn.listen is not None:
            console.print(f"  waits {turn.listen.timeout_s} s", style="dim")
        if turn.connect is not None:
            console.print(f"  calls an agent, who hears: {turn.connect.whisper.text}", style="dim", markup=False)
        if turn.room is not None:
            console.print(f"  joins a conference, for up to {turn.room.talk_s} s", style="dim")
        if turn.tape is not None:
            console.print(f"  records up to {turn.tape.max_s} s", style="dim")

    def explain(self) -> None:
        from wakeup.workshop.tryout.typed_input import HELP

        console.print(HELP, markup=False, style="dim", soft_wrap=True)


def _type() -> str | None:
    try:
        line = input("> ")
    except EOFError:
        console.print()
        return None
    except UnicodeDecodeError:
        return _UNREADABLE
    if _BYTES.search(line):
        return _UNREADABLE
    if not sys.stdin.isatty():
        # Piped answers are echoed, so that they appear in their place.
        console.print(line, markup=False)
    return line


def _sum_up(ended: Conversation) -> None:
    from wakeup.ivr.scoring import findings
    from wakeup.runtime.policy.file import load_policy
    from wakeup.workshop.tryout.decide import AMOUNT, verdicts

    found = findings(ended)
    policy = load_policy(data_folder("config") / "policy.toml")
    console.print(Rule(style="dim"))
    console.print(f"contact {found.contact}, outcome {found.outcome}, score {found.score}", style="bold")
    console.print(f"live person: {_yes(found.live_person)}; payment named: {_yes(found.transfer_named)}")
    if found.cannot_talk:
        console.print("the callee cannot talk freely: a human follows up another way")
    if found.fault is not None:
        console.print(f"fault: {found.fault}", style="red", markup=False)
    title = f"Decision if this call were the only evidence, for {AMOUNT} {policy.base_currency}"
    table = Table("tier", "decision", "reason", "then", "effects", title=title, title_justify="left")
    for tier, verdict in verdicts(found, policy).items():
        table.add_row(tier, verdict.ruling, verdict.reason, _then(verdict), ", ".join(sorted(verdict.effects)))
    # Wider than a narrow terminal rather than cut: the effects beside a decision matter as much as the decision.
    Console(file=console.file, width=max(console.width, VERDICT_WIDTH)).print(table)


def _then(verdict: Verdict) -> str:
    from wakeup.workshop.tryout.decide import NOW

    if verdict.allow_at is not None:
        return f"released after {(verdict.allow_at - NOW) / timedelta(minutes=1):g} min"
    return "sent at once" if verdict.conclusive else "sent at the deadline"


def _yes(holds: bool) -> str:  # noqa: FBT001 - one word for one fact
    return "yes" if holds else "no"
