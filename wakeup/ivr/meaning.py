"""What somebody can mean in a call, as scripts name it."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What somebody meant. The order is the order of looking: whoever needs help is understood first."""

    DISTRESS = "distress"
    NOT_ME = "not_me"
    ALREADY_PAID = "already_paid"
    MACHINE = "machine"
    """A recorded greeting speaks."""
    PURPOSE = "purpose"
    """Asks who is calling and why, as call screeners do."""
    WRONG_NUMBER = "wrong_number"
    OPT_OUT = "opt_out"
    CANNOT_TALK = "cannot_talk"
    CALLBACK = "callback"
    AGENT = "agent"
    REPEAT = "repeat"
    CANCEL = "cancel"
    KEEP = "keep"
    GENUINE = "genuine"
    """That all is well and the payment should go out: the one word that could take protection off."""
    WORRIED = "worried"
    """A guardian fears for them."""
    NOT_SEEN = "not_seen"
    """They see no check code."""
    ABSENT = "absent"
    RELATIVE = "relative"
    """Somebody else speaks, or it is somebody else's: a wife, a carer, a neighbour."""
    UNSURE = "unsure"
    NO = "no"
    YES = "yes"


PROVES_NOBODY = frozenset({Meaning.MACHINE, Meaning.PURPOSE, Meaning.ABSENT, Meaning.RELATIVE, Meaning.WRONG_NUMBER})
"""Recordings and call assistants say these too."""
