"""A yes or no in English: a plain word, with at most the short answer that says it again: "yes, we have" to "have you".

What others did ("they told me to") and a short answer ("I haven't", "yes, he has") count at a question only where they
warn, alone or after a yes or no. Everything else is asked again: "yes, just a moment", "no, unless they call".
"""

from __future__ import annotations

import re

from wakeup.ivr.nlu.meaning import Meaning

_POLITE = "(?:please|thanks|thank you|sir|madam|indeed|really|lah|la|lor|leh)"
POLITE_EN = f"(?: {_POLITE})*"
_HELPS = "(?:do|does|did|have|has|had|am|is|are|was|were)"
_PROMISES = "(?:can|could|will|would)"
_I, _ANY = "(?:i|we|it|there)", "(?:i|we|it|there|that|they|he|she)"
_SHORT_YES = f"{_I} {_HELPS}"
_SHORT_NO = f"{_ANY}(?: {_HELPS}(?:n't| not)|'(?:m|re|s|ve) not)"
"""A no says no of whomever it is said. A yes may be of another: "yes, he has" is no answer to "have you met them?"."""
_YES, _NO = "(?:yes|yeah|yep|yup|yah?|of course|definitely|certainly|absolutely)", "(?:no|nope|nah)"

ASSENT_EN = (
    f"{_YES}(?:{POLITE_EN}[ ,]{_SHORT_YES})?"
    "|sure|correct|right|(?:that's|that is) (?:right|correct)|ok|okay|exactly|can(?= la)"
)
ME_EN = "speaking|me|this is s?he|it's me|it is me|this is me|that's me|mine|it's mine|it is mine|myself"
MINE_EN = (
    "(?:it's|it is|this is) my (?:phone|number)"
    "|i (?:made|did) (?:it|this|that|(?:the|this|that) (?:payment|transfer))(?: myself)?"
    "|i (?:sent|paid|transferred) (?:it|this|that|the money) myself"
)
"""Said at a menu only. Of no question is it the answer."""
COMPARED_EN = "same|the same|both the same|they match|it matches|they are the same"
DISSENT_EN = (
    f"(?:{_NO}|not at all|not really|of course not|certainly not)"
    f"(?:{POLITE_EN}[ ,](?:{_SHORT_NO}|never))?|negative|cannot(?= la)"
)
_SAYS_NO = (
    f"{DISSENT_EN}|different|they differ|they are different|not the same|no need|not necessary"
    "|i don't think so|i do not think so|no sorry|(?:i'm )?afraid not"
)
NO_EN = f"{_SAYS_NO}|nothing like that|(?:it was not|it wasn't|wasn't|was not|not) me"
_CANNOT = f"cannot|{_ANY} (?:(?:ca|could|wo|would)n't|{_PROMISES} not|cannot)"
NO_AT_A_MENU_EN = (
    f"{_SAYS_NO}|{_SHORT_NO}|{_CANNOT}|(?:(?:i|they) have )?never|(?:that's|it's|it is) not (?:me|mine|my phone)"
    "|please don't|(?:i'd|i would) rather not|no (?:that's|it's) (?:okay|ok|fine|all right|alright)"
    "|i (?:didn't|did not) do (?:it|this|that)|(?:please )?don't (?:tell|text|ring) (?:them|him|her|anyone|anybody)"
    "|(?:it|they) (?:doesn't|don't) match|it's different"
)
"""A no at a menu only protects. To a question, "don't tell them" may be what the callee was told."""

_TELLS = "(?:told|tell|asked|ask|called|contacted|said|gave|sent|shown|promised|offered|advised|confirmed|checked)"
_TO_ME = "(?: (?:me|us|it|that|this|so|to|first))*"
_OTHERS = "(?:they|he|she|someone|somebody|the bank|the school)"
_OTHERS_TOLD = (
    f"{_OTHERS}(?:'ve|'s| have| has| had| did| already)* {_TELLS}{_TO_ME}"
    f"|(?:i|we)(?: was| were|(?:'ve| have| had) been) {_TELLS}{_TO_ME}"
)
_MET = "(?: (?:met|meet|seen|see|called|call|checked|check|asked|ask|spoken|been)(?: (?:him|her|it|them|yet|there))*)"
_YESES, _NOES = (f"(?:{plain}(?:[ ,]{_POLITE})?[ ,])" for plain in (_YES, _NO))
_WARNS_YES = re.compile(
    rf"{_YESES}{{0,3}}(?:{_OTHERS_TOLD}|{_OTHERS} (?:{_HELPS}|{_PROMISES})|{_ANY} {_HELPS}(?: to)?){POLITE_EN}"
)
_WARNS_NO = re.compile(
    rf"(?:{_NOES}{{0,3}}(?:{_SHORT_NO}{_MET}?|(?:(?:i|we)(?:'ve| have| had)? )?never{_MET}?|{_CANNOT}|not yet)"
    rf"|{_NOES}{{1,3}}(?:{_OTHERS_TOLD}|(?:nobody|no one)(?: {_HELPS})?)){POLITE_EN}"
)
"""More beside a yes or no may be anything: "yes, I can hear you", "no, I mean yes"."""
_SAID_AGAIN = re.compile(rf"\b({_I}) ({_HELPS})\b(?! me\b| mine\b)")
_ASKED_OF_CALLEE = re.compile(rf"\b({_HELPS}) you\b")
_ALIKE = {"am": "are", "was": "were"}


def says_else_again_en(words: str, *, offered_by: str) -> bool:
    """True for a short answer that does not say the question again: "I did" where the prompt asks no "did you". To "can
    you take out all your money today?", "yes, I did" is what the bait let the customer do."""
    asked = set(_ASKED_OF_CALLEE.findall(offered_by.lower()))
    said = _SAID_AGAIN.findall(words)
    return any(who not in ("i", "we") or _ALIKE.get(helps, helps) not in asked for who, helps in said)


def warning_en(words: str) -> Meaning | None:
    """Return YES or NO for what is no plain one, and counts only where that answer warns."""
    if _WARNS_YES.fullmatch(words):
        return Meaning.YES
    return Meaning.NO if _WARNS_NO.fullmatch(words) else None
