"""Status callbacks, voicemail verdicts and provider errors: stored, acknowledged at once, and processed afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.fake_twilio import ATTEMPT, FAREWELL, SID, call_in, path_of
from tests.web.world import ACCOUNT, Caller, World, never, play_public
from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.errors import RemoteError, StoreBusyError, StoreDownError
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.usecases.conversation.converse import Reply, Served, record_detection
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.store import Lane

VERDICT = {"CallSid": SID, "AccountSid": ACCOUNT, "AnsweredBy": "machine_end_beep", "MachineDetectionDuration": "3000"}


def test_progress_is_kept_and_answered_with_nothing() -> None:
    world = World()
    world.store.will(record_progress, None)

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.status(ATTEMPT)), CallStatus="busy", SequenceNumber="2")
        assert (heard.status, heard.body) == (204, b"")

    play_public(story, world)
    [ran] = world.store.ran
    attempt, report, _ = ran.args
    assert (ran.lane, attempt, report.event, report.sequence) == (Lane.DECIDE, ATTEMPT, AttemptEvent.END, 2)
    assert (report.disposition, report.source) == (Disposition.BUSY, "callback")
    assert world.phone.hung_up == []
    assert world.counted("call_events_total", event="end") == 1
    assert "6591234567" not in repr(world.log.lines)


def test_a_stranger_is_cut_after_the_answer() -> None:
    world = World()
    world.store.will(record_progress, SID)

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(world.urls.status(ATTEMPT)))).status == 204

    play_public(story, world)
    assert world.phone.hung_up == [SID]
    assert world.counted("stranger_calls_total") == 1


@pytest.mark.parametrize(("error", "level"), [(RemoteError("status 500, code None"), "warning"), (KeyError(), "error")])
def test_a_cut_that_fails_is_counted_and_told(error: Exception, level: str) -> None:
    world = World()
    world.store.will(record_progress, SID)
    world.phone.error = error

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(world.urls.status(ATTEMPT)))).status == 204

    play_public(story, world)
    [failed] = [line for line in world.log.lines if line["event"] == "act_failed"]
    assert (failed["level"], failed["act"], failed["attempt"]) == (level, "hang_up", ATTEMPT)
    assert world.counted("background_failures_total", act="hang_up") == 1


@pytest.mark.parametrize("error", [StoreDownError("closed"), StoreBusyError(1), never])
@pytest.mark.parametrize("kind", ["status", "amd"])
def test_a_callback_that_could_not_be_stored_is_asked_for_again(error: Any, kind: str) -> None:
    world = World()
    world.store.will(record_progress, error)
    world.store.will(record_detection, error)
    url = world.urls.status(ATTEMPT) if kind == "status" else world.urls.amd(ATTEMPT)

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(url), AnsweredBy="human")
        assert heard.status == 503
        assert "Retry-After" in heard.headers

    play_public(story, world)


@pytest.mark.parametrize(("takes_s", "cut"), [(3.0, [SID]), (60.0, [])])
def test_a_stopping_listener_finishes_begun_work_but_not_for_ever(takes_s: float, cut: list[str]) -> None:
    world = World()
    world.store.will(record_progress, SID)
    world.phone.takes_s = takes_s

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(world.urls.status(ATTEMPT)))).status == 204
        assert world.phone.hung_up == [], "the answer does not wait for the act"

    play_public(story, world)
    assert world.phone.hung_up == cut


def test_a_verdict_names_only_the_call_and_may_replace_what_it_hears() -> None:
    world = World()
    world.store.will(record_detection, Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.amd(ATTEMPT)), base=VERDICT)
        assert (heard.status, heard.body) == (204, b"")

    play_public(story, world)
    attempt, call_sid, verdict, _ = world.store.ran[0].args
    assert (attempt, call_sid, verdict) == (ATTEMPT, SID, AnsweredBy.MACHINE)
    [(sid, twiml)] = world.phone.spoken
    assert sid == SID
    assert "再见" in twiml
    assert "<Hangup" in twiml
    assert "action" not in twiml


def test_a_verdict_that_changes_nothing_is_only_kept() -> None:
    world = World()
    world.store.will(record_detection, Reply(turn=None, why=Served.OVER))

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(world.urls.amd(ATTEMPT)), base=VERDICT)).status == 204
        without = {**VERDICT, "AnsweredBy": ""}
        assert (await call_in(phone, path_of(world.urls.amd(ATTEMPT)), base=without)).status == 400

    play_public(story, world)
    assert world.phone.spoken == []
    assert len(world.store.ran) == 1


def test_notices_we_do_nothing_with_are_taken_politely() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(world.urls.recording(ATTEMPT)))).status == 204

    assert play_public(story, world).store.ran == []
