"""The administration log shows what administrators look for: agents' changes of state come only when asked for."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient
from wakeup.storage.unit_of_work import SqlUnit


async def test_agents_changes_of_state_come_only_when_asked_for(console: ConsoleClient, browsers: Browsers) -> None:
    root = browsers()
    await root.sign_in("root")

    def move(unit: SqlUnit) -> None:
        for before, after in (("away", "ready"), ("ready", "break")) * 60:
            unit.admin.add("agent_moved", "kim", console.moment, staff="usr_kim", before=before, after=after)

    await console.store.run(move)
    usual = (await root.get("/console/admin")).plain
    assert "root signed in" in usual and "agent moved" not in usual
    assert "kim agent moved" in (await root.get("/console/admin?moves=yes")).plain
    assert "agent moved" not in (await root.get("/console/admin?q=usr_kim")).plain
    assert "before ready after break" in (await root.get("/console/admin?q=break&moves=yes")).plain.replace(
        "staff usr_kim ", ""
    )
