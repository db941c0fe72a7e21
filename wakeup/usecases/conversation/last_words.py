"""Input that arrives after the end of its call: what the callee pressed or said as they hung up. The provider
promises no order.

The end has already cut the conversation short. A warning counts all the same, and so does a callee who cannot talk
freely; anything that would favour a release came too late.
"""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.errors import NotFoundError
from wakeup.domain.outcome import PROTECTIVE
from wakeup.ivr.turn import Input, Keys, Speech
from wakeup.ivr.walk import hung_up_before, state_before_hang_up
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.advance_script import advance_script
from wakeup.usecases.conversation.cannot_talk import follow_up_another_way
from wakeup.usecases.conversation.nothing_left import asked_in_vain
from wakeup.usecases.conversation.talk import learn
from wakeup.usecases.conversation.wishes import grant_wishes
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.records import Talk


def hear_last_words(file: CaseFile, attempt: Attempt, talk: Talk, n: int, given: Input) -> None:
    """Process input for turn `n`, which the end of the call has taken. A repeat of the input teaches nothing new."""
    if not (talk.finished and n == talk.turns - 1 and isinstance(given, Keys | Speech)):
        return
    before = state_before_hang_up(talk.conversation)
    if before is None:
        return
    try:
        heard, turn = advance_script(file, attempt, talk, before, given)
    except NotFoundError:
        return
    warns = heard.outcome in PROTECTIVE and heard.outcome is not before.outcome
    if not follow_up_another_way(file, attempt, before, heard) and not warns:
        return
    gone = hung_up_before(heard)
    file.unit.talks.save(talk.with_conversation(gone))
    file.note(
        "heard_late", "callee", attempt=attempt.id, n=n, node=turn.node, act=given.kind
    )  # fmt: skip
    asked_in_vain(file, attempt, talk, before, gone, given)
    if warns:
        grant_wishes(file, attempt, gone.wishes - before.wishes)
        learn(file, attempt, talk, gone)
    settle_file(file)
