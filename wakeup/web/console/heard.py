"""What somebody did on the line, in the viewer's language. What they said is only counted until it is unmasked."""

from __future__ import annotations

from wakeup.web.console.i18n import Look

SAID = {
    "keys": "pressed {given}",
    "speech": "spoke, {count} characters",
    "recorded": "left a message of {seconds} seconds",
    "person": "the talk with a colleague: {how}",
    "meeting": "the meeting: {how}",
}
"""By the kind of what is kept of a turn; any other kind is an act without more to it."""


def heard(given: str, look: Look, *, unmasked: bool = False) -> str:
    """`given` as a turn keeps it: its kind, then what belongs to it."""
    kind, _, rest = given.partition(" ")
    if kind == "speech" and unmasked:
        return rest
    if kind not in SAID:
        return look.word("act", kind)
    seconds = rest.split(" ")[1] if kind == "recorded" else ""
    return look.say(SAID[kind]).format(given=rest or "–", count=len(rest), seconds=seconds, how=look.word("how", rest))
