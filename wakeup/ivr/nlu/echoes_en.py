"""The verb of a question as its answer, in English: "they did", "I have met them"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORMS = (
    "ask asked (asking)|tell told (telling)|said (say saying)|check checked (checking)|call called (calling)"
    "|confirm confirmed|change changed|meet met|known knew (know)|seen saw (see)|heard (hear)|use used (using)"
    "|shown (show shows)|sent (send)|given gave (give)|promise promised|offered (offer)|contacted (contact)"
    "|started (start)|need (needed)"
)
"""The verbs of questions. The forms in brackets are asked and not said: "I see" is the sound of a listener."""
_LEMMA = {form: forms.split()[0] for forms in _FORMS.split("|") for form in re.findall(r"\w+", forms)}
_WHO_EN = "(?:i|we|they|he|she|it|someone|somebody|the school|the bank)"
SPOKEN_EN = tuple(re.sub(r" \(.*?\)", "", _FORMS).replace("|", " ").split())
_DID_EN = "|".join(SPOKEN_EN)
_IT_EN = "(?: (?:me|us|it|them|him|her|that|this|so|to|ever|yet|before|anyone|anybody|one|any))*"
_HELPS_EN = "am|is|are|was|were|do|does|did|have|has|had|can|could|will|would"
ECHO_YES_EN = (
    f"{_WHO_EN}(?:'ve|'s| (?:did|do|does|have|has|had|already))? (?:{_DID_EN}){_IT_EN}"
    f"|(?:i|we) have to|{_WHO_EN} (?:{_HELPS_EN})|{_WHO_EN}(?: (?:have|has|had)|'ve|'s) been(?: there)?"
    "|(?:already )?(?:checked|confirmed|changed|called|asked)"
)
_NOT_EN = "n't| not"
ECHO_NO_EN = (
    f"(?:(?:i|we|they|he|she|it) (?:(?:do|does|did|have|has|had)(?:{_NOT_EN})|(?:(?:have|has|had) )?never)"
    f"|nobody|no one|nobody has|no one has|not)(?: ever| even)? (?:{_DID_EN}){_IT_EN}"
    f"|{_WHO_EN} (?:(?:{_HELPS_EN})(?:{_NOT_EN})|can't|cannot|won't)(?: been)?"
    f"|(?:nobody|no one)(?: (?:{_HELPS_EN}))?|not yet|no way|nothing like that"
    "|(?:nobody|no one)(?: has)? (?:told|asked) me anything"
    "|(?:it was not|it wasn't|wasn't|was not|not) me"
)

_WORD = re.compile("[a-z']+")
_OTHERS = (
    r"any(?:one|body)|some(?:one|body)|they|(?:the|this) (?:person|seller|lender|other side|sender|company|firm|place)"
    r"|official game support|customer service|the sum they ask for"
)
_NOT_PERSONS = ("customer service", "the sum they ask for")
"""These are no persons, who ask or tell."""
_AUX = "have|has|had|did|do|does|were|are|is|can"
_ARE_TOLD = "advised|asked|told|sent|given|shown"
_SUBJECT = re.compile(
    rf"\b(?!(?:were you|have you been) (?:{_ARE_TOLD}) )(?:{_AUX}) (?:(you)|{_OTHERS})\b|\b(you) the one who\b"
    rf"|\b(?:{_OTHERS}) $"
)
"""Who was told to do something later is not asked whether they did it."""
_DOING = re.compile(r"\b(?:is|are) (?:\w+ ){1,4}$")
_MAIN = re.compile(rf"\b(?:{_AUX}|could|would) (?:(you)|{_OTHERS})\b")
_TOLD = re.compile(rf"\b(?:were you|been) (?:{_ARE_TOLD})\b")
"""Of others, though it begins with "you"."""
_WERE_YOU = len("were you ")
"""So far before "told" stands what makes it that."""
_THEY_SAY = re.compile(r"\b(?:they|he|she|someone|somebody|the school|the bank)\b")
_DONE_TO_ME = re.compile(rf"\b(?:i|we)(?: was| were|(?:'ve| have| had) been) (?:{_DID_EN})\b")
"""I was called: others did it."""
_I_SAY = re.compile(r"\b(?:i|we)\b")
_NOBODY = re.compile(r"\b(?:nobody|no one)\b")
_ALONE = re.compile(r"\balone\b")
"""Whom no one is with is alone, so the word says yes."""
_ANYONE = re.compile(r"\b(?:any|some)(?:one|body)\b")
_FACE = re.compile(r"\b(?:have|did) you\b[^?]*\b(?:face to face|in person)")
_HOW = re.compile(r"\b(?:only|(?<!go )through)\b")
"""Who asks how something was done is not answered by "I haven't seen it"."""
_SAYS_WHAT = re.compile(r" (?:it|this|that|the)\b")
_MUST = re.compile(r"\bhave to\b")
_KINDS = {
    "be": ("am", "is", "are", "was", "were"),
    "do": ("do", "does", "did"),
    "have": ("have", "has", "had", "'ve"),
    "can": ("can", "could", "ca", "cannot"),
    "will": ("will", "would", "wo"),
}
_HELPS = re.compile(rf"\b(?:{_HELPS_EN})\b")
_SAID = re.compile(
    rf"\b(?P<who>{_WHO_EN}|that)(?: |(?='))(?P<helps>{_HELPS_EN}|'ve|'s|cannot|ca|wo)(?:n't| not)?+\b"
    r"(?! (?:me|think so|right|correct|true)\b)(?P<been> been)?"
)
_AGREES = re.compile(r"(?:yes|yeah|yep|yup|yah?|no(?! one\b)|nope|nah)\b")
_NOT = re.compile(r"n't|\b(?:not|never)\b")
_HIM = re.compile(r"\b(?:him|her)\b")
_ASKS_OF_A_PERSON = re.compile(r"person|payee|friend|teacher|sender|seller|helper|someone|anyone|one who|family")
_LATER = re.compile(r"\blater\b")
"""Who asks whether details come later is not answered by "they didn't tell me"."""
_ORGANISATIONS = ("firm", "company", "place", "support")
_SOMEONE = re.compile(r"\b(?:someone|somebody)\b")
_CERTAIN = re.compile(r"\bwhose\b")
"""Asks whether a certain person did, not whether anybody did."""
_HE = re.compile(r"\b(?:he|she)\b")
_APART = re.compile(r"\bapart from them\b")
_THEY = re.compile(r"\b(?:they|he|she)\b")
"""They themselves confirm it to those who are asked about others."""
_ASKS = re.compile(r"\basks\b")
"""What to say if the bank asks: "nobody asked" is no answer."""
_ASIDE = re.compile(r"\bbefore any(?:one|body)\b.*|\bcontact details\b")
"""Not asked: before anyone contacted you."""
_BEFORE_A_NOUN = re.compile(r"\b(?:an?|the|this|their|your|any|usual|video|phone) $")
"""Before a noun: their offer, a call."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What a prompt asks, and of whom. Were you told, though it begins with "you", asks of others."""

    words: str
    main: re.Match[str] | None
    told: bool

    @property
    def of_you(self) -> bool:
        return self.main is not None and self.main[1] is not None

    @property
    def of_others(self) -> bool:
        return self.told or (self.main is not None and self.main[1] is None)

    def of_a(self, things: tuple[str, ...]) -> bool:
        return self.main is not None and self.main[0].endswith(things)

    @property
    def kind(self) -> str:
        """The kind of verb that helps to ask: "have", "could"."""
        first = self.main or _HELPS.search(self.words.rpartition(". ")[2])
        return _kind(first.group().split()[0]) if first else ""


