"""Describes a callee's input in the viewer's language. Speech is given as its length only, until it is unmasked."""

from __future__ import annotations

from wakeup.web.console.i18n import Look

SAID = {
    "keys": "pressed {given}",
    "choice": "pressed {given} ({meaning})",
    "speech": "spoke, {count} characters",
    "recorded": "left a message of {seconds} seconds",
    "person": "the call with a colleague: {how}",
    "meeting": "the conference: {how}",
}
"""By the kind of the stored input. Any other kind has no details."""


def heard(given: str, look: Look, *, unmasked: bool = False, meaning: str = "") -> str:
    """Describe `given`, an input as a turn stores it: its kind, then its details. `meaning`: of the key, if known."""
    kind, _, rest = given.partition(" ")
    if kind == "speech" and unmasked:
        return rest
    if kind not in SAID:
        return look.word("act", kind)
    if kind == "keys" and meaning:
        kind = "choice"
    seconds = rest.split(" ")[1] if kind == "recorded" else ""
    return look.say(SAID[kind]).format(
        given=rest or "–", count=len(rest), seconds=seconds, how=look.word("how", rest), meaning=meaning
    )
