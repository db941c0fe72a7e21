"""What takes long begins first, so that no worker sits idle at the end; what shares something dear stays with one worker.

`xdist_group` marks would say the same, but since node ids are no longer plain texts the workers' marks are lost on
their way to the scheduler. Whatever is not named here stays with its file.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WAITING = ("tests/browser/", "tests/kill/", "tests/demo/")
"""Real processes, real time: these leave most of a core to others."""
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
"""One browser, one tree of files that is parsed once, one PostgreSQL."""
APART = ("tests/demo/test_demo.py", "tests/kill/", "tests/simulation/test_simulate.py")
"""Each test by itself: they share nothing."""


def rank(node_id: str) -> int:
    """The lower, the sooner."""
    return next((n for n, prefix in enumerate(FIRST) if node_id.startswith(prefix)), len(FIRST))


def scope(node_id: str) -> str:
    """What stays together."""
    file = node_id.partition("::")[0]
    if node_id.startswith(APART):
        return node_id
    return next((prefix for prefix in TOGETHER if node_id.startswith(prefix)), file)


class Together(LoadScopeScheduling):
    """Deals out what stays together, in the order in which the workers collected it. Half of the workers reckon from
    the beginning, while the others mostly wait."""

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
