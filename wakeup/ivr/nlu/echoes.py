"""The verb of a question as its answer: 说过, "they did". It reassures only where the question asks that very thing.

没见过 is no answer to "did you get to know them online?", and "they told me to" none to "was it your own idea?": both
say something else, and what they say warns.
"""

from __future__ import annotations

import re

from wakeup.ivr.nlu.echoes_en import of_others_en, repeats_en, strays_en
from wakeup.ivr.nlu.echoes_zh import of_others_zh, strays_zh

_CHINESE = re.compile(r"[^\x00-\x7f]+")


def strays(words: str, *, offered_by: str, plain: bool) -> bool:
    """True if these words, be they a plain yes or no, say what the prompt does not ask, or of another person."""
    prompt, english = offered_by.lower(), _CHINESE.sub(" ", words).strip(" ,")
    return strays_en(english, prompt, plain=plain) or (words != english and strays_zh(words, prompt, plain=plain))


def says_of_others(words: str) -> bool:
    """True if the words say what others did: it warns, whatever verb it has."""
    return of_others_en(words) or of_others_zh(words)


def says_it_again(words: str, *, offered_by: str) -> bool:
    """True for the question's own helping verb, said of the callee: "I do" to "do you know them only online?"."""
    return repeats_en(words, offered_by.lower())
