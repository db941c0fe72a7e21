"""Connections that say nothing take no place from the bank or from the phone company."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.scenario.world import World, told
from wakeup.demo.processes import free_ports
from wakeup.runtime.infrastructure import sockets
from wakeup.simulator.virtual_loop import run


def test_silent_connections_give_way_when_the_share_of_open_files_is_used_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (6, 6))
    run(told(silence, World(tmp_path, sockets, free_ports(5)), {}))


async def silence(world: World) -> None:
    public = urlsplit(world.service.addresses["public"])
    silent = []
    for _ in range(5):
        silent.append(await asyncio.open_connection(public.hostname, public.port))
        await world.sleep(0.01)
    assert [reader.at_eof() for reader, _ in silent] == [True, True, False, False, False]
    for _, writer in silent:
        writer.close()
    phone = world.handset()
    await world.flag(minutes=30)
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.hears("自动语音来电")
