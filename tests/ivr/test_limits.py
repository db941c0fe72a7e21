"""How far a call may go, and what kind of callee is recognised by their first words."""

from __future__ import annotations

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import Call
from tests.ivr.test_interpreter import PATIENT, SMALL, Echo, play, small
from wakeup.domain.outcome import Contact
from wakeup.ivr.library import Published
from wakeup.ivr.script import Script, ScriptError


def limited(**limits: str) -> Script:
    """`PATIENT`, which asks again and again, within these limits."""
    return parse_script({**SMALL, "nodes": {**SMALL["nodes"], "start": PATIENT}, "limits": limits})


def test_a_script_may_set_itself_tighter_limits() -> None:
    assert play(limited(steps="3"), "answered human", "silence", "silence", "silence").heard == "<enough>"
    assert play(limited(visits="2"), "answered human", "key 9", "key 9").heard == "<enough>"
    for far in ({"steps": "81"}, {"visits": "5"}, {"call_s": "601"}, {"call_s": "0"}):
        with pytest.raises(ScriptError, match=f"limits.{next(iter(far))}: must be 1 to"):
            limited(**far)


def test_nothing_more_is_asked_when_the_call_has_lasted_its_time() -> None:
    """Time is as measured, or else as long as our words and a silence take. The ending is always said."""
    script = limited(call_s="30")
    assert play(script, "answered human", *["silence"] * 5).conversation.finished is False
    call = play(script, "answered human", *["silence"] * 6)
    assert call.heard == "<enough>" and call.findings.fault == "limit at start"
    late = play(script, "answered human", "key 8 @30000", "key 8 @1")
    assert late.heard == "<enough>"
    assert play(script, "answered human", "key 8 @30000", "key 1 @9000").heard == "<bye>"


def test_a_customer_who_needs_time_has_a_call_twice_as_long() -> None:
    slow = Call("en", published=Published(script=limited(call_s="30"), prompts=Echo()), variables={}, unhurried=True)
    slow.take("answered human", *["silence"] * 5)
    assert not slow.conversation.finished
    assert slow.take("silence").heard == "<enough>"


def test_a_customer_in_distress_is_not_hung_up_on() -> None:
    stay = {"type": "menu", "prompts": ["stay"], "reprompts": ["again"] * 9, "global_exits": "no", "timeout_s": "60"}
    script = parse_script({**SMALL, "nodes": {**SMALL["nodes"], "start": stay}, "limits": {"call_s": "20"}})
    assert not play(script, "answered human", *["silence"] * 9).conversation.finished
    talking = parse_script({**SMALL, "nodes": {**SMALL["nodes"], "start": stay}, "limits": {"steps": "5"}})
    assert not play(talking, "answered human", *["say 没有人听我说话"] * 9).conversation.finished, (
        "however often they speak"
    )


SCREENED = {
    **SMALL,
    "entry": {**SMALL["entry"], "screener": "who"},
    "nodes": {
        **SMALL["nodes"],
        "start": {"type": "menu", "prompts": ["start"], "reprompts": ["again"], "keys": {"1": "next"}},
        "next": {"type": "menu", "prompts": ["next"], "reprompts": ["again"], "keys": {"1": "bye"}},
        "who": {"type": "menu", "prompts": ["bank"], "reprompts": ["again"], "keys": {"1": "next"}},
    },
}


def test_a_call_assistant_is_known_by_its_first_words() -> None:
    script = parse_script(SCREENED)
    call = play(script, "answered unknown", "say who is calling please")
    assert (call.heard, call.findings.contact) == ("<bank>", Contact.CALL_SCREENER)
    assert play(script, "answered human", "silence", "say who is this").heard == "<bank>"
    assert call.take("say who is calling").heard == "<again>", "only once: then it is asked like anybody"
    assert call.take("key 1").heard == "<next>"


def test_a_person_who_asks_who_we_are_is_no_call_assistant() -> None:
    call = play(parse_script(SCREENED), "answered human", "key 1", "say who is this")
    assert (call.heard, call.findings.contact) == ("<again>", Contact.UNVERIFIED_HUMAN)
    assert play(small(start=PATIENT), "answered human", "say who is this").findings.contact is Contact.UNVERIFIED_HUMAN
