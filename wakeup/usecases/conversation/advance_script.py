"""Runs a conversation's script on one input, in the version and the language the conversation is held in."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import advance
from wakeup.ivr.turn import Input, Turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.call_facts import variables_of
from wakeup.usecases.conversation.store_scripts import script_of
from wakeup.usecases.records import Talk


def advance_script(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, given: Input
) -> tuple[Conversation, Turn]:
    """Return the conversation and the turn after this input; nothing is stored. Raises NotFoundError when the
    script version is no longer available."""
    published = script_of(file.unit, before)
    named = next((t for t in file.transfers() if t.id in talk.named), None)

    def spoken_in(language: str) -> tuple[Conversation, Turn]:
        variables = variables_of(file, attempt, named, language, unhurried=before.unhurried, talk=talk)
        return advance(published.script, published.prompts, before, given, variables)

    after, turn = spoken_in(before.language)
    # Amounts and times were worded for the previous language, so the turn is computed again.
    return (after, turn) if after.language == before.language else spoken_in(after.language)
