"""The meanings of spoken words that scripts can refer to."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What the callee meant. Meanings are looked for in this order, so that a call for help is recognised first."""

    DISTRESS = "distress"
    NOT_ME = "not_me"
    ALREADY_PAID = "already_paid"
    MACHINE = "machine"
    """The words of a recorded greeting."""
    OPT_OUT = "opt_out"
    CANNOT_TALK = "cannot_talk"
    AGENT = "agent"
    """Asks for a person, or cries for help: before what leads nowhere, as 你是谁，我被骗了 does both."""
    PURPOSE = "purpose"
    """Asks who is calling and why, as call assistants do."""
    WRONG_NUMBER = "wrong_number"
    CALLBACK = "callback"
    REPEAT = "repeat"
    CANCEL = "cancel"
    BUSY = "busy"
    """Has no time now. Where the script says nothing of it, the payment is to wait: KEEP."""
    KEEP = "keep"
    GENUINE = "genuine"
    """Says that all is well and the payment should go out: the only meaning that could reduce protection."""
    WORRIED = "worried"
    """A guardian fears for the customer, or cannot reach them."""
    NOT_SEEN = "not_seen"
    """The callee sees no check code."""
    ABSENT = "absent"
    RELATIVE = "relative"
    """A different person speaks, or the phone belongs to one: a wife, a carer, a neighbour."""
    UNSURE = "unsure"
    NO = "no"
    YES = "yes"


PROVES_NOBODY = frozenset({Meaning.MACHINE, Meaning.PURPOSE, Meaning.ABSENT, Meaning.RELATIVE, Meaning.WRONG_NUMBER})
"""Recordings and call assistants say these too."""
