"""Chosen ports are reserved: another process that chooses before they are in use gets other ports."""

from __future__ import annotations

import sys

import pytest

from wakeup.demo import processes
from wakeup.demo.processes import DemoError, free_ports


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that no file remembers")
def test_a_reserved_port_is_given_out_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PORTS", range(31_000, 31_008))
    monkeypatch.setattr(processes, "TRIES", 4)
    first, second = free_ports(4), free_ports(2)
    assert len({*first, *second}) == 6
    monkeypatch.setattr(processes, "TRIES", 5)
    with pytest.raises(DemoError):
        free_ports(3)
