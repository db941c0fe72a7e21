"""The short notation of stories for what a callee does. The answers `risky`, `safe` and `unsure` fit any wording."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Question
from wakeup.ivr.script import Script
from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Cancelled,
    ConferenceStatus,
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
    TransferResult,
)

Saying = Mapping[str, str]
"""Language to words."""

NOTATION = (
    "`answered human`, `key 1`, `key 1 @900` (milliseconds), `risky`, `safe`, `unsure`, `say NAME` of a saying, "
    "`say` and the words themselves, either with ` @900`, `silence`, `hung up`, "
    "`recorded`, `record failed`, `person talked` (busy, no_answer, declined, failed), "
    "`meeting coming` (here, ended, left, failed, nobody_came, limit), `cancelled`, `nothing left`, "
    "`key 1 without NAME` of a variable that is not there any more, `key 1 with NAME` of one that holds from now on, "
    "`detected machine`, or a name under `ways`"
)
_KEY = re.compile(r"key ([0-9*#]+)(?: @([0-9]+))?")
_ANSWER = re.compile(r"(risky|safe|unsure)(?: @([0-9]+))?")
_BY = re.compile(rf"(answered|detected) ({'|'.join(AnsweredBy)})")
_SAY = re.compile(r"say (\S.*?)(?: @([0-9]+))?")
_CHANGED = re.compile(r"((?:key|silence|meeting)\b.*?) (without|with) ([a-z_0-9]+)")
_NAME = re.compile(r"[a-z_0-9]+")
_KEY_OF = {Meaning.YES: "1", Meaning.NO: "2", Meaning.UNSURE: "3"}
_PLAIN: Mapping[str, Input] = {
    "silence": Silence(), "hung up": HungUp(), "cancelled": Cancelled(),
    "nothing left": NothingLeft(),
    **{f"person {how}": PersonLeft(how) for how in TransferResult},
    **{f"meeting {how}": MeetingNews(how) for how in ConferenceStatus},
    "recorded": Recorded("RE" + "0" * 32, seconds=10), "record failed": Recorded(None),
}  # fmt: skip


class StoryError(Exception):
    """A story cannot be played; the message says why."""


def check_act(text: str, sayings: Mapping[str, Saying]) -> None:
    """Check the notation of an act. Raises StoryError when it is not one."""
    text, _, _ = split_act(text)
    if text in _PLAIN or _KEY.fullmatch(text) or _ANSWER.fullmatch(text) or _BY.fullmatch(text):
        return
    said = _SAY.fullmatch(text)
    if said is None:
        raise StoryError(f"{text!r} is not an input; must be one of {NOTATION}")
    if _NAME.fullmatch(said[1]) and said[1] not in sayings:
        raise StoryError(f"{said[1]!r} is not defined; define it under `sayings`")


def split_act(text: str) -> tuple[str, str, bool]:
    """Split an act into what happens, a variable that changes in this turn, and whether the variable is true from
    now on.

    Examples are `key 1 without room` and `key 3 with family_worried`.
    """
    changed = _CHANGED.fullmatch(text)
    return (changed[1], changed[3], changed[2] == "with") if changed else (text, "", False)


def read_act(text: str, script: Script, conversation: Conversation, sayings: Mapping[str, Saying]) -> tuple[Input, str]:
    """Return the input, and its display: an answer with its key, a saying with its words. The text has been checked."""
    if text in _PLAIN:
        return _PLAIN[text], text
    if key := _KEY.fullmatch(text):
        return Keys(key[1], elapsed_ms=_ms(key[2])), text
    if answer := _ANSWER.fullmatch(text):
        digit = _answer_key(answer[1], script, conversation)
        return Keys(digit, elapsed_ms=_ms(answer[2])), text.replace(answer[1], f"{answer[1]} (key {digit})")
    if by := _BY.fullmatch(text):
        who = AnsweredBy(by[2])
        return (Answered(who) if by[1] == "answered" else Detected(who)), text
    spoken = _SAY.fullmatch(text)
    assert spoken is not None, "the text has been checked"
    said, elapsed = spoken[1], spoken[2]
    words = _words(sayings[said], said, conversation.language) if said in sayings else said
    return Speech(words, elapsed_ms=_ms(elapsed)), f"say {words}{f' @{elapsed}' if elapsed else ''}"


def _words(saying: Saying, name: str, language: str) -> str:
    if language not in saying:
        raise StoryError(f"the saying {name!r} has no words in {language}")
    return saying[language]


def _answer_key(answer: str, script: Script, conversation: Conversation) -> str:
    node = script.nodes.get(conversation.node)
    if not isinstance(node, Question):
        raise StoryError(f"{answer!r} answers a question, but the call is at {conversation.node or 'its beginning'}")
    if answer == "unsure":
        return _KEY_OF[Meaning.UNSURE]
    risk = node.variants[conversation.variant].risk
    safe = Meaning.NO if risk is Meaning.YES else Meaning.YES
    return _KEY_OF[risk if answer == "risky" else safe]


def _ms(digits: str | None) -> int | None:
    return int(digits) if digits else None
