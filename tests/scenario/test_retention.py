"""A recording is deleted when its time is over: requested at the phone company until it has happened, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.domain.recording import KeptRecording
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.conversation.recording_retention import LEASE


async def recorded(world: World) -> str:
    """A recorded call of a settled case. Returns the recording's SID."""
    call = await reach(world)
    await world.news("cancelled_in_app")
    await call.hangs_up()
    await world.sleep(10)
    [kept] = world.timeline("call_recorded")
    sid = str(kept["recording"])
    recording = await found(world, sid)
    assert recording.delete_at == recording.made_at + timedelta(days=90)
    return sid


async def found(world: World, sid: str) -> KeptRecording:
    kept = await world.service.store.read(lambda unit: unit.recordings.get(sid))
    assert kept is not None
    return kept


async def dated(world: World, recording: KeptRecording, ahead: timedelta) -> None:
    """Set the deletion time to `ahead` from now."""
    at = world.clock.now() + ahead

    def date(unit: SqlUnit) -> None:
        unit.recordings.save(replace(recording, delete_at=at))
        unit.wakes.add("retention")

    await world.service.store.run(date)


def deleted(world: World) -> list[str]:
    return [row["recording"] for row in world.company.ledger.of("recording_deleted")]


async def test_a_recording_is_deleted_at_the_phone_company_and_the_timeline_says_so(world: World) -> None:
    sid = await recorded(world)
    await dated(world, await found(world, sid), timedelta())
    await world.sleep(10)
    assert deleted(world) == [sid]
    [told] = world.timeline("recording_deleted")
    assert told["recording"] == sid
    await world.sleep(2 * LEASE.total_seconds())
    assert deleted(world) == [sid]


async def test_a_deletion_that_a_crash_interrupted_is_repeated_and_may_find_nothing(world: World) -> None:
    sid = await recorded(world)
    call = next(call for call in world.company.calls.values() if sid in call.recordings)
    call.recordings.remove(sid)
    # Begun before a crash and never ended.
    await dated(world, await found(world, sid), LEASE)
    await world.sleep(10)
    assert not world.timeline("recording_deleted")
    await world.sleep(LEASE.total_seconds())
    assert world.timeline("recording_deleted") and not deleted(world)
