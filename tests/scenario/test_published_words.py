"""The whole service with published scripts: when it refuses to start, and which version ends a call in progress."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ivr.script_workspace import ScriptWorkspace
from tests.scenario import virtual
from tests.scenario.talks import is_told
from tests.scenario.world import LIN, MEI, World
from wakeup.ivr.script import ScriptError
from wakeup.runtime import data_files, dependencies, service
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.simulator.handset import HandsetCall

OLD, NEW = "这是旧的话。", "这是新的话。"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptWorkspace:
    """The service's scripts are in a folder of the story's own, and are checked as in a deployment."""
    workspace = ScriptWorkspace(tmp_path)
    workspace.says(OLD, "1")
    workspace.publish()
    monkeypatch.setattr(virtual, "scripts_in_force", scripts_in_force)

    def folder(name: str) -> Path:
        return workspace.files if name == "scripts_ivr" else data_files.data_folder(name)

    for module in (dependencies, service):
        monkeypatch.setattr(module, "data_folder", folder)
    return workspace


async def picks_up(world: World, number: str = MEI) -> HandsetCall:
    """Answer the phone, whichever persona speaks."""
    call = await world.handset(number).expect_call(within=60)
    await call.answers()
    await call.hears("自动语音")
    return call


async def is_asked(call: HandsetCall) -> None:
    """The callee is the owner, the code is right, and the payment is their own."""
    await is_told(call)
    await call.presses("1")


async def test_a_call_ends_in_version_1_though_the_service_came_back_with_version_2(
    world: World, workspace: ScriptWorkspace
) -> None:
    await world.flag(minutes=30)
    call = await picks_up(world)
    await world.service.stop()
    workspace.says(NEW, "2")
    workspace.publish("generic")
    await world.start_service()
    await is_asked(call)
    await call.hears(OLD)
    await call.hears_nothing_of(NEW)
    await call.hangs_up()
    await world.flag(n=2, phone=LIN, minutes=30)
    other = await picks_up(world, LIN)
    await is_asked(other)
    await other.hears(NEW)
    assert [row["version"] for row in world.timeline("talk_begun")] == ["1", "2"]
    assert [line["new"] for line in world.logged("scripts_kept")] == [2, 1]


async def test_a_script_for_a_new_kind_of_scam_is_spoken_when_the_bank_names_it(
    world: World, workspace: ScriptWorkspace
) -> None:
    """Written as docs/scripts.md says: a folder copied, an id of its own, published. No code knows of it."""
    await world.service.stop()
    shutil.copytree(workspace.files / "generic", workspace.files / "lottery")
    workspace.head("lottery", "id", "lottery")
    workspace.says(NEW, "1", script="lottery")
    workspace.publish("lottery")
    await world.start_service()
    answer = await world.flag(minutes=30, typology="lottery")
    assert answer.body["warnings"] == []
    call = await picks_up(world)
    await is_asked(call)
    await call.hears(NEW)
    await call.hears_nothing_of(OLD)
    await call.hangs_up()
    other = await world.flag(n=2, phone=LIN, minutes=30, typology="guardian_call")
    assert [warning["field"] for warning in other.body["warnings"]] == ["risk.typology"]
    await is_asked(await picks_up(world, LIN))
    assert [row["script"] for row in world.timeline("talk_begun")] == ["lottery", "generic"]


async def test_the_service_does_not_start_on_unpublished_words(world: World, workspace: ScriptWorkspace) -> None:
    await world.service.stop()
    workspace.says(NEW, "1")
    line = workspace.line_of("generic/script.yaml", "version:")
    with pytest.raises(ScriptError, match=rf"^generic/script.yaml:{line}: version 1 or one of its shared"):
        await world.start_service()
    workspace.says(NEW, "2")
    with pytest.raises(ScriptError, match=rf"^generic/script.yaml:{line}: version 2 is not published"):
        await world.start_service()
    workspace.publish("generic")
    await world.start_service()
