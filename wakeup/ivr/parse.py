"""Plain data to a `Script`. Reads everything before it complains, so that a writer sees all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.checks import check_graph, check_prompts, check_scoring
from wakeup.ivr.fields import Fields
from wakeup.ivr.script import (
    REPEAT,
    VARIANTS,
    Band,
    Branch,
    Case,
    Condition,
    Decide,
    Hangup,
    Hearer,
    Menu,
    Node,
    Question,
    Say,
    Score,
    Script,
    ScriptError,
    Set,
    Variable,
    VariableType,
    Voice,
    Wording,
)
from wakeup.ivr.speech import Meaning
from wakeup.ivr.turn import AnsweredBy

FORMAT = "wakescript/1"
_KEYS = "0123456789*"
_MENU_TIMEOUT_S = 8

K = TypeVar("K")


def parse_script(data: Mapping[str, Any], prompts: Mapping[str, Collection[str]] | None = None) -> Script:
    """A script from already loaded YAML; with `prompts` (language -> prompt ids) the words are checked too.

    Raises ScriptError with every fault as `path: reason`.
    """
    faults: list[str] = []
    script = _script(Fields(data, "", faults))
    if not faults:
        check_graph(script, faults)
        check_scoring(script, faults)
        if prompts is not None:
            check_prompts(script, prompts, faults)
    if faults:
        raise ScriptError(faults)
    return script


def _script(top: Fields) -> Script:
    if top.text("format") not in (FORMAT, ""):
        top.fault("format", f"must be {FORMAT}")
    languages = top.child("languages")
    voices = top.child("voices")
    on = top.child("on")
    supported = languages.texts("supported")
    default = languages.text("default")
    if default and default not in supported:
        languages.fault("default", f"{default!r} is not among the supported languages")
    fallback = languages.child("fallback", required=False)
    on_silent, on_unclear = on.text("silent"), on.text("unclear")
    nodes_in, variables = top.child("nodes"), top.child("variables", required=False)
    script = Script(
        id=top.text("id"),
        version=top.text("version"),
        status=top.one_of("status", ("draft", "published", "retired"), "draft"),
        title=top.text("title"),
        default_language=default,
        languages=supported,
        fallback={locale: fallback.one_of(locale, supported, default) for locale in fallback.names()},
        voices={language: _voice(voices.child(language)) for language in supported},
        variables={name: _variable(variables.child(name)) for name in variables.names()},
        entry=_entry(top.child("entry")),
        keys=_targets(top.child("keys"), _key_name),
        words=_targets(top.child("words"), Meaning),
        on_silent=on_silent,
        on_unclear=on_unclear,
        on_error=on.text("error"),
        on_limit=on.text("limit"),
        on_cancelled=on.text("cancelled"),
        nodes={name: _node(nodes_in.child(name), on_silent, on_unclear) for name in nodes_in.names()},
    )
    if REPEAT in nodes_in.names():
        nodes_in.fault(REPEAT, "is a reserved name")
    for part in (languages, voices, on, top):
        part.done()
    return script


def _voice(fields: Fields) -> Voice:
    voice = Voice(voice=fields.text("voice"), rate=fields.text("rate", required=False) or None)
    fields.done()
    return voice


def _variable(fields: Fields) -> Variable:
    variable = Variable(
        type=VariableType(fields.one_of("type", tuple(VariableType), VariableType.TEXT)),
        heard_by=Hearer(fields.one_of("heard_by", tuple(Hearer), Hearer.RIGHT_PARTY)),
        required=fields.flag("required", default=True),
        sample=fields.text("sample", required=False),
    )
    fields.done()
    return variable


def _entry(fields: Fields) -> dict[AnsweredBy, str]:
    entry = {by: fields.text(by) for by in AnsweredBy}
    fields.done()
    return entry


def _key_name(name: str) -> str:
    if len(name) != 1 or name not in _KEYS:
        raise ValueError(name)
    return name


def _targets(fields: Fields, kind: Callable[[str], K]) -> dict[K, str]:
    """`keys` or `words`: what they press or mean, and where that leads."""
    targets: dict[K, str] = {}
    for name in fields.names():
        try:
            targets[kind(name)] = fields.text(name)
        except ValueError:
            fields.text(name)
            fields.fault(name, "is no key (0-9, *)" if kind is _key_name else f"is no meaning ({', '.join(Meaning)})")
    return targets


def _node(fields: Fields, on_silent: str, on_unclear: str) -> Node:
    kind = fields.one_of("type", (*_READERS, "menu"), "")
    node: Node
    if kind == "menu":
        node = _menu(fields, on_silent, on_unclear)
    elif kind:
        node = _READERS[kind](fields)
    else:
        return Hangup(prompts=())
    fields.done()
    return node


def _menu(fields: Fields, on_silent: str, on_unclear: str) -> Menu:
    return Menu(
        prompts=fields.texts("prompts"),
        reprompts=fields.texts("reprompts"),
        keys=_targets(fields.child("keys", required=False), _key_name),
        words=_targets(fields.child("words", required=False), Meaning),
        silent=fields.text("silent", required=False) or on_silent,
        unclear=fields.text("unclear", required=False) or on_unclear,
        timeout_s=fields.seconds("timeout_s", _MENU_TIMEOUT_S),
        global_exits=fields.flag("global_exits", default=True),
    )


def _question(fields: Fields) -> Question:
    variants = [_wording(item) for item in fields.children("variants")]
    if len(variants) != VARIANTS:
        fields.fault("variants", f"must be {VARIANTS} wordings")
    weight = fields.one_of("weight", ("1", "2"), "1")
    return Question(
        before=fields.texts("before", required=False),
        variants=tuple(variants),
        after=fields.texts("after"),
        on_silence=fields.text("on_silence"),
        on_unclear=fields.text("on_unclear"),
        weight=Decimal(weight),
        timeout_s=fields.seconds("timeout_s", _MENU_TIMEOUT_S),
        to=fields.text("to"),
    )


def _wording(fields: Fields) -> Wording:
    wording = Wording(prompt=fields.text("prompt"), risk=Meaning(fields.one_of("risk", ("yes", "no"), "yes")))
    fields.done()
    return wording


def _score(fields: Fields) -> Score:
    return Score(to={band: fields.text(band) for band in Band})


def _branch(fields: Fields) -> Branch:
    cases = []
    for item in fields.children("cases"):
        cases.append(Case(when=_condition(item.child("when")), to=item.text("to")))
        item.done()
    return Branch(cases=tuple(cases), otherwise=fields.text("otherwise"))


def _condition(fields: Fields) -> Condition:
    if len(fields.names()) != 1:
        fields.fault("", "must ask exactly one of variable, contact, outcome, flag")
    contact = fields.one_of("contact", tuple(Contact), "", required=False)
    outcome = fields.one_of("outcome", tuple(Outcome), "", required=False)
    condition = Condition(
        variable=fields.text("variable", required=False) or None,
        contact=Contact(contact) if contact else None,
        outcome=Outcome(outcome) if outcome else None,
        flag=fields.text("flag", required=False) or None,
    )
    fields.done()
    return condition


def _decide(fields: Fields) -> Decide:
    contact = fields.one_of("contact", tuple(Contact), "", required=False)
    outcome = fields.one_of("outcome", tuple(Outcome), "", required=False)
    if not contact and not outcome:
        fields.fault("", "must find a contact or an outcome")
    return Decide(
        contact=Contact(contact) if contact else None,
        outcome=Outcome(outcome) if outcome else None,
        to=fields.text("to"),
    )


_READERS: dict[str, Callable[[Fields], Node]] = {
    "say": lambda fields: Say(prompts=fields.texts("prompts"), to=fields.text("to")),
    "question": _question,
    "score": _score,
    "branch": _branch,
    "set": lambda fields: Set(flag=fields.text("flag"), to=fields.text("to")),
    "decide": _decide,
    "hangup": lambda fields: Hangup(prompts=fields.texts("prompts", required=False)),
}
