"""Every code word that the product may write into a note of the timeline, collected from the source code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

from tests.house.tree import ROOT
from wakeup.domain.attempt import AttemptEvent, AttemptState
from wakeup.domain.confirmation import ConfirmationState
from wakeup.domain.guardian import GuardianState
from wakeup.domain.outcome import Disposition
from wakeup.domain.review import Act
from wakeup.domain.rung import RungState
from wakeup.domain.sms import SmsState
from wakeup.ivr.turn import Input
from wakeup.telephony.codes import TEXT_REASONS
from wakeup.usecases.conversation.recording_consent import AGREED, BEGUN, MADE, REFUSED
from wakeup.usecases.texts.wait_for_replies import NOT_ENOUGH

WAKEUP = ROOT / "wakeup"
NOTES = {"note", "alarm"}
"""Methods of a case file that add a row to the timeline; the second also raises an operator alert."""
_CALL_NEWS = (AttemptEvent.ACCEPT, AttemptEvent.RING, AttemptEvent.ANSWER, AttemptEvent.END)
_WORD = re.compile(r"[a-z]+(_[a-z0-9]+)*")
_SAYS_WHY = {
    "stop_calls": 1, "cancel_rungs": 1, "request_review": 1, "suppress": 2, "cancel_call": 2, "suppress_text": 1,
    "fail_text": 1,
    "pass_on": 2, "ask_somebody_else": 1,
}  # fmt: skip
"""Functions that take a reason, and the position of that argument."""
_NO_REASONS = {"en", "zh", "outcome"}
"""Words in the same places that are not reasons."""
_ANSWERING = (
    "ask_guardian", "bring_guardian", "call_guardian", "choose_guardian", "climb", "guests", "last_checks", "listen_in",
    "offers", "people", "plan_calls", "rungs", "send_texts", "settle", "wait_for_replies", "notify_customer",
    "write_intent",
)  # fmt: skip
_ANSWERS_WHY = {
    "domain/ladder.py",
    "domain/guardian.py",
    "domain/sms.py",
    *(f"usecases/{name}.py" for name in _ANSWERING),
}
"""Modules in which a function that returns a word or None gives with it the reason why something is not done."""


def note_kinds() -> set[str]:
    """Every kind of note."""
    found = {f"call_{event}" for event in _CALL_NEWS} | {f"review_{act}" for act in Act}
    found |= {AGREED, REFUSED, BEGUN, MADE}
    found |= {f"rung_{state}" for state in RungState}
    found |= {f"sms_{state}" for state in SmsState if state is not SmsState.QUEUED}
    for path in (WAKEUP / "usecases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NOTES:
                found |= set(_words(node.args[0]))
    return found


def reasons() -> set[str]:
    """Every reason that a note may give."""
    found = {f"ended_{end}" for end in (*Disposition, AttemptState.SUPPRESSED)}
    found |= {f"guardian_{state}" for state in GuardianState} | {f"confirmation_{state}" for state in ConfirmationState}
    found |= {*TEXT_REASONS.values(), *NOT_ENOUGH.values()}
    for path in (*(WAKEUP / "usecases").rglob("*.py"), *(WAKEUP / "domain").glob("*.py")):
        answers = f"{path.relative_to(WAKEUP).parts[0]}/{path.name}" in _ANSWERS_WHY
        for node in ast.walk(ast.parse(path.read_text())):
            found |= set(_given(node)) | (set(_answered(node)) if answers else set())
    return found - _NO_REASONS


def acts() -> set[str]:
    """The kinds of input a callee may give in a turn."""
    return {kind.__name__.lower() for kind in get_args(Input)}


def agent_nodes() -> set[str]:
    """The nodes at which a call to an agent may be."""
    found = set()
    [module] = (WAKEUP / "usecases").rglob("agent_call.py")
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call):
            if ast.unparse(node.func) == "_said":
                found |= set(_words(node.args[0]))
            found |= {word for keyword in node.keywords if keyword.arg == "node" for word in _words(keyword.value)}
    return found


def _given(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        at = _SAYS_WHY.get(name)
        if at is not None and len(node.args) > at:
            yield from _words(node.args[at])
        for keyword in node.keywords:
            if keyword.arg == "reason":
                yield from _words(keyword.value)


def _answered(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef) or node.returns is None or "str" not in ast.unparse(node.returns):
        return
    for one in ast.walk(node):
        if isinstance(one, ast.Return | ast.Assign) and one.value is not None:
            yield from _words(one.value)
        if isinstance(one, ast.Tuple) and len(one.elts) == 2:
            # A row of a table: the condition, and its meaning.
            yield from (word for part in one.elts for word in _words(part))


def _words(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_words(node.body), *_words(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (word for value in node.values for word in _words(value))
