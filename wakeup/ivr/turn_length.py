"""How long a turn may last on the line, as far as we can tell: until its words are spoken and the callee has had their
time to answer."""

from __future__ import annotations

from datetime import timedelta

from wakeup.ivr.turn import Turn, Utterance

SECONDS_PER_WIDE = 0.3
"""For a Chinese character. Like the next one it is generous: it holds for the voice at its slowest rate, too."""
SECONDS_PER_LETTER = 0.1
MOST = timedelta(seconds=60)
"""A turn is not counted on for longer than this, whatever it may take."""
_WIDE_FROM = "\u2e80"


def length_of(turn: Turn) -> timedelta | None:
    """Return how long the line may be silent towards us after this turn was served. None where that cannot be said: the
    callee is connected to another party, or waits to be.

    Words that the callee speaks at the end of their time to answer are not counted.
    """
    if turn.room is not None or turn.connect is not None:
        return None
    seconds = sum(_spoken_seconds(one) for one in turn.utterances)
    if turn.listen is not None:
        seconds += turn.listen.timeout_s
    if turn.tape is not None:
        seconds += turn.tape.max_s + turn.tape.rest_s
    return min(timedelta(seconds=seconds), MOST)


def _spoken_seconds(utterance: Utterance) -> float:
    wide = sum(character >= _WIDE_FROM for character in utterance.text)
    return SECONDS_PER_WIDE * wide + SECONDS_PER_LETTER * (len(utterance.text) - wide)
