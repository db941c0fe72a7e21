"""Slow tests start first, so that no worker is idle at the end; tests that share an expensive resource stay with
one worker.

`xdist_group` marks would say the same, but since node ids are no longer plain strings, the workers' marks are lost
on their way to the scheduler. Tests that are not named here stay together with their file.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WAITING = ("tests/browser/", "tests/kill/", "tests/demo/")
"""Real processes in real time: these tests leave most of a core unused."""
FIRST = (
    "tests/browser/",
    "tests/kill/test_crowd.py",
    "tests/demo/test_demo.py",
    "tests/demo/test_wheel.py",
    "tests/kill/",
    "tests/demo/",
    "tests/ivr/",
    "tests/simulation/",
    "tests/scenario/",
    "tests/storage/",
    "tests/runtime/",
    "tests/house/",
    "tests/console/",
)
TOGETHER = ("tests/browser/", "tests/house/", "tests/storage/")
"""They share one browser, one parsed tree of files, one PostgreSQL."""
APART = ("tests/demo/test_demo.py", "tests/kill/", "tests/simulation/test_simulate.py")
"""Each test is scheduled alone: these share nothing."""


def rank(node_id: str) -> int:
    """Tests with a lower rank start sooner."""
    return next((n for n, prefix in enumerate(FIRST) if node_id.startswith(prefix)), len(FIRST))


def scope(node_id: str) -> str:
    """Tests with the same scope run on the same worker."""
    file = node_id.partition("::")[0]
    if node_id.startswith(APART):
        return node_id
    return next((prefix for prefix in TOGETHER if node_id.startswith(prefix)), file)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """Hands out scopes in the order in which the workers collected them. Half of the workers prefer CPU-bound
    tests, while the others prefer tests that mostly wait.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        reckons = node in self.nodes[len(self.nodes) // 2 :]
        fits = next((one for one in self.workqueue if one.startswith(WAITING) is not reckons), None)
        if fits is not None:
            self.workqueue.move_to_end(fits, last=False)
        super()._assign_work_unit(node)