def strays_en(words: str, prompt: str, *, plain: bool) -> bool:
    """True if the words, be they a plain yes or no, say what the prompt does not ask, or of another person."""
    question, verbs = _question(prompt), _verbs(words)
    if _NOBODY.search(words):
        return _nobody_strays(words, question, verbs)
    if _APART.search(question.words) and _THEY.search(words):
        return True
    if _MUST.search(words) and not _MUST.search(question.words):
        return True
    if verbs:
        return _verbs_stray(words, question, verbs)
    # "They did", "we haven't": without a verb it is the verb of the question, if it is asked of them.
    said = list(_SAID.finditer(words))
    if plain or said:
        agrees = _AGREES.match(words)
        return any(_helps_to_say_else(one, question, agrees=agrees[0] if agrees else "") for one in said)
    not_me = words.endswith(" me") and not question.of_you
    return not_me or words.endswith(" yet") or (words == "no way" and " way" in question.words)


def of_others_en(words: str) -> bool:
    """True if the words say what others did."""
    return (_THEY_SAY.search(words) or _DONE_TO_ME.search(words)) is not None


def repeats_en(words: str, prompt: str) -> bool:
    """True for "I do" after "do you …?": it says yes to all of that question, however it is asked."""
    question, said = _question(prompt), list(_SAID.finditer(words))
    return (
        bool(said)
        and question.of_you
        and not question.told
        and not _verbs(words)
        and all(
            one["who"] in ("i", "we")
            and not _SAYS_WHAT.match(words, one.end())
            and _kind(one["helps"]) == question.kind
            and not _NOT.search(one[0])
            for one in said
        )
    )


