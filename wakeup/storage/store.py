"""The Store: runs use cases in transactions and returns their results after the commit."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

from wakeup.storage.jobs import Job, U, probe
from wakeup.usecases.store import Lane

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Publish = Callable[[frozenset[str]], None]
"""Called in the event loop after a commit, with the names to wake. Must not block."""


def publish_nothing(names: frozenset[str]) -> None:
    """Wake nothing."""


def tell_all(jobs: Sequence[Job[U]], publish: Publish) -> None:
    """After a commit, give the waiting callers their results and wake what the jobs named. Called in the event loop."""
    names: set[str] = set()
    for job in jobs:
        job.tell()
        names.update(job.wakes)
    if not names:
        return
    try:
        publish(frozenset(names))
    except Exception as error:  # noqa: BLE001 - the commit stands, and the next jobs must be served
        asyncio.get_running_loop().call_exception_handler({"message": "waking others failed", "exception": error})


class Store(ABC, Generic[U]):
    """The only access to the database. A use case may run more than once; only the run that was committed counts."""

    @overload
    async def run(
        self,
        use_case: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T: ...
    @overload
    async def run(self, use_case: Callable[[U, *Ts], T], /, *args: *Ts, lane: Lane) -> T: ...
    # mypy does not see that a lane given with any arguments covers both forms above.
    async def run(  # type: ignore[misc]
        self,
        use_case: Callable[..., Any],
        /,
        *args: Any,
        lane: Lane = Lane.DECIDE,
        **kwargs: Any,
    ) -> Any:
        """Run `use_case(unit, *args)` in one transaction. Returns after the commit, or raises what the use case
        raised.

        Raises StoreBusyError when the lane is full, StoreDownError when no commit is certain, ConstraintError when
        the database refuses the values. A caller that stops waiting does not undo anything.
        """
        return await self._submit(Job(use_case=use_case, args=args, kwargs=kwargs), lane)

    async def read(
        self,
        query: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `query(unit, *args)` on a read-only connection, in one snapshot that is never behind the writer."""
        answer: T = await self._read(Job(use_case=query, args=args, kwargs=kwargs))
        return answer

    async def look(
        self,
        query: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a short, urgent query like `read`, on a thread and a connection reserved for such queries.

        A page of figures may take seconds, and work that falls due meanwhile must not wait for it.
        """
        answer: T = await self._look(Job(use_case=query, args=args, kwargs=kwargs))
        return answer

    async def ping(self) -> None:
        """Raise StoreDownError unless the database can be written now."""
        await self.run(probe)

    @property
    @abstractmethod
    def healthy(self) -> bool:
        """Whether the last transaction that wrote, or had to, was committed, and none hangs."""

    @property
    def stands_still(self) -> bool:
        """Whether the database hangs: a transaction or a look takes too long, and no other has ended meanwhile."""
        return False

    @property
    @abstractmethod
    def waiting(self) -> dict[Lane, int]:
        """The number of use cases that wait in each lane."""

    @property
    def left_hanging(self) -> bool:
        """Whether `close` gave up on threads that wait for a database that hangs. The process must then end without
        them."""
        return False

    @abstractmethod
    async def close(self) -> None:
        """Finish what is waiting, then stop. Idempotent."""

    @abstractmethod
    async def _submit(self, job: Job[U], lane: Lane) -> Any: ...

    @abstractmethod
    async def _read(self, job: Job[U]) -> Any: ...

    @abstractmethod
    async def _look(self, job: Job[U]) -> Any: ...
