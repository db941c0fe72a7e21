"""Rules of variables and conditions: declared, given, used, and heard only by those who may hear them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wakeup.ivr.input_nodes import InputNode
from wakeup.ivr.nodes import Branch, Condition, Node, Question, Set, exits
from wakeup.ivr.scoring import HUNG_UP
from wakeup.ivr.script import Finding, Hearer, Variable, VariableType, at_node
from wakeup.workshop.lint import graph
from wakeup.workshop.lint.facts import GIVEN, Given
from wakeup.workshop.lint.subject import Subject, at_line


def personal(subject: Subject) -> Iterator[Finding]:
    """A variable about this customer is only for the right party, whatever the script declares."""
    for name, variable in subject.script.variables.items():
        given = GIVEN.get(name)
        if given is not None and given.personal and variable.heard_by is not Hearer.RIGHT_PARTY:
            why = "is about this customer, but could be heard by anyone"
            yield _of(name, "personal", why, "write heard_by: right_party", ".heard_by")


def given(subject: Subject) -> Iterator[Finding]:
    """The service gives every variable, with the type and reliability that the script needs."""
    for name, variable in subject.script.variables.items():
        known = GIVEN.get(name)
        if known is None:
            why = "is never provided" + (", so no call would be made" if variable.required else "")
            mend = f"use one of {', '.join(GIVEN)}"
            yield _of(name, "not-given", why, mend, error=variable.required)
        else:
            yield from _otherwise_given(name, variable, known)


def _otherwise_given(name: str, variable: Variable, known: Given) -> Iterator[Finding]:
    if variable.type is not known.type:
        yield _of(name, "not-given", f"is provided as {known.type}", f"write type: {known.type}", ".type")
    if variable.required and not known.always:
        why = "is not provided in every call, but no call would be made without it"
        yield _of(name, "not-given", why, 'write required: "no"')


def unused(subject: Subject) -> Iterator[Finding]:
    """Every declared variable is spoken or tested."""
    used = {name for line in subject.lines() for name in subject.made(line).used}
    used |= {condition.variable for _, condition in _conditions(subject) if condition.variable is not None}
    used |= {node.needs() for _, node in subject.nodes() if isinstance(node, InputNode)}
    for name in subject.script.variables:
        if name not in used:
            yield _of(name, "unused", "is declared, but never used", "use it, or remove it", error=False)


def missing(subject: Subject) -> Iterator[Finding]:
    """A variable that some calls lack is spoken only where it is given."""
    script = subject.script
    for name, variable in script.variables.items():
        if variable.required or variable.type is VariableType.FLAG:
            continue
        open_ways = graph.found(script, script.starts(), partial(_without, name))
        prompts = {prompt for one in open_ways for prompt in subject.prompts_at(one)}
        for line in subject.lines():
            made = subject.made(line)
            if line.prompt in prompts and name in made.used.difference(made.asked):
                why = f"says {name}, which some calls do not have"
                mend = f"test it with {{% if {name} %}}, or in a branch before it"
                yield at_line(line, "missing", why, mend)


def spoken(subject: Subject) -> Iterator[Finding]:
    """Codes, and only codes, are spoken digit by digit; a flag is tested, not spoken."""
    types = {name: variable.type for name, variable in subject.script.variables.items()}
    for line in subject.lines():
        made = subject.made(line)
        for name in sorted(made.bare | made.spelt):
            match types.get(name, VariableType.TEXT):
                case VariableType.DIGITS if name in made.bare:
                    why, mend = f"says {name} as one number", f"write {{{{ {name} | digits }}}}"
                case VariableType.TEXT if name in made.spelt:
                    why, mend = f"spells out {name}, which is not a code", f"write {{{{ {name} }}}}"
                case VariableType.FLAG:
                    why, mend = f"says {name}, which is yes or no", f"write {{% if {name} %}}…{{% endif %}}"
                case _:
                    continue
            yield at_line(line, "spoken", why, mend)


def _without(variable: str, node: Node) -> tuple[str, ...]:
    """Return where a node leads in a call without this variable."""
    if isinstance(node, Branch):
        return (*(case.to for case in node.cases if case.when.variable != variable), node.otherwise)
    return exits(node)


def conditions(subject: Subject) -> Iterator[Finding]:
    """Every condition can be true."""
    script = subject.script
    flags = {node.flag for _, node in subject.nodes() if isinstance(node, Set)} | {HUNG_UP}
    for where, condition in _conditions(subject):
        if condition.variable is not None and condition.variable not in script.variables:
            yield _never(where, f"tests {condition.variable!r}, which is not declared", "declare the variable")
        if condition.flag is not None and condition.flag not in flags:
            yield _never(where, f"tests the flag {condition.flag!r}, which is never set", "set it in a node")
        if condition.filled is not None and not isinstance(script.nodes.get(condition.filled), InputNode):
            mend = "use a collect, speech or record node"
            yield _never(where, f"tests {condition.filled!r}, which takes no answer", mend)
        if condition.safe is not None and not isinstance(script.nodes.get(condition.safe), Question):
            yield _never(where, f"tests {condition.safe!r}, which is not a question", "use a question")


def _conditions(subject: Subject) -> Iterator[tuple[str, Condition]]:
    for name, node in subject.nodes():
        if isinstance(node, Branch):
            for index, case in enumerate(node.cases):
                yield f"{name}.cases[{index}].when", case.when


def _never(where: str, why: str, mend: str) -> Finding:
    return at_node(where, "condition", why, mend)


def _of(name: str, rule: str, why: str, mend: str, part: str = "", *, error: bool = True) -> Finding:
    return Finding(rule=rule, path=f"variables.{name}{part}", why=why, mend=mend, error=error)
