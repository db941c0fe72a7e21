"""Turn a typed line into an act of the callee."""

from __future__ import annotations

import re
import unicodedata

from wakeup.ivr.turn import (
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

A_MESSAGE = "RE" + "0" * 32
"""The id of a recording that does not exist."""
HELP = """\
  1            press a key (0-9, * or #)
  1 @700       press it 0.7 s after the prompt began: too early to have heard the question
  我不需要      anything else is said aloud
  empty line   say nothing
  hang up      end the call (so does the end of the input, ctrl-D)
  recorded     leave a message, if one is recorded
  person talked   an agent came to the line and has left it; or: person busy, no_answer, declined, failed
  meeting here    the other party has come; or: meeting coming, ended, left, failed, nobody_came, limit
  machine      answering machine detection finds a machine; or: fax
  cancelled    the payment is cancelled in the app meanwhile
  nothing left    the payment was allowed or paid out meanwhile
  ?            this help"""

_KEYS = re.compile(r"([0-9*#]{1,20})(?:\s*@\s*([0-9]{1,6}))?")
_ACTS: dict[str, Input] = {
    "": Silence(),
    "hang up": HungUp(),
    "hangup": HungUp(),
    "hung up": HungUp(),
    **{f"person {how}": PersonLeft(how) for how in TransferResult},
    **{f"meeting {how}": MeetingNews(how) for how in ConferenceStatus},
    "recorded": Recorded(A_MESSAGE, seconds=10),
    "record failed": Recorded(None),
    "machine": Detected(AnsweredBy.MACHINE),
    "fax": Detected(AnsweredBy.FAX),
    "cancelled": Cancelled(),
    "nothing left": NothingLeft(),
}


def read_line(line: str | None) -> Input | None:
    """Return what the callee does. The end of the input is a hang-up; None asks for help."""
    if line is None:
        return HungUp()
    # Full-width digits, typed on a Chinese keyboard, are keys too.
    text = " ".join(unicodedata.normalize("NFKC", line).split())
    if text in {"?", "help"}:
        return None
    act = _ACTS.get(text.lower())
    if act is not None:
        return act
    keys = _KEYS.fullmatch(text)
    if keys is None:
        return Speech(text)
    return Keys(keys[1], elapsed_ms=int(keys[2]) if keys[2] else None)
