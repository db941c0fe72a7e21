"""`wakeup scripts show CASE`: print a case's conversations word for word.

It prints personal data on purpose, and logs none of it.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.rule import Rule
from rich.text import Text

from wakeup.cli.commands.shared import console, explain, fail, say_json, settings_or_exit
from wakeup.cli.options import Json
from wakeup.domain.errors import WakeupError
from wakeup.domain.ids import CaseId
from wakeup.ivr.turn import Turn

if TYPE_CHECKING:
    from wakeup.usecases.conversation.transcripts import Transcript


def show(case: Annotated[str, typer.Argument(help="The case's id.")], *, as_json: Json = False) -> None:
    """Print a case's conversations word for word. The output contains personal data."""
    from wakeup.runtime.read_conversations import asked
    from wakeup.usecases.conversation.transcripts import transcripts_of

    settings = settings_or_exit()
    try:
        found = asked(settings, lambda talks: transcripts_of(talks, CaseId(case)))
    except WakeupError as error:
        fail(explain(error), code=1)
    conversations = [conversation_facts(spoken) for spoken in found]
    if as_json:
        say_json({"case_id": case, "conversations": conversations})
        return
    if not conversations:
        console.print("This case has no conversations.")
    for conversation in conversations:
        _print(conversation)


def conversation_facts(spoken: Transcript) -> dict[str, Any]:
    """Return one conversation as plain data. Its state may be older than today's code, so only what is shown is
    read."""
    state = json.loads(spoken.talk.state)
    return {
        "attempt_id": spoken.talk.attempt_id,
        "started_at": _utc(spoken.talk.started_at),
        "script": state["script_id"],
        "version": state["version"],
        "content_hash": state["content_hash"],
        "language": state["language"],
        "wording": "abc"[state["variant"]],
        "persona": state.get("persona") or None,
        "finished": spoken.talk.finished,
        "turns": [_turn_facts(Turn.from_json(one.turn), one.at, one.input) for one in spoken.turns],
    }


def _turn_facts(turn: Turn, at: datetime, given: str) -> dict[str, Any]:
    return {
        "n": turn.n,
        "at": _utc(at),
        "input": given,
        "node": turn.node,
        "words": [{"text": one.text, "language": one.language, "voice": one.voice} for one in turn.utterances],
    }


def _print(conversation: dict[str, Any]) -> None:
    console.print(
        f"{conversation['script']} version {conversation['version']}, in {conversation['language']}, wording "
        f"{conversation['wording']}{_by(conversation['persona'])}, call {conversation['attempt_id']} of "
        f"{conversation['started_at']}",
        style="bold", markup=False, soft_wrap=True,
    )  # fmt: skip
    console.print(f"content {conversation['content_hash']}", style="dim", soft_wrap=True)
    for turn in conversation["turns"]:
        console.print(Rule(Text(f" {turn['n']} · {turn['at']} · {turn['node']} "), align="left", style="dim"))
        console.print(Text(f"  callee: {_harmless(turn['input'])}", style="yellow"), soft_wrap=True)
        for words in turn["words"]:
            console.print(Text(f"  script: {_harmless(words['text'])}", style="cyan"), soft_wrap=True)
    if not conversation["finished"]:
        console.print("  … the conversation is still going on.", style="dim")
    console.print()


def _by(persona: str | None) -> str:
    return "" if persona is None else f", persona {persona}"


def _harmless(words: str) -> str:
    """Replace control characters: the callee's words may hold some that steer a terminal."""
    return "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in words)


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