def _question(prompt: str) -> _Question:
    asks = _ASIDE.sub("", prompt.rpartition("?")[0])
    return _Question(asks, _MAIN.search(asks), _TOLD.search(asks) is not None)


def _verbs(words: str) -> set[str]:
    return {_LEMMA[word] for word in _WORD.findall(words) if word in _LEMMA}


def _nobody_strays(words: str, question: _Question, verbs: set[str]) -> bool:
    """True for "no one" where no person is asked about. With a no or a verb it answers what is asked of others."""
    if question.of_a(_NOT_PERSONS) and verbs & {"ask", "tell"}:
        return True
    if "ask" in verbs and _ASKS.search(question.words):
        return True
    of_others = question.told or (question.of_others and (verbs or _AGREES.match(words) or _HELPS.search(words)))
    asked = _ANYONE.search(question.words) or (of_others and not _ALONE.search(question.words))
    return not asked or any(not _asked_of(verb, question.words) for verb in verbs - {"ask", "tell"})


def _verbs_stray(words: str, question: _Question, verbs: set[str]) -> bool:
    passive = _DONE_TO_ME.search(words)
    they, i = passive or _THEY_SAY.search(words), not passive and _I_SAY.search(words)
    if (not they and _HOW.search(question.words)) or words.endswith(" yet") or _of_the_wrong_one(words, question):
        return True
    if they and _NOT.search(words) and verbs & {"tell", "said"} and _LATER.search(question.words):
        return True
    asked = [_asked_of(verb, question.words) for verb in verbs]
    return any(not of or (they and "they" not in of) or (i and "you" not in of) for of in asked)


def _helps_to_say_else(said: re.Match[str], question: _Question, *, agrees: str) -> bool:
    """True if "I haven't" or "they would" says of others, or of another time, what is asked. After a no it only says it
    again. After a yes it does so of the callee: "yes, he has" stays what another did, and "yes, I will" a promise."""
    helps, who = _kind(said["helps"]), said["who"]
    if helps != question.kind and {helps, question.kind} & {"can", "will"}:
        return True
    if agrees.startswith("n") or (agrees and (who in ("i", "we", "it", "that") or question.of_others)):
        return False
    if _of_the_wrong_one(who, question):
        return True
    if who in ("it", "that"):
        return question.main is not None and not question.of_a((*_ORGANISATIONS, *_NOT_PERSONS))
    return _of_the_callee_else(said, question) if who in ("i", "we") else not question.of_others


def _of_the_callee_else(said: re.Match[str], question: _Question) -> bool:
    """True if "I did" is no answer: "were you told?" asks whether you were, and "have you?" whether you have."""
    helps, asks = _kind(said["helps"]), question.kind
    if not question.of_you or _HOW.search(question.words):
        return True
    if said["been"]:
        return asks != "be" and "been" not in question.words
    alike = helps == asks or (helps == "do" and "the one who" in question.words)
    return not alike and (question.told or "be" in (helps, asks))


def _of_the_wrong_one(words: str, question: _Question) -> bool:
    """True for "someone did" where a certain person is asked about, "he did" where a place is, and "I called him" where
    no person is."""
    if _SOMEONE.search(words) and (_CERTAIN.search(question.words) or not _ANYONE.search(question.words)):
        return True
    if _HIM.search(words) and not _ASKS_OF_A_PERSON.search(question.words):
        return True
    return question.of_a(_ORGANISATIONS) and _HE.search(words) is not None


def _kind(helps: str) -> str:
    return next((kind for kind, forms in _KINDS.items() if helps in forms), "")


def _asked_of(verb: str, question: str) -> set[str]:
    """Return of whom the question asks what this verb says."""
    found: set[str] = set()
    for word in _WORD.finditer(question):
        if _LEMMA.get(word.group()) != verb:
            continue
        before = question[: word.start()]
        if _BEFORE_A_NOUN.search(before):
            continue
        if word.group().endswith("ing") and not _DOING.search(before):
            continue
        subjects = list(_SUBJECT.finditer(before))
        if _TOLD.search(question[max(0, word.start() - _WERE_YOU) : word.end()]):
            found.add("they")
        elif subjects:
            found.add("you" if subjects[-1][1] or subjects[-1][2] else "they")
    if verb == "meet" and _FACE.search(question):
        found.add("you")
    return found
