"""Pools of worker processes that end with their parent, however it ends."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Literal


def worker_pool(workers: int | None = None, *, start: Literal["fork", "spawn"]) -> ProcessPoolExecutor:
    """Return a pool of as many workers, by default one per processor.

    A killed parent tells its workers nothing, and they would wait for work forever: each watches for its parent's end.
    """
    return ProcessPoolExecutor(workers, mp_context=get_context(start), initializer=_end_with_parent)


def _end_with_parent() -> None:
    Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        # With "fork" a worker also holds the pipes of those forked before it, so that they end one after another.
        wait([parent.sentinel])
        os._exit(1)
