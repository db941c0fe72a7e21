"""The provider's codes and states, translated into our own."""

from __future__ import annotations

import pytest

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.telephony.codes import FAULTS, TEXT_REASONS, answered_by_of, disposition_of, event_of, fault_of
from wakeup.usecases.ports import RefusalCause

STATES = [
    ("queued", AttemptEvent.ACCEPT),
    ("initiated", AttemptEvent.ACCEPT),
    ("ringing", AttemptEvent.RING),
    ("in-progress", AttemptEvent.ANSWER),
    ("answered", AttemptEvent.ANSWER),
    ("completed", AttemptEvent.END),
    ("busy", AttemptEvent.END),
    ("no-answer", AttemptEvent.END),
    ("failed", AttemptEvent.END),
    ("canceled", AttemptEvent.END),
    ("something-new", AttemptEvent.ACCEPT),
    ("", AttemptEvent.ACCEPT),
]


@pytest.mark.parametrize(("status", "event"), STATES)
def test_a_call_status_becomes_this_event_of_the_attempt(status: str, event: AttemptEvent) -> None:
    assert event_of(status) is event
    assert (disposition_of(status, None) is not None) == (event is AttemptEvent.END)


ENDS = [
    ("completed", 200, Disposition.ANSWERED),
    ("completed", 603, Disposition.ANSWERED),
    ("busy", None, Disposition.BUSY),
    ("busy", 486, Disposition.BUSY),
    ("busy", 603, Disposition.REJECTED),
    ("no-answer", None, Disposition.NO_ANSWER),
    ("no-answer", 480, Disposition.NO_ANSWER),
    ("no-answer", 487, Disposition.NO_ANSWER),
    ("no-answer", 603, Disposition.REJECTED),
    ("no-answer", 607, Disposition.REJECTED),
    ("no-answer", 486, Disposition.BUSY),
    ("failed", None, Disposition.FAILED),
    ("failed", 404, Disposition.FAILED),
    ("failed", 480, Disposition.NO_ANSWER),
    ("failed", 608, Disposition.REJECTED),
    ("canceled", 487, Disposition.CANCELED),
    ("ringing", 486, None),
]


@pytest.mark.parametrize(("status", "sip", "disposition"), ENDS)
def test_the_sip_answer_says_more_than_the_state(status: str, sip: int | None, disposition: Disposition | None) -> None:
    assert disposition_of(status, sip) is disposition


WORDS = [
    ("human", AnsweredBy.HUMAN),
    ("fax", AnsweredBy.FAX),
    ("machine", AnsweredBy.MACHINE),
    ("machine_start", AnsweredBy.MACHINE),
    ("machine_end_beep", AnsweredBy.MACHINE),
    ("machine_end_silence", AnsweredBy.MACHINE),
    ("machine_end_other", AnsweredBy.MACHINE),
    ("unknown", AnsweredBy.UNKNOWN),
    ("android", AnsweredBy.UNKNOWN),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("word", "who"), WORDS)
def test_the_providers_word_says_who_answered(word: str | None, who: AnsweredBy | None) -> None:
    assert answered_by_of(word) is who


def test_a_text_that_did_not_arrive_says_why() -> None:
    assert {code: TEXT_REASONS[code] for code in (30001, 30003, 30004, 30006, 30008)} == {
        30001: "carrier_queue_full", 30003: "unreachable", 30004: "blocked", 30006: "landline", 30008: "carrier_failure"
    }  # fmt: skip


def test_one_bad_number_never_blames_the_account() -> None:
    for code in (21211, 21214, 21215, 21216, 13224, 13225, 13227):
        assert fault_of(403, code) is RefusalCause.NUMBER


def test_an_unknown_code_blames_no_party_unless_access_was_refused() -> None:
    assert fault_of(400, 29999) is None
    assert fault_of(400, None) is None
    assert fault_of(401, None) is RefusalCause.ACCOUNT
    assert fault_of(403, 29999) is RefusalCause.ACCOUNT


def test_every_code_of_a_definite_refusal_is_in_the_table_once() -> None:
    documented = {20003, 20005, 10001, 10004, 21201, 21211, 21217, 21214, 21203, 21215, 13227, 21216, 13225}
    documented |= {21205, 21208, 21209, 21218, 21234, 21626, 21609, 21210, 21212, 21213, 21219, 13223, 13224}
    documented |= {21610, 21408, 21612, 21614, 21606, 21603, 21617, 21703, 21611, 30001, 30003, 30008}
    documented |= {30004, 30005, 30006, 30007, 30034}
    assert documented <= FAULTS.keys()
    # Not refusals of a create: an update's, a rate limit, and what may have been processed.
    assert not {21220, 20429, 20500, 20503} & FAULTS.keys()
